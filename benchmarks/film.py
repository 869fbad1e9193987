"""Records the moving picture at the head of the README: the real app, used with its portraits.

python -m benchmarks.film [--output FILE]
"""

import argparse
import io
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, ViewportSize, expect

from benchmarks.serving import ROOT, open_chromium, serve_app

OUTPUT = ROOT / "docs" / "demo.webp"
SIZE, SCALE = (960, 640), 1.5
"""Width and height of the window, and pixels of the film for each of the window's."""

LOADING = 120_000  # milliseconds
STEPS, STEP = 7, 60  # of the pointer on its way to a button, and milliseconds for each
MOST_BYTES = 2_000_000

POINTER = ((0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (12, 12))  # pixels


@dataclass
class Film:
    """Pictures of a page, and for how many milliseconds each is shown."""

    page: Page
    pictures: list[Image.Image] = field(default_factory=list)
    milliseconds: list[int] = field(default_factory=list)
    pointer: tuple[float, float] = (SIZE[0] * 0.6, SIZE[1] * 0.9)

    def shoot(self, milliseconds: int) -> None:
        """Adds the page as it is, with the pointer."""
        self._add(self._screenshot(), milliseconds)

    def click(self, target: Locator) -> None:
        """Adds the way of the pointer to a target, and clicks on it."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box
        (x, y), page = self.pointer, self._screenshot()
        to_x, to_y = box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 120)
        for step in range(1, STEPS + 1):
            way = (1 - (1 - step / STEPS) ** 2, step / STEPS)[step == STEPS]
            self.pointer = x + (to_x - x) * way, y + (to_y - y) * way
            self._add(page, STEP)
        self.page.mouse.move(*self.pointer)
        self.shoot(250)
        self.page.mouse.click(*self.pointer)

    def save(self, file: Path) -> None:
        """Writes the film as an animated WebP file that repeats."""
        self.pictures[0].save(
            file, "WEBP", save_all=True, append_images=self.pictures[1:], duration=self.milliseconds, loop=0,
            quality=80, method=6, minimize_size=True,
        )  # fmt: skip

    def _screenshot(self) -> Image.Image:
        return Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")

    def _add(self, picture: Image.Image, milliseconds: int) -> None:
        x, y = self.pointer
        picture = picture.copy()
        shape = [(SCALE * (x + 1.4 * dx), SCALE * (y + 1.4 * dy)) for dx, dy in POINTER]
        ImageDraw.Draw(picture).polygon(shape, fill="#1d2733", outline="#ffffff", width=2)
        self.pictures.append(picture)
        self.milliseconds.append(milliseconds)


def main(arguments: list[str] | None = None) -> int:
    """Records the film; the exit status is 1 if the file is too large for a README."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.film", description="Records the README's picture.")
    parser.add_argument("--output", type=Path, default=OUTPUT, metavar="FILE", help="default: docs/demo.webp")
    file = parser.parse_args(arguments).output
    with serve_app() as address, open_chromium() as browser:
        window = ViewportSize(width=SIZE[0], height=SIZE[1])
        page = browser.new_page(viewport=window, device_scale_factor=SCALE, color_scheme="light")
        film = record(page, address)
    film.save(file)
    seconds, size = sum(film.milliseconds) / 1000, file.stat().st_size
    print(f"{file}: {seconds:.1f} s, {len(film.pictures)} pictures, {size / 1e6:.2f} MB")
    return int(size > MOST_BYTES)


def record(page: Page, address: str) -> Film:
    """A portrait and its answer; then, on stage, a guess at the age in another, and the answer."""
    film = Film(page)
    page.goto(address)
    expect(page.get_by_text(re.compile(r"\d+–\d+ years"))).to_have_count(2, timeout=LOADING)
    _settle(page)
    film.shoot(700)
    film.click(page.get_by_alt_text("Portrait of Eileen Collins"))
    _expect_answer(page)
    film.shoot(2000)
    film.click(page.get_by_role("button", name="Present"))
    expect(page.get_by_role("button", name="Leave")).to_be_visible(timeout=LOADING)
    _expect_answer(page)
    film.shoot(1500)

    page.keyboard.press("Escape")  # from here to the guess, nothing is recorded
    page.get_by_role("button", name="Clear").click(timeout=LOADING)
    page.get_by_text("Guess first").click(timeout=LOADING)
    _settle(page)
    page.get_by_role("button", name="Present").click()
    guess = page.get_by_label("You", exact=True)
    guess.wait_for(timeout=LOADING)
    _settle(page)
    film.shoot(900)
    film.click(guess)
    for digit in "70":
        page.keyboard.press(digit)
        film.shoot(300)
    film.click(page.get_by_role("button", name="Reveal"))
    _expect_answer(page)
    film.shoot(3000)
    return film


def _expect_answer(page: Page) -> None:
    expect(page.get_by_test_id("stMetricValue")).to_be_visible(timeout=LOADING)
    _settle(page)


def _settle(page: Page) -> None:
    """Until the page is drawn, with all its pictures."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    page.wait_for_timeout(800)


if __name__ == "__main__":
    sys.exit(main())
