import pytest

from components.file_names import as_code, as_text, unused_name


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


def test_sentence_shows_every_character_as_it_is() -> None:
    assert as_text("The pattern '{*}_{age}'\n[x](y) :red[z] $1$") == (
        r"The pattern \'\{\*\}\_\{age\}\' \[x\]\(y\) \:red\[z\] \$1\$"
    )


def test_name_that_is_taken_is_numbered() -> None:
    assert unused_name("a.jpg", set()) == "a.jpg"
    assert unused_name("a.jpg", {"a.jpg", "a (2).jpg"}) == "a (3).jpg"
