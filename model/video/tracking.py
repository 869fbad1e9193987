"""Faces followed from frame to frame of a video, so that boxes move smoothly and labels do not flicker.

Detections are given to tracks by overlap, as in SORT (Bewley et al., arXiv 1602.00763), with an alpha-beta filter
instead of a Kalman filter. Age, interval and gender log-odds are exponentially smoothed, and what is shown changes only
once the smoothed values have moved noticeably.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.calibration import log_odds
from model.face import Face, Point
from model.labels import GENDERS

MIN_IOU = 0.2
"""Overlap with a track's predicted box from which a detection may belong to it, intersection over union, 0-1."""

MIN_SIGHTINGS = 2
"""Sightings from which a track is shown: what a detector takes for a face is often gone in the next frame."""

MAX_UNSEEN = 0.6
"""How long a track outlives its last sighting, seconds."""

MAX_STEP = 0.25
"""How far ahead the velocity of a face is trusted, seconds; on a slow computer frames lie further apart."""

SMOOTHING_TIME = 1.0
"""Time constant of the exponential smoothing of age and gender, seconds."""

ALPHA = 0.6
BETA = ALPHA**2 / (2 - ALPHA)
"""Gains of the alpha-beta filter for position and velocity, as Benedict and Bordner balance them (1962)."""

NOTICEABLE = np.array([1.0, np.inf, np.inf, 0.5])
"""Changes of age (years) and gender log-odds from which the label follows; the interval goes along with them."""


@dataclass(frozen=True)
class Track:
    """One face over time; every step gives a new track.

    number: counts the tracks of a video from 1.
    face: as to be shown: smoothed box and landmarks, steadied age, interval and gender.
    last_seen: time of the last sighting, seconds.
    sightings: in how many frames it was seen.
    geometry: (7, 2) predicted box corners (first and last) and landmarks, pixels.
    velocity: (2,) of the whole face, pixels a second.
    estimate: (4,) smoothed age, ends of its interval (years) and log-odds of "female".
    weight: of all sightings so far in `estimate`, the newest counting 1.
    """

    number: int
    face: Face
    last_seen: float
    sightings: int
    geometry: NDArray[np.float64]
    velocity: NDArray[np.float64]
    estimate: NDArray[np.float64]
    weight: float


class Tracker:
    """Follows the faces of one video; not safe to share between threads."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._started = 0
        self._time = -np.inf

    def update(self, faces: list[Face], time: float) -> list[Track]:
        """Takes in the faces of a frame.

        Args:
            faces: what was found in it, in any order.
            time: when the frame was taken, seconds on any clock, later than that of the frame before.

        Returns:
            The tracks to show, the oldest first: those seen lately and more than once.
        """
        elapsed = time - self._time if self._tracks else 0.0
        moved = [_predict(track, elapsed) for track in self._tracks]
        matches = match(
            np.array([_box(track.geometry) for track in moved]).reshape(-1, 4),
            np.array([face.box for face in faces], dtype=np.float64).reshape(-1, 4),
            1 + np.array([time - track.last_seen for track in moved]),
        )
        kept = [_update(track, faces[matches[i]], time) if i in matches else track for i, track in enumerate(moved)]
        new = [face for j, face in enumerate(faces) if j not in matches.values()]
        kept += [_start(self._started + number, face, time) for number, face in enumerate(new, start=1)]
        self._started += len(new)
        self._tracks = [track for track in kept if _is_alive(track, time)]
        self._time = time
        return [track for track in self._tracks if track.sightings >= MIN_SIGHTINGS]


def match(
    tracks: NDArray[np.float64], detections: NDArray[np.float64], tolerance: NDArray[np.float64]
) -> dict[int, int]:
    """Pairs boxes one to one, those that overlap most first: index in `tracks` to index in `detections`.

    Args:
        tracks: (n, 4) x, y, width, height.
        detections: (m, 4) likewise.
        tolerance: (n,) by which the boxes are enlarged first; the longer a face has not been seen, the less
            certain its place.
    """
    by = tolerance[:, None, None]
    overlap = iou(_enlarge(tracks[:, None], by), _enlarge(detections[None], by))
    pairs: dict[int, int] = {}
    while overlap.size and overlap.max() >= MIN_IOU:
        track, detection = (int(i) for i in np.unravel_index(overlap.argmax(), overlap.shape))
        pairs[track] = detection
        overlap[track, :] = overlap[:, detection] = -1
    return pairs


def iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union, 0-1, of (…, 4) boxes x, y, width, height, broadcast against each other."""
    sides = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    intersection = np.maximum(sides, 0).prod(-1)
    return intersection / (a[..., 2:].prod(-1) + b[..., 2:].prod(-1) - intersection)


def _enlarge(boxes: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.float64]:
    """The boxes around the same centres, `by` times as wide and high."""
    size = boxes[..., 2:] * by
    return np.concatenate([boxes[..., :2] + (boxes[..., 2:] - size) / 2, size], axis=-1)


def _start(number: int, face: Face, time: float) -> Track:
    return Track(number, face, time, 1, _geometry(face), np.zeros(2), _estimate(face), 1.0)


def _predict(track: Track, elapsed: float) -> Track:
    """Where the face should be after `elapsed` seconds; an unseen face is shown there."""
    geometry = track.geometry + track.velocity * min(elapsed, MAX_STEP)
    # What was seen long ago weighs less.
    return replace(
        track,
        face=_placed(track.face, geometry),
        geometry=geometry,
        weight=track.weight * float(np.exp(-elapsed / SMOOTHING_TIME)),
    )


def _update(track: Track, face: Face, time: float) -> Track:
    """The track after a sighting; `track` has been moved to the time of it."""
    residual = _geometry(face) - track.geometry
    geometry = track.geometry + ALPHA * residual
    # A second sighting gives the velocity itself, later ones correct it.
    gain = 1.0 if track.sightings == 1 else BETA
    velocity = track.velocity + gain * residual.mean(0) / max(time - track.last_seen, 1e-3)
    weight = track.weight + 1
    estimate = track.estimate + (_estimate(face) - track.estimate) / weight
    shown = _estimate(track.face)
    if (np.abs(estimate - shown) > NOTICEABLE).any():
        shown = estimate
    steadied = _stating(_placed(face, geometry), shown)
    return Track(track.number, steadied, time, track.sightings + 1, geometry, velocity, estimate, weight)


def _is_alive(track: Track, time: float) -> bool:
    return track.last_seen == time or (track.sightings >= MIN_SIGHTINGS and time - track.last_seen <= MAX_UNSEEN)


def _geometry(face: Face) -> NDArray[np.float64]:
    x, y, width, height = face.box
    return np.array([(x, y), (x + width, y + height), *face.landmarks], dtype=np.float64)


def _box(geometry: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([geometry[0], geometry[1] - geometry[0]])


def _placed(face: Face, geometry: NDArray[np.float64]) -> Face:
    x, y, width, height = (round(float(value)) for value in _box(geometry))
    landmarks: tuple[Point, ...] = tuple((float(px), float(py)) for px, py in geometry[2:])
    left_eye, right_eye, nose, left_mouth, right_mouth = landmarks
    return replace(
        face,
        box=(x, y, max(1, width), max(1, height)),
        landmarks=(left_eye, right_eye, nose, left_mouth, right_mouth),
    )


def _estimate(face: Face) -> NDArray[np.float64]:
    female = face.gender_probability if face.gender == "female" else 1 - face.gender_probability
    return np.array([face.age, face.age_low, face.age_high, log_odds(np.array(female))])


def _stating(face: Face, estimate: NDArray[np.float64]) -> Face:
    age, low, high, odds = (float(value) for value in estimate)
    probability = 1 / (1 + np.exp(-abs(odds)))
    gender = GENDERS[int(odds >= 0)]
    return replace(face, age=age, age_low=low, age_high=high, gender=gender, gender_probability=float(probability))
