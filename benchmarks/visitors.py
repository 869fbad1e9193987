"""Eight visitors at once, each sending photos one after the other."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.memory import peak_memory
from benchmarks.photos import compose_jpeg
from components.photo.predictions import analyse
from model.predictor import shared_predictor
from reports.benchmarks import Row

VISITORS, PHOTOS, SHORT_PHOTOS = 8, 20, 3
SIZES = ((1280, 960), (1920, 1080), (800, 1200), (4000, 3000))
GROUP = "Eight visitors at once"


def measure(short: bool) -> list[Row]:
    """How much longer the slowest of eight waits than one alone, whether all got the same answers, and the memory."""
    predictor = shared_predictor()
    count = SHORT_PHOTOS if short else PHOTOS
    photos = [compose_jpeg(*SIZES[i % len(SIZES)], [100 + 10 * i], seed=i) for i in range(count)]

    def visit(_: int) -> tuple[float, list[Any]]:
        start = time.perf_counter()
        answers = [analyse(predictor, f"{i}.jpg", photo).faces for i, photo in enumerate(photos)]
        return time.perf_counter() - start, answers

    visit(0)
    before, expected = visit(0)
    with ThreadPoolExecutor(VISITORS) as pool:
        together = list(pool.map(visit, range(VISITORS)))
    alone = (before + visit(0)[0]) / 2  # before and after, in case the machine has become slower meanwhile
    right = sum(answers == expected for _, answers in together)
    slowest = max(seconds for seconds, _ in together)
    return [
        Row(GROUP, f"one visitor alone, {count} photos", "time", alone, "s"),
        Row(GROUP, "slowest visitor compared with one alone", "ratio", slowest / alone, "×", at_most=10),
        Row(GROUP, "visitors with all answers correct", "faces", right, "", at_least=VISITORS),
        Row(GROUP, "peak memory", "memory", peak_memory(), "MB", at_most=1000),
    ]
