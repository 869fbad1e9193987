"""What `.streamlit/config.toml` promises to visitors."""

import tomllib

import pytest
from helpers.paths import ROOT

SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("server", "enableXsrfProtection", True),
        ("server", "enableCORS", True),
        ("server", "maxUploadSize", 50),
        ("server", "maxMessageSize", 20),
        ("browser", "gatherUsageStats", False),
        ("client", "showErrorDetails", "none"),
    ],
)
def test_protection_is_set_and_not_left_to_defaults(section: str, name: str, value: object) -> None:
    assert SETTINGS[section][name] == value
