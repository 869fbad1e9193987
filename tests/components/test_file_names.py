import pytest

from components.file_names import as_code


@pytest.mark.parametrize(
    ("name", "markdown"),
    [
        ("photo.jpg", "`photo.jpg`"),
        ("<b>.jpg", "`<b>.jpg`"),
        ("a\n\n# b\t.jpg", "`a # b .jpg`"),
        ("a`b.jpg", "`` a`b.jpg ``"),
        ("`](x)``.jpg", "``` `](x)``.jpg ```"),
    ],
)
def test_name_is_code_that_it_cannot_end(name: str, markdown: str) -> None:
    assert as_code(name) == markdown
