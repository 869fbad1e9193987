"""From a photo to its faces with ages and genders: detect, align, estimate in one batch."""

import copy
import ctypes
import functools
import itertools
import os
import pickle
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from model.alignment import CHIP_LANDMARKS, CHIP_SIZE, align
from model.detection.detector import Detection, Detector, MtcnnDetector
from model.estimator import BATCH_SIZE, Estimator
from model.face import Face, Point
from model.inspection.quality import find_warnings, may_be_face
from model.provenance import Provenance

Chips = NDArray[np.uint8]
"""(n, 200, 200, 3), RGB, 0-255: faces cut out in the geometry of `model.alignment.CHIP_LANDMARKS`."""


class Predictor:
    """Finds the faces of a photo and estimates the age and gender of each.

    Loads its models once; safe to share between threads. It may be sent to other processes, by pickle or by a fork:
    each of them loads its own models, once.

    Args:
        detector: finds the faces; MTCNN if none is given.
        estimator: estimates age and gender from chips; the trained model of this repository if none is given.

    Raises:
        ModelError: if the trained model is missing or unreadable.
    """

    def __init__(self, detector: Detector | None = None, estimator: Estimator | None = None) -> None:
        self._models: tuple[Detector, Estimator] = detector or MtcnnDetector(), estimator or Estimator()
        self._inherited = False
        _predictors.add(self)

    def __reduce__(self) -> tuple[Callable[[bytes], "Predictor"], tuple[bytes]]:
        return _received, (pickle.dumps(self._models),)

    @property
    def estimator(self) -> Estimator:
        """What estimates age and gender from chips."""
        return self._own_models()[1]

    @property
    def provenance(self) -> Provenance:
        """Which model estimates age and gender."""
        return self.estimator.provenance

    def predict(self, image: NDArray[np.uint8]) -> list[Face]:
        """The faces of a photo, largest first.

        Args:
            image: (height, width, 3), RGB, 0-255, upright, as `model.image.read_image` gives it.

        Raises:
            ValueError: if `image` has another shape or type.
        """
        faces, _ = self.predict_with_chips(image)
        return faces

    def predict_with_chips(self, image: NDArray[np.uint8]) -> tuple[list[Face], Chips]:
        """The faces of a photo as `predict` gives them, and the chip of each, as the network saw it.

        Args:
            image: as for `predict`.

        Raises:
            ValueError: if `image` has another shape or type.
        """
        detections, chips = self._find(image)
        faces = self._estimate(detections, chips)
        likely = np.array([_may_be_face(face) for face in faces], bool)
        return list(itertools.compress(faces, likely)), chips[likely]

    def predict_many(self, images: Iterable[NDArray[np.uint8]]) -> Iterator[list[Face]]:
        """The faces of each photo, as `predict` gives them; faces of several photos go through the network together.

        Photos are taken one at a time; of earlier ones only the chips are kept, about one batch of them.

        Args:
            images: each as for `predict`.

        Raises:
            ValueError: if an image has another shape or type.
        """
        batch: list[tuple[list[Detection], Chips]] = []
        for image in images:
            batch.append(self._find(image))
            if sum(len(detections) for detections, _ in batch) >= BATCH_SIZE:
                yield from self._estimate_together(batch)
                batch = []
        if batch:
            yield from self._estimate_together(batch)

    def predict_aligned(self, chips: Chips) -> list[Face]:
        """One face per chip, in their order; nothing is detected.

        Args:
            chips: (n, 200, 200, 3), RGB, 0-255, in the geometry of `model.alignment.CHIP_LANDMARKS`.

        Raises:
            ValueError: if `chips` has another shape or type.
        """
        _check(chips, ndim=4)
        if chips.shape[1:3] != (CHIP_SIZE, CHIP_SIZE):
            raise ValueError(f"`chips` must be {CHIP_SIZE} x {CHIP_SIZE} pixels. Received: shape={chips.shape}")
        whole = Detection((0, 0, CHIP_SIZE, CHIP_SIZE), CHIP_LANDMARKS, 1.0)
        return self._estimate([whole] * len(chips), chips)

    def _own_models(self) -> tuple[Detector, Estimator]:
        """The models of this process: those that a fork inherits would wait for threads of its parent."""
        if self._inherited:
            detector, estimator = self._models
            self._models = copy.copy(detector), copy.copy(estimator)  # each reads its networks anew
            self._inherited = False
        return self._models

    def leave_models_behind(self) -> None:
        """In a fork, before anything else runs: the next prediction loads new models.

        The old ones are never deleted, since that, too, would wait for their threads.
        """
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._models))
        self._inherited = True

    def _find(self, image: NDArray[np.uint8]) -> tuple[list[Detection], Chips]:
        _check(image, ndim=3)
        detections = self._own_models()[0].detect(image)
        return detections, _cut(image, detections)

    def _estimate_together(self, photos: list[tuple[list[Detection], Chips]]) -> Iterator[list[Face]]:
        """The faces of each photo, given its detections and chips."""
        detections = [detection for found, _ in photos for detection in found]
        faces = iter(self._estimate(detections, np.concatenate([chips for _, chips in photos])))
        for found, _ in photos:
            yield [face for face in itertools.islice(faces, len(found)) if _may_be_face(face)]

    def _estimate(self, detections: list[Detection], chips: Chips) -> list[Face]:
        estimates = self.estimator.estimate(chips)
        years, intervals = estimates.age_distribution, estimates.age_high - estimates.age_low
        return [
            Face(
                box=detection.box,
                landmarks=_points(detection.landmarks),
                confidence=detection.confidence,
                age=float(estimates.age[i]),
                age_low=float(estimates.age_low[i]),
                age_high=float(estimates.age_high[i]),
                gender=estimates.gender[i],
                gender_probability=float(estimates.gender_probability[i]),
                warnings=find_warnings(detection.landmarks, detection.confidence, float(intervals[i]), chips[i]),
                age_distribution=None if years is None else tuple(years[i].tolist()),
            )
            for i, detection in enumerate(detections)
        ]


_predictors: weakref.WeakSet[Predictor] = weakref.WeakSet()


@functools.lru_cache(maxsize=4)  # a pool sends the same predictor with each piece of work
def _received(models: bytes) -> Predictor:
    """The predictor that another process has pickled."""
    return Predictor(*pickle.loads(models))  # noqa: S301  # part of a pickle that is being loaded anyway


def _leave_models_behind() -> None:
    for predictor in list(_predictors):
        predictor.leave_models_behind()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no forks
    os.register_at_fork(after_in_child=_leave_models_behind)

_loading = threading.Lock()


def shared_predictor() -> Predictor:
    """The one predictor of this process, loaded by the first call; other calls wait for it.

    Raises:
        ModelError: if the trained model is missing or unreadable; the next call tries again.
    """
    with _loading:
        return _load_once()


@functools.cache  # without the lock, two simultaneous first calls would both load
def _load_once() -> Predictor:
    return Predictor()


def _cut(image: NDArray[np.uint8], detections: list[Detection]) -> Chips:
    chips = np.empty((len(detections), CHIP_SIZE, CHIP_SIZE, 3), np.uint8)
    for i, detection in enumerate(detections):
        chips[i] = align(image, detection.landmarks)
    return chips


def _may_be_face(face: Face) -> bool:
    return may_be_face(face.confidence, face.age_high - face.age_low)


def _points(landmarks: NDArray[np.float64]) -> tuple[Point, Point, Point, Point, Point]:
    left_eye, right_eye, nose, left_mouth, right_mouth = ((float(x), float(y)) for x, y in landmarks)
    return left_eye, right_eye, nose, left_mouth, right_mouth


def _check(image: object, ndim: int) -> None:
    shape = "(height, width, 3)" if ndim == 3 else "(n, height, width, 3)"
    if not isinstance(image, np.ndarray):
        raise ValueError(f"Pixels must be an array of {shape} uint8 RGB. Received: {type(image).__name__}")
    # A photo must have pixels, but there may be no chips at all.
    if image.ndim != ndim or image.shape[-1] != 3 or 0 in image.shape[-3:] or image.dtype != np.uint8:
        raise ValueError(f"Pixels must be {shape} uint8 RGB. Received: shape={image.shape}, dtype={image.dtype}")
