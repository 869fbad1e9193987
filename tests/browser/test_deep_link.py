"""The first visitor after a start of the server comes by the address of a page other than the first.

A file of its own, since the server is started anew for each.
"""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_page_is_found_and_has_the_menu(page: Page, address: str) -> None:
    page.goto(f"{address}/about")
    expect(page.get_by_role("heading", level=1)).to_have_text("About", timeout=60_000)
    expect(page.get_by_role("link", name="Model performance")).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
