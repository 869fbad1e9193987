"""The OpenAPI document as a page for people: one HTML file without scripts, and with nothing from other hosts."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(document: dict[str, Any], server: str) -> str:
    """The page.

    Args:
        document: from `api.openapi.describe`.
        server: scheme and host to show in the examples.
    """
    return _pages.get_template("docs.html").render(document=document, server=server)
