"""The link to the page that runs in the browser alone."""

import pytest

from components.private_mode import private_mode_address


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://someone.github.io/age-gender/", "https://someone.github.io/age-gender/"),
        (" http://localhost:8000 ", "http://localhost:8000"),
        ("", None),
        ("javascript:alert(1)", None),
        ("http://example.com", None),
    ],
)
def test_only_addresses_where_the_page_can_use_the_camera_are_linked(
    value: str, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVATE_MODE_URL", value)
    assert private_mode_address() == address
