"""How well the sightings of one face are pooled: fitted on validation photos and checked on test photos."""

import functools
import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from tqdm import tqdm

from model.calibration import COVERAGE
from model.detection.detector import MtcnnDetector
from model.estimator import Estimator
from model.face import Face
from model.predictor import Chips, Predictor
from model.video.analyser import RECORDED_SIDE
from model.video.pooling import LEAST_WIDTH, Pooled, Pooling, Quality, quality_of
from model.video.source import Video
from reports.metrics import age_brackets, wilson_interval
from train.measure.clips import PEOPLE, cell_of, compose

KNOTS = (1, 2, 4, 8, 12)
"""Numbers of frames for which the ends of the interval are fitted."""

POWERS = np.arange(0, 4.1, 0.5)
WINDOWS = 4
"""Stretches of each length that are taken from each person."""

NEUTRAL = Pooling(0.0, 0.0, 0.0, 0.0, (1.0,), (-1.0,), (1.0,))
"""All frames weigh the same, and the interval is the mean of theirs."""


@dataclass(frozen=True)
class Seen:
    """A person of a composed clip: the labels, and the face and quality of each sighting, in the order of time."""

    age: float
    gender: str
    faces: list[Face]
    quality: list[Quality]

    def sums(self, pooling: Pooling, first: int = 0, last: int | None = None) -> Pooled:
        """A stretch of the sightings, pooled."""
        pooled = Pooled()
        for face, quality in zip(self.faces[first:last], self.quality[first:last], strict=True):
            pooled.add(face, quality, pooling)
        return pooled

    def pooled(self, pooling: Pooling, first: int = 0, last: int | None = None) -> Face:
        """The estimate from a stretch of the sightings."""
        return self.sums(pooling, first, last).face(self.faces[first], 1.0, (), pooling)


def see(photos: pd.DataFrame, chips: Chips, workers: int, progress: bool = True) -> list[Seen]:
    """Composes clips of the photos, and finds their faces; people who are not found are left out.

    Args:
        photos: with `age` and `gender`.
        chips: of the photos.
        workers: processes.
        progress: whether to show a bar.
    """
    detector = MtcnnDetector(RECORDED_SIDE, upright_only=True, threads=1)
    look = functools.partial(_look, Predictor(detector, Estimator(threads=1)))
    clips = [(first, chips[first : first + PEOPLE]) for first in range(0, len(chips), PEOPLE)]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        cells = list(
            tqdm(pool.map(look, clips), "Clips", len(clips), unit=" clips", disable=None if progress else True)
        )
    found = [cell for clip in cells for cell in clip][: len(photos)]
    labels = zip(photos["age"], photos["gender"], found, strict=True)
    return [Seen(float(age), str(gender), *cell) for age, gender, cell in labels if cell[0]]


def fit(people: list[Seen], seed: int = 0) -> Pooling:
    """The pooling that fits these people best.

    By how much errors grow with poor quality is the most likely rate if they follow a Laplace distribution; the power
    of the weights is that with the smallest mean error; the ends of the interval are split-conformal quantiles.
    """
    small, blurred, turned = _fit_growth(people)
    stretches = {count: _stretches(people, count, seed) for count in KNOTS}

    def with_power(power: float) -> Pooling:
        return Pooling(small, blurred, turned, power, (1.0,), (-1.0,), (1.0,))

    def error(power: float) -> float:
        pooled = [(person.age, person.pooled(with_power(power))) for person in people]
        return float(np.mean([abs(face.age - age) for age, face in pooled]))

    chosen = with_power(float(min(POWERS, key=error)))
    ends = [_fit_ends(chosen, stretches[count]) for count in KNOTS]
    low, high = (tuple(round(end[side], 4) for end in ends) for side in (0, 1))
    return Pooling(small, blurred, turned, chosen.power, tuple(map(float, KNOTS)), low, high)


def check(people: list[Seen], pooling: Pooling) -> dict[str, Any]:
    """The figures of docs/video.md: errors and interval coverage of people against those of single frames."""
    table = _table(people, pooling)
    frames = _frames(people)
    independent = (table["age"] - table["estimate"]).abs() * np.sqrt(table["frames"])
    return {
        "people": len(people),
        "sightings": len(frames),
        "age_mae": {
            "single_frames": round(float(frames["error"].abs().groupby(frames["person"]).mean().mean()), 3),
            "plain_mean": round(float((table["plain"] - table["age"]).abs().mean()), 3),
            "weighted_mean": round(float((table["estimate"] - table["age"]).abs().mean()), 3),
        },
        "gender_accuracy": {
            "single_frames": round(float(frames["right"].groupby(frames["person"]).mean().mean()), 4),
            "people": round(float(table["right"].mean()), 4),
            "stated": round(float(table["stated"].mean()), 4),
            "stated_right": round(float(table.loc[table["stated"], "right"].mean()), 4),
        },
        "coverage": {
            "single_frames": _share(frames["covered"]),
            "people": _share(table["covered"]),
            "if_frames_were_independent": _share(independent <= (table["high"] - table["low"]) / 2),
        },
        "coverage_by_frames": {str(count): _share(_covered(people, pooling, count)) for count in (1, 3, 6, 12)},
        "coverage_by_quality": _by(table, pd.qcut(table["growth"], 3, labels=["best", "middle", "poorest"])),
        "coverage_by_age": _by(table, age_brackets(table["age"])),
        "interval_width": round(float((table["high"] - table["low"]).mean()), 2),
        "mae_by_quality": {
            str(name): {
                "single_frames": round(float(part["single"].mean()), 3),
                "weighted_mean": round(float((part["estimate"] - part["age"]).abs().mean()), 3),
            }
            for name, part in table.groupby(
                pd.qcut(table["growth"], 3, labels=["best", "middle", "poorest"]), observed=True
            )
        },
    }


def _look(predictor: Predictor, clip: tuple[int, Chips]) -> list[tuple[list[Face], list[Quality]]]:
    """The sightings of each person of a clip, which is given by its seed and its chips."""
    seed, chips = clip
    found: list[tuple[list[Face], list[Quality]]] = [([], []) for _ in range(PEOPLE)]
    with Video(io.BytesIO(compose(chips, seed))) as video:
        for frame in video.frames():
            cells = set()
            for face, chip in zip(*predictor.predict_with_chips(frame.picture()), strict=True):
                x, y, width, height = face.box
                cell = cell_of(x + width / 2, y + height / 2)
                if cell not in cells:  # the largest come first
                    cells.add(cell)
                    found[cell][0].append(replace(face, age_distribution=None))
                    found[cell][1].append(quality_of(np.array(face.landmarks), chip))
    return found


def _fit_growth(people: list[Seen]) -> tuple[float, float, float]:
    quality = np.array([quality for person in people for quality in person.quality])
    half = np.array([max((face.age_high - face.age_low) / 2, LEAST_WIDTH) for p in people for face in p.faces])
    error = np.array([abs(face.age - person.age) for person in people for face in person.faces])

    def negative_log_likelihood(parameters: NDArray[np.float64]) -> float:
        scale = parameters[0] + quality @ parameters[1:]
        return float(np.mean(scale + error / half * np.exp(-scale)))

    start, bounds = np.array([-0.5, 0.1, 0.1, 0.1]), [(-3, 3), (0, 1), (0, 1), (0, 3)]
    fitted = minimize(negative_log_likelihood, start, bounds=bounds).x
    small, blurred, turned = (round(float(rate), 4) for rate in fitted[1:])
    return small, blurred, turned


def _fit_ends(pooling: Pooling, stretches: list[tuple[Seen, int, int]]) -> tuple[float, float]:
    """Split-conformal quantiles of the error, in units of what is expected on its side."""
    scores = []
    for person, first, last in stretches:
        age, below, above, _ = person.sums(pooling, first, last).means()
        scores.append((person.age - age) / (below if person.age < age else above))
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(scores, [tail, 1 - tail], method="inverted_cdf")
    return min(0.0, float(low)), max(0.0, float(high))


def _stretches(people: list[Seen], count: int, seed: int = 0) -> list[tuple[Seen, int, int]]:
    """Stretches of so many sightings in a row."""
    rng = np.random.default_rng(seed)
    long = [person for person in people if len(person.faces) >= count]
    starts = [(person, int(rng.integers(len(person.faces) - count + 1))) for person in long for _ in range(WINDOWS)]
    return [(person, start, start + count) for person, start in starts]


def _covered(people: list[Seen], pooling: Pooling, count: int) -> pd.Series:
    """Whether the intervals of one stretch of each person contain the age."""
    stretches = _stretches(people, count, seed=1)[::WINDOWS]
    faces = [(person.age, person.pooled(pooling, first, last)) for person, first, last in stretches]
    return pd.Series([face.age_low <= age <= face.age_high for age, face in faces])


def _table(people: list[Seen], pooling: Pooling) -> pd.DataFrame:
    rows = []
    for person in people:
        face, plain = person.pooled(pooling), person.pooled(NEUTRAL)
        rows.append(
            {
                "age": person.age,
                "estimate": face.age,
                "plain": plain.age,
                "low": face.age_low,
                "high": face.age_high,
                "covered": face.age_low <= person.age <= face.age_high,
                "single": np.mean([abs(one.age - person.age) for one in person.faces]),
                "frames": len(person.faces),
                "growth": pooling.growth(np.array(person.quality)).mean(),
                "right": face.gender == person.gender,
                "stated": face.stated_gender == face.gender,
            }
        )
    return pd.DataFrame(rows)


def _frames(people: list[Seen]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "person": number,
                "error": face.age - person.age,
                "covered": face.age_low <= person.age <= face.age_high,
                "right": face.gender == person.gender,
            }
            for number, person in enumerate(people)
            for face in person.faces
        ]
    )


def _by(table: pd.DataFrame, groups: pd.Series) -> dict[str, Any]:
    return {str(name): _share(part["covered"]) for name, part in table.groupby(groups, observed=True)}


def _share(covered: pd.Series) -> dict[str, Any]:
    low, high = wilson_interval(int(covered.sum()), len(covered))
    return {"value": round(float(covered.mean()), 4), "low": round(low, 4), "high": round(high, 4), "of": len(covered)}
