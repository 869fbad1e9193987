"""Follows faces from frame to frame of a video, so that boxes move smoothly and labels do not flicker.

Detections are assigned to tracks by overlap, as in SORT (Bewley et al., arXiv 1602.00763), with an alpha-beta filter
instead of a Kalman filter; where faces cross, estimates that fit the track decide (docs/video.md compares that with
other trackers). Age, interval, gender log odds and warnings are exponentially smoothed, and what is shown
changes only once the smoothed values have moved noticeably.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.calibration import log_odds
from model.detection.boxes import box_iou
from model.face import Face, Point
from model.inspection.quality import WARNINGS
from model.labels import GENDERS

MIN_IOU = 0.2
"""Intersection over union, 0-1, with a track's predicted box from which a detection may belong to the track."""

LEAST_LIKENESS = 0.5
"""By what the overlap is multiplied if the estimates do not fit at all: a poor frame must not end a track."""

LIKE_YEARS, LIKE_ODDS = 10.0, 3.0
"""Differences of age (years) and gender log odds that are usual between two frames of one face that is half hidden."""

MIN_SIGHTINGS = 2
"""Sightings before a track is shown: a false detection is often gone in the next frame."""

MAX_UNSEEN = 0.6
"""How long a track of live video is kept after its last sighting, seconds."""

MAX_STEP = 0.25
"""How far ahead the velocity of a face is trusted, seconds; on a slow computer frames are further apart."""

SMOOTHING_TIME = 1.0
"""Time constant of the exponential smoothing of age and gender, seconds."""

ALPHA = 0.6
BETA = ALPHA**2 / (2 - ALPHA)
"""Gains of the alpha-beta filter for position and velocity, as Benedict and Bordner balance them (1962)."""

NOTICEABLE = np.array([1.0, np.inf, np.inf, 0.5, *[0.6] * len(WARNINGS)])
"""Changes of age (years), gender log odds and share of frames with a warning from which the label is updated, the
interval with it."""


@dataclass(frozen=True)
class Track:
    """One face over time; every step makes a new track.

    number: counts the tracks of a video from 1.
    face: what is shown: smoothed box and landmarks, steady age, interval, gender and warnings.
    last_seen: time of the last sighting, seconds.
    sightings: number of frames in which it was seen.
    geometry: (7, 2) predicted box corners (top left, bottom right) and landmarks, pixels.
    velocity: (2,) of the whole face, pixels per second.
    estimate: smoothed age, ends of its interval (years), log odds of "female", and for each of `WARNINGS` the share of
        sightings that had it; (4 + number of warnings,).
    weight: of all sightings so far in `estimate`, where the newest counts 1.
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
    """Follows the faces of one video; not safe to share between threads.

    Args:
        max_unseen: how long a track is kept after its last sighting, seconds.
    """

    def __init__(self, max_unseen: float = MAX_UNSEEN) -> None:
        self.sighted: dict[int, int] = {}
        """The last frame's faces by the number of their track, as indices into the list given to `update`."""
        self._max_unseen = max_unseen
        self._tracks: list[Track] = []
        self._started = 0
        self._time = -np.inf

    @property
    def alive(self) -> set[int]:
        """The numbers of all tracks that are followed, shown or not."""
        return {track.number for track in self._tracks}

    def update(self, faces: list[Face], time: float) -> list[Track]:
        """Takes in the faces of a frame.

        Args:
            faces: those found in it, in any order.
            time: when the frame was taken, seconds on any clock, later than for the previous frame.

        Returns:
            The tracks to show, oldest first: those seen recently and more than once.
        """
        elapsed = time - self._time if self._tracks else 0.0
        moved = [_predict(track, elapsed) for track in self._tracks]
        matches = match(
            np.array([_corners(track.geometry) for track in moved]).reshape(-1, 4),
            np.array([_corners(_geometry(face)) for face in faces]).reshape(-1, 4),
            1 + np.array([time - track.last_seen for track in moved]),
            _likeness(moved, faces),
        )
        kept = [_update(track, faces[matches[i]], time) if i in matches else track for i, track in enumerate(moved)]
        self.sighted = {moved[i].number: j for i, j in matches.items()}
        for j in sorted(set(range(len(faces))) - set(matches.values())):
            self._started += 1
            self.sighted[self._started] = j
            kept.append(_start(self._started, faces[j], time))
        self._tracks = [track for track in kept if _is_alive(track, time, self._max_unseen)]
        self._time = time
        return [track for track in self._tracks if track.sightings >= MIN_SIGHTINGS]


def match(
    tracks: NDArray[np.float64],
    detections: NDArray[np.float64],
    tolerance: NDArray[np.float64],
    likeness: NDArray[np.float64],
) -> dict[int, int]:
    """Pairs boxes one to one, those that fit best first: index in `tracks` to index in `detections`.

    Args:
        tracks: (n, 4) left, top, right, bottom.
        detections: (m, 4) likewise.
        tolerance: (n,) factors by which the boxes are enlarged first; the longer a face has not been seen, the less
            certain its place.
        likeness: (n, m), 0-1, of a track and a detection; their overlap is multiplied by it.
    """
    overlap = np.zeros((len(tracks), len(detections)), np.float32)
    for i, factor in enumerate(tolerance):
        overlap[i] = box_iou(_enlarged(tracks[i : i + 1], factor), _enlarged(detections, factor))
    fit = np.where(overlap >= MIN_IOU, overlap * likeness, -1)
    pairs: dict[int, int] = {}
    while fit.size and fit.max() > 0:
        track, detection = (int(i) for i in np.unravel_index(fit.argmax(), fit.shape))
        pairs[track] = detection
        fit[track, :] = fit[:, detection] = -1
    return pairs


def _likeness(tracks: list[Track], faces: list[Face]) -> NDArray[np.float64]:
    """(n, m) how well the estimates of faces fit those of tracks, from `LEAST_LIKENESS` to 1."""
    if not tracks or not faces:
        return np.ones((len(tracks), len(faces)))
    known, new = np.array([track.estimate for track in tracks]), np.array([_estimate(face) for face in faces])
    age, odds = (known[:, None, i] - new[None, :, i] for i in (0, 3))
    distance = (age / LIKE_YEARS) ** 2 + (odds / LIKE_ODDS) ** 2
    return np.asarray(LEAST_LIKENESS + (1 - LEAST_LIKENESS) * np.exp(-distance / 2))


def _enlarged(boxes: NDArray[np.float64], factor: float) -> NDArray[np.float32]:
    """The boxes around the same centres, `factor` times as wide and high."""
    low, high = boxes[:, :2], boxes[:, 2:]
    margin = (high - low) * (factor - 1) / 2
    return np.concatenate([low - margin, high + margin], axis=1).astype(np.float32)


def _start(number: int, face: Face, time: float) -> Track:
    return Track(number, face, time, 1, _geometry(face), np.zeros(2), _estimate(face), 1.0)


def _predict(track: Track, elapsed: float) -> Track:
    """The track where the face should be after `elapsed` seconds; an unseen face is shown there."""
    geometry = track.geometry + track.velocity * min(elapsed, MAX_STEP)
    # Old sightings count less.
    return replace(
        track,
        face=_placed(track.face, geometry),
        geometry=geometry,
        weight=track.weight * float(np.exp(-elapsed / SMOOTHING_TIME)),
    )


def _update(track: Track, face: Face, time: float) -> Track:
    """The track after a sighting; `track` has already been moved to the time of the sighting."""
    residual = _geometry(face) - track.geometry
    geometry = track.geometry + ALPHA * residual
    # The second sighting gives the velocity itself, later ones correct it.
    gain = 1.0 if track.sightings == 1 else BETA
    velocity = track.velocity + gain * residual.mean(0) / max(time - track.last_seen, 1e-3)
    weight = track.weight + 1
    estimate = track.estimate + (_estimate(face) - track.estimate) / weight
    shown = _estimate(track.face)
    if (np.abs(estimate - shown) > NOTICEABLE).any():
        shown = estimate
    steady = _with_estimate(_placed(face, geometry), shown)
    return Track(track.number, steady, time, track.sightings + 1, geometry, velocity, estimate, weight)


def _is_alive(track: Track, time: float, max_unseen: float) -> bool:
    return track.last_seen == time or (track.sightings >= MIN_SIGHTINGS and time - track.last_seen <= max_unseen)


def _geometry(face: Face) -> NDArray[np.float64]:
    x, y, width, height = face.box
    return np.array([(x, y), (x + width, y + height), *face.landmarks], dtype=np.float64)


def _corners(geometry: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4,) left, top, right, bottom."""
    return geometry[:2].ravel()


def _placed(face: Face, geometry: NDArray[np.float64]) -> Face:
    x, y, right, bottom = (float(value) for value in _corners(geometry))
    box = round(x), round(y), max(1, round(right - x)), max(1, round(bottom - y))
    landmarks: tuple[Point, ...] = tuple((float(px), float(py)) for px, py in geometry[2:])
    left_eye, right_eye, nose, left_mouth, right_mouth = landmarks
    return replace(
        face,
        box=box,
        landmarks=(left_eye, right_eye, nose, left_mouth, right_mouth),
    )


def _estimate(face: Face) -> NDArray[np.float64]:
    """The face's numbers in the order of `Track.estimate`."""
    odds = log_odds(np.array(face.female_probability))
    return np.array([face.age, face.age_low, face.age_high, odds, *(code in face.warnings for code in WARNINGS)])


def _with_estimate(face: Face, estimate: NDArray[np.float64]) -> Face:
    age, low, high, odds, *warned = (float(value) for value in estimate)
    probability = 1 / (1 + np.exp(-abs(odds)))
    return replace(
        face,
        age=age,
        age_low=low,
        age_high=high,
        gender=GENDERS[int(odds >= 0)],
        gender_probability=float(probability),
        warnings=tuple(code for code, share in zip(WARNINGS, warned, strict=True) if share > 0.5),
    )
