"""Whether tracks keep to their people: clips in which two people cross, half of them behind a pillar, too."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from model.face import Face
from model.predictor import Chips, Predictor
from model.video.people import MAX_UNSEEN
from model.video.source import Video
from model.video.tracking import Tracker
from train.measure.clips import RATE, encode

SIZE = (960, 540)  # width and height, pixels
FRAMES = 22
SIDE = 190  # of a chip in the picture, pixels
PILLAR = 130  # width, pixels: it hides a face for about half a second
FACE = 0.5  # of a chip's side: width of a face
CRF = 26

Picture = NDArray[np.uint8]

Follow = Callable[[list[list[Face]]], list[dict[int, int]]]
"""Follows the faces of a clip's frames: for each frame, the index of a face by the number of its track."""


@dataclass(frozen=True)
class Observed:
    """A clip as it was seen: the paths of `Scene`, and the faces found in each frame."""

    paths: NDArray[np.float64]
    faces: list[list[Face]]


@dataclass(frozen=True)
class Scene:
    """Two people who walk towards each other; the second one is in front.

    chips: (2, 200, 200, 3), RGB, 0-255.
    paths: (2, frames, 2) centres of the chips, pixels.
    pillar: its left edge, pixels, or None.
    """

    chips: Chips
    paths: NDArray[np.float64]
    pillar: int | None

    def frames(self) -> list[Picture]:
        """The pictures."""
        return [self._draw(i) for i in range(self.paths.shape[1])]

    def _draw(self, frame: int) -> Picture:
        picture = np.full((SIZE[1], SIZE[0], 3), (96, 104, 110), np.uint8)
        shape = np.zeros((SIDE, SIDE), np.uint8)
        cv2.ellipse(shape, (SIDE // 2, SIDE // 2), (round(0.36 * SIDE), round(0.46 * SIDE)), 0, 0, 360, 255, -1)
        for chip, path in zip(self.chips, self.paths, strict=True):
            face = cv2.resize(chip, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            left, top = (round(float(place)) - SIDE // 2 for place in path[frame])
            visible = slice(max(0, -left), min(SIDE, SIZE[0] - left))
            if visible.start < visible.stop:
                target = picture[top : top + SIDE, left + visible.start : left + visible.stop]
                target[:] = np.where(shape[:, visible, None] > 0, face[:, visible], target)
        if self.pillar is not None:
            picture[:, self.pillar : self.pillar + PILLAR] = (60, 54, 48)
        return picture


def make_scene(chips: Chips, seed: int) -> Scene:
    """A scene with random speeds and heights; those with an odd seed have a pillar."""
    rng = np.random.default_rng(seed)
    times = np.linspace(0, 1, FRAMES)
    paths = []
    for start, end in ((0.1, 0.9), (0.9, 0.1)):
        x = SIZE[0] * (start + (end - start) * times ** rng.uniform(0.8, 1.25))
        y = SIZE[1] * rng.uniform(0.4, 0.6) + 12 * np.sin(times * rng.uniform(5, 15))
        paths.append(np.stack([x, y], axis=1))
    pillar = int(rng.integers(int(0.25 * SIZE[0]), int(0.6 * SIZE[0]))) if seed % 2 else None
    return Scene(chips, np.array(paths), pillar)


def film(chips: Chips, predictor: Predictor, clips: int, progress: bool = True) -> list[Observed]:
    """Composes so many clips of two people each, and finds their faces.

    Args:
        chips: (2 * clips, 200, 200, 3) or more, RGB, 0-255.
        predictor: finds the faces.
        clips: how many.
        progress: whether to show a bar.
    """
    observed = []
    for seed in tqdm(range(clips), "Crossings", unit=" clips", disable=None if progress else True):
        scene = make_scene(chips[2 * seed : 2 * seed + 2], seed)
        with Video(io.BytesIO(encode(iter(scene.frames()), CRF))) as video:
            observed.append(Observed(scene.paths, [predictor.predict(frame.picture()) for frame in video.frames()]))
    return observed


def measure_crossings(observed: list[Observed], follow: Follow) -> dict[str, Any]:
    """Follows the people of all clips.

    Returns:
        `switches`: how often a track went over from one person to the other; `split`: people who were counted more
        than once; `lost`: people who were not followed at all; `seconds`: of processor time.
    """
    switches = split = lost = 0
    start = time.process_time()
    followed = [follow(clip.faces) for clip in observed]
    seconds = time.process_time() - start
    for clip, tracks in zip(observed, followed, strict=True):
        owners: dict[int, int] = {}
        for i, sighted in enumerate(tracks):
            for number, index in sighted.items():
                person = _person_at(clip.faces[i][index].box, clip.paths[:, i])
                if person is not None:
                    switches += owners.get(number, person) != person
                    owners[number] = person
        counts = [sum(owner == person for owner in owners.values()) for person in (0, 1)]
        split += sum(count > 1 for count in counts)
        lost += sum(count == 0 for count in counts)
    return {"switches": int(switches), "split": split, "lost": lost, "seconds": seconds}


def follow(frames: list[list[Face]]) -> list[dict[int, int]]:
    """The tracks of a clip as `model.video` follows them."""
    tracker, tracks = Tracker(MAX_UNSEEN), []
    for i, faces in enumerate(frames):
        tracker.update(faces, i / RATE)
        tracks.append(tracker.sighted)
    return tracks


def _person_at(box: tuple[int, int, int, int], centres: NDArray[np.float64]) -> int | None:
    """Whose face it is: the nearest one, or the one in front where it covers most of the other."""
    x, y, width, height = box
    distances = np.hypot(*(centres - (x + width / 2, y + height / 2)).T)
    if distances.min() > FACE * SIDE / 2:
        return None
    covered = np.hypot(*(centres[0] - centres[1])) < FACE * SIDE / 2
    return 1 if covered else int(distances.argmin())
