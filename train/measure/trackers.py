"""Maintained trackers beside the project's own, on the same faces; their packages are needed for this alone."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import UserError
from model.face import Face
from model.video.people import MAX_UNSEEN
from model.video.tracking import MIN_IOU, MIN_SIGHTINGS
from train.measure.clips import RATE
from train.measure.crossings import Follow, Observed, follow, measure_crossings

PACKAGES = "norfair", "trackers"
OWN = "model.video.tracking"
REPEATS = 5  # of which the fastest counts
MAX_FRAMES = round(MAX_UNSEEN * RATE)
"""Frames for which a hidden face is remembered."""


def all_trackers() -> dict[str, Follow]:
    """The project's own first, then those of the packages, with its limits wherever they have the same ones.

    Raises:
        UserError: if a package is missing.
    """
    try:
        norfair, trackers = (importlib.import_module(name) for name in PACKAGES)
        boxes = importlib.import_module("supervision").Detections  # what `trackers` takes
    except ImportError as error:
        raise UserError(f"Other trackers are missing. Install them: pip install {' '.join(PACKAGES)}") from error
    limits = {"lost_track_buffer": MAX_FRAMES, "frame_rate": 30.0, "minimum_consecutive_frames": MIN_SIGHTINGS}
    return {
        OWN: follow,
        "norfair": _norfair(norfair),
        "trackers, SORT": _roboflow(
            boxes, lambda: trackers.SORTTracker(minimum_iou_threshold=MIN_IOU, **limits)
        ),
        "trackers, ByteTrack": _roboflow(boxes, lambda: trackers.ByteTrackTracker(**limits)),
        "trackers, OC-SORT": _roboflow(
            boxes, lambda: trackers.OCSORTTracker(minimum_iou_threshold=MIN_IOU, **limits)
        ),
    }  # fmt: skip


def compare(observed: list[Observed], trackers: dict[str, Follow]) -> dict[str, Any]:
    """Has each tracker follow the people of all clips.

    Args:
        observed: what `film` gives.
        trackers: the first one is what the times of all are compared with.

    Returns:
        `clips`, `people`, and for each of the `trackers` what `measure_crossings` gives, with the time as a `times`
        that of the first in place of seconds, which depend on the machine.
    """
    measured = {name: measure_crossings(observed, follow) for name, follow in trackers.items()}
    fastest = {
        name: min(measure_crossings(observed, follow)["seconds"] for _ in range(REPEATS))
        for name, follow in trackers.items()
    }
    reference = next(iter(fastest.values()))
    return {
        "clips": len(observed),
        "people": 2 * len(observed),
        "trackers": {
            name: {count: row[count] for count in ("switches", "split", "lost")}
            | {"times": round(fastest[name] / reference, 1)}
            for name, row in measured.items()
        },
    }


def _norfair(norfair: Any) -> Follow:
    def follow(frames: list[list[Face]]) -> list[dict[int, int]]:
        tracker = norfair.Tracker(
            distance_function="iou",
            distance_threshold=1 - MIN_IOU,
            hit_counter_max=MAX_FRAMES,
            initialization_delay=MIN_SIGHTINGS - 1,
        )
        tracks = []
        for faces in frames:
            corners = _corners(faces)
            found = [norfair.Detection(box.reshape(2, 2), data=index) for index, box in enumerate(corners)]
            now = {id(detection) for detection in found}
            seen = [track for track in tracker.update(found) if id(track.last_detection) in now]
            tracks.append({track.id: track.last_detection.data for track in seen})
        return tracks

    return follow


def _roboflow(boxes: Any, make: Callable[[], Any]) -> Follow:
    def follow(frames: list[list[Face]]) -> list[dict[int, int]]:
        tracker, tracks = make(), []
        for faces in frames:
            found = boxes(
                xyxy=_corners(faces),
                confidence=np.array([face.confidence for face in faces], float),
                data={"index": np.arange(len(faces))},
            )
            seen = tracker.update(found)
            numbers = [] if seen.tracker_id is None else seen.tracker_id
            pairs = zip(numbers, seen.data.get("index", ()), strict=True)
            tracks.append({int(number): int(index) for number, index in pairs if number >= 0})
        return tracks

    return follow


def _corners(faces: list[Face]) -> NDArray[np.float64]:
    """(n, 4) left, top, right, bottom."""
    boxes = np.array([face.box for face in faces], float).reshape(-1, 4)
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
