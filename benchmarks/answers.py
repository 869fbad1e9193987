"""How long visitors wait in a real browser: python -m benchmarks.answers [FOLDER] [--repeat N]

FOLDER is a checkout of this project, by default this one; run it once for each of two versions on the same quiet
machine to compare them. Every repetition is a new visit of one running app, the first of which is not counted.
"""

import argparse
import statistics
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.serving import ROOT, open_chromium, serve_app

REPEAT = 10
PATIENCE = 120_000  # milliseconds
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
SETTLED = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"


def main() -> None:
    """Prints the median of each time, in seconds, with the lowest and the highest."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT, help="a checkout of this project")
    parser.add_argument("--repeat", type=int, default=REPEAT, metavar="N", help="visits that count")
    options = parser.parse_args()
    with serve_app(options.folder) as address, open_chromium() as browser:
        visits = [visit(browser, address, options.folder) for _ in range(options.repeat + 1)][1:]
    for name in visits[0]:
        times = [times[name] for times in visits]
        print(f"{name:18} {statistics.median(times):6.2f} s  ({min(times):.2f} to {max(times):.2f})")


def visit(browser: Browser, address: str, folder: Path) -> dict[str, float]:
    """Opens the page, tries a sample, and uploads a photo in a second visit; seconds of each."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    started = time.perf_counter()
    page.goto(address)
    sample = page.get_by_role("button", name="Grace Hopper", exact=True)
    sample.wait_for(timeout=PATIENCE)
    _settle(page)
    times = {"Settled": time.perf_counter() - started, "First paint": float(page.evaluate(FIRST_PAINT))}
    started = time.perf_counter()
    sample.click()
    times["Sample to answer"] = _answered(page, started)
    page.close()
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(address)
    page.get_by_role("button", name="Grace Hopper", exact=True).wait_for(timeout=PATIENCE)
    _settle(page)
    started = time.perf_counter()
    page.locator("input[type=file]").first.set_input_files(folder / "samples" / "eileen-collins.jpg")
    times["Upload to answer"] = _answered(page, started)
    _settle(page)
    times["Upload settled"] = time.perf_counter() - started
    page.close()
    return times


def _answered(page: Page, started: float) -> float:
    page.get_by_test_id("stMetricValue").first.wait_for(timeout=PATIENCE)
    return time.perf_counter() - started


def _settle(page: Page) -> None:
    page.wait_for_function(SETTLED, timeout=PATIENCE)
    page.wait_for_function("[...document.images].every(image => image.complete)", timeout=PATIENCE)


if __name__ == "__main__":
    main()
