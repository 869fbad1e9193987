"""Faces of people who walk through a picture, for trackers."""

from typing import Any

import numpy as np

from model import Face


def people_at(time: float, rng: np.random.Generator) -> list[Face]:
    """Two people who walk through the picture, and now and then something that is none."""
    places = [(1000 + 700 * time, 2000.0), (7000 - 500 * time, 5000.0)]
    faces = [_face(rng, x, y, number) for number, (x, y) in enumerate(places) if rng.random() < 0.85]
    return faces + ([_face(rng, 8000, 8000, 0)] if rng.random() < 0.2 else [])


def as_sent(face: Face) -> dict[str, Any]:
    """A face as the page has it."""
    return {
        "box": face.box, "landmarks": face.landmarks, "age": face.age, "ageLow": face.age_low,
        "ageHigh": face.age_high, "gender": face.gender, "genderProbability": face.gender_probability,
        "warnings": face.warnings,
    }  # fmt: skip


def _face(rng: np.random.Generator, x: float, y: float, number: int) -> Face:
    left, top = round(x + rng.normal(0, 60)), round(y + rng.normal(0, 60))
    age = 30 + 25 * number + rng.normal(0, 4)
    points = [(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)]
    one, two, three, four, five = ((left + 1000 * px, top + 1200 * py) for px, py in points)
    return Face(
        box=(left, top, 1000, 1200),
        landmarks=(one, two, three, four, five),
        confidence=0.99,
        age=age,
        age_low=age - 5,
        age_high=age + 6,
        gender=("male", "female")[number],
        gender_probability=float(rng.uniform(0.6, 0.99)),
        warnings=("blurred",) if rng.random() < 0.5 else (),
    )
