"""Draws the icons that phones want as PNG from the one in SVG, with the Chromium that the tests drive."""

import os
import shutil
from pathlib import Path

from model.errors import UserError

SVG = Path(__file__).parent / "page" / "icons" / "icon.svg"
SIDES = {"icon-180.png": 180, "icon-192.png": 192, "icon-512.png": 512}
"""Pixels: iPhones take 180, Android 192 and 512, which is also for stores and start screens."""


def draw_icons(folder: Path) -> list[Path]:
    """Writes an icon of each size; returns their paths.

    Raises:
        UserError: if Playwright is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise UserError("Drawing icons needs Playwright: pip install -r requirements-dev.txt") from None
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, side in SIDES.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(f'<body style="margin:0">{SVG.read_text()}</body>')
            page.screenshot(path=folder / name)
            page.close()
        browser.close()
    return [folder / name for name in SIDES]
