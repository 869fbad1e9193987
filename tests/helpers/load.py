"""Visitors by the dozen: clients of the API and browsers on the page, each of whom checks that the faces are theirs."""

import asyncio
import itertools
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

import requests
from playwright.async_api import Browser, FilePayload, async_playwright, expect

from benchmarks.photos import compose_jpeg
from benchmarks.serving import chromium_path
from helpers.served import Server
from model import Face, Predictor, read_image
from model.drawing import describe
from model.face import to_json

CLIENTS = 16
BROWSERS = 8
LOADING = 300_000  # milliseconds: photos of all wait in one queue
BAD = {b"": 400, b"no picture": 415, b"<svg></svg>": 415, b"%PDF-1.7": 415, b"\xff\xd8\xff\xe0": 400}


@dataclass(frozen=True)
class Photo:
    """What a visitor sends, and what has to come back."""

    name: str
    content: bytes
    faces: list[Face]

    @property
    def answer(self) -> list[dict[str, Any]]:
        """As the API gives it."""
        return [to_json(face) | {"box": list(face.box)} for face in self.faces]

    @property
    def description(self) -> str:
        """As the page says it of the picture."""
        in_order = sorted(self.faces, key=lambda face: face.box[0] + face.box[2] / 2)  # from left to right
        number = f"{len(self.faces)} " if len(self.faces) > 1 else ""
        return f"{self.name} with {number}faces marked: {'; '.join(describe(face) for face in in_order)}"


@dataclass
class Load:
    """What happened.

    answers: of the API, by HTTP status; 503 where a client was told to wait, and waited.
    visits: pages opened with a photo that was analysed.
    wrong: answers with faces of somebody else, or none.
    memory: resident memory of the server, MB, half-second by half-second.
    """

    answers: Counter[int] = field(default_factory=Counter)
    visits: int = 0
    wrong: int = 0
    seconds: float = 0
    memory: list[float] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Most memory in the last third of the run against the third before, MB."""
        third = len(self.memory) // 3
        return max(self.memory[-third:]) - max(self.memory[third:-third])

    def summary(self) -> dict[str, Any]:
        """For people and for a file."""
        told = asdict(self) | {"answers": {str(status): count for status, count in sorted(self.answers.items())}}
        return told | {
            "clients": CLIENTS,
            "browsers": BROWSERS,
            "seconds": round(self.seconds),
            "memory": {"peak": round(max(self.memory)), "growth_in_the_last_third": round(self.growth)},
        }


def make_photos(predictor: Predictor) -> list[Photo]:
    """One a visitor: the browsers' with one face, two faces and so on; no two answers are alike."""
    counts = [*range(1, BROWSERS + 1), *itertools.repeat(1, CLIENTS)]
    photos = []
    for number, count in enumerate(counts):
        content = compose_jpeg(900, 640, [100 + number] * count, seed=number)
        photos.append(Photo(f"visitor-{number}.jpg", content, predictor.predict(read_image(content))))
        assert len(photos[-1].faces) == count
    assert len({str(photo.answer) for photo in photos}) == len(photos)
    return photos


def run_load(server: Server, photos: list[Photo], requests_each: int, visits_each: int) -> Load:
    """All visitors at once; raises what any of them did not expect."""
    load, ended, started = Load(), threading.Event(), time.monotonic()

    def watch() -> None:
        while not ended.wait(0.5):
            load.memory.append(server.process.memory_info().rss / 1e6)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            browsing = pool.submit(asyncio.run, _browse(server.url, photos[:BROWSERS], visits_each))
            asking = [pool.submit(_ask, server, photo, requests_each) for photo in photos[BROWSERS:]]
            for client in asking:
                answers, wrong = client.result()
                load.answers += answers
                load.wrong += wrong
            load.visits = BROWSERS * visits_each
            load.wrong += browsing.result()
    finally:
        ended.set()
        watcher.join()
    load.seconds = time.monotonic() - started
    return load


def _ask(server: Server, photo: Photo, count: int) -> tuple[Counter[int], int]:
    """A client: four good requests, then a bad one; the answers by status, and how many were wrong."""
    answers, wrong = Counter[int](), 0
    bad = itertools.islice(itertools.cycle(BAD.items()), len(photo.content) % len(BAD), None)  # not the same for all
    for number in range(count):
        content, status = next(bad) if number % 5 == 4 else (photo.content, 200)
        while (response := server.predict(content)).status_code == 503:
            answers[503] += 1
            time.sleep(int(response.headers["Retry-After"]))
        answers[response.status_code] += 1
        right = response.status_code == status and (status != 200 or response.json()["faces"] == photo.answer)
        wrong += not right
    return answers, wrong


async def _browse(url: str, photos: list[Photo], visits: int) -> int:
    """A browser a photo; how many were shown something wrong."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        wrong = await asyncio.gather(*(_visit(browser, url, photo, visits) for photo in photos))
        await browser.close()
    return sum(wrong)


async def _visit(browser: Browser, url: str, photo: Photo, visits: int) -> int:
    """A person who opens the page and gives a photo, again and again; how often what was shown was wrong."""
    wrong = 0
    upload: FilePayload = {"name": photo.name, "mimeType": "image/jpeg", "buffer": photo.content}
    for _ in range(visits):
        page = await browser.new_page()
        await page.goto(url, timeout=LOADING)
        await page.locator("input[type=file]").set_input_files(upload, timeout=LOADING)
        picture = page.locator("img[alt*='faces marked']")
        await expect(picture).to_be_visible(timeout=LOADING)
        shown = await picture.get_attribute("alt")
        wrong += shown != photo.description
        await page.close()
    return wrong


def healthy(server: Server) -> bool:
    return requests.get(f"{server.url}/api/health", timeout=60).status_code == 200
