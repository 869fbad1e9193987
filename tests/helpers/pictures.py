"""Pictures on a page, which Streamlit deletes from the server as soon as their page is left."""

from playwright.sync_api import Page


def wait_for_pictures(page: Page) -> None:
    """Until all pictures have come; whoever leaves earlier is answered 404 for the others."""
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
