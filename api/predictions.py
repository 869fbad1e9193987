"""Predictions for the API, through the queue that it shares with the pages: JSON values, or an error for the client."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from api.errors import ApiError
from api.settings import Settings
from model.admission import PredictionQueue, QueueFullError
from model.alignment import CHIP_SIZE
from model.estimator import ModelError
from model.face import to_json
from model.image import ImageError, ImageTooLargeError, NotAnImageError, read_image
from model.predictor import Predictor

logger = logging.getLogger(__name__)


class Predictions:
    """A predictor behind a bounded queue; its methods belong to one event loop.

    Args:
        load: gives the predictor, the same at every call; called on the queue's thread and, once loaded, on the loop's.
        settings: the limits.
        queue: where requests wait; the pages of the same process share it.
    """

    def __init__(self, load: Callable[[], Predictor], settings: Settings, queue: PredictionQueue) -> None:
        self._load = load
        self._settings = settings
        self._queue = queue
        self._state: Literal["loading", "ready", "failed"] = "loading"

    async def warm_up(self) -> None:
        """Loads the models and runs them on a black picture; a failure is logged, and reported by `check`."""
        try:
            await asyncio.wrap_future(self._queue.submit(self._try_out))
            self._state = "ready"
        except ModelError as error:
            self._note_failure(error)
        except Exception:  # otherwise the whole server would end, with its pages that need no model
            logger.exception("The model failed on a black picture.")
            self._state = "failed"

    def check(self) -> dict[str, str]:
        """The version and digest of the model, if it has answered a first time.

        Raises:
            ApiError: if it has not yet, or cannot be loaded.
        """
        if self._state == "failed":
            raise _unavailable()
        if self._state == "loading":
            raise ApiError("loading", "The model is being loaded.", self._retry_after)
        return self._load().provenance.identity

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place in the queue until the answer is there; slow clients hold none, since their bodies come first.

        Raises:
            ApiError: if all are taken.
        """
        try:
            with self._queue.place():
                yield
        except QueueFullError as error:
            raise ApiError("busy", str(error), self._retry_after) from None

    async def predict(self, data: bytes, distribution: bool = False) -> dict[str, Any]:
        """The answer to one picture, made when its turn comes: {"width", "height", "faces", "model", "milliseconds"}.

        Args:
            data: the file.
            distribution: whether the faces include their age distributions.

        Raises:
            ApiError: if it is not a picture, is damaged or too large, or the model cannot be loaded.
        """
        gone = threading.Event()
        try:
            answer = await asyncio.wrap_future(self._queue.submit(self._analyse, data, distribution, gone.is_set))
            self._state = "ready"
            return answer
        except asyncio.CancelledError:
            gone.set()  # the picture is not decoded to its end
            raise
        except NotAnImageError as error:
            raise ApiError("not_an_image", str(error)) from None
        except ImageTooLargeError as error:
            raise ApiError("too_large", str(error)) from None
        except ImageError as error:
            raise ApiError("unreadable", str(error)) from None
        except ModelError as error:
            self._note_failure(error)
            raise _unavailable() from None

    def _note_failure(self, error: ModelError) -> None:
        logger.error("%s", error)
        self._state = "failed"

    @property
    def _retry_after(self) -> dict[str, str]:
        return {"Retry-After": str(self._settings.retry_seconds)}

    def _analyse(self, data: bytes, distribution: bool, cancelled: Callable[[], bool]) -> dict[str, Any]:
        predictor = self._load()
        started = time.perf_counter()
        image = read_image(data, self._settings.max_pixels, cancelled)
        faces = predictor.predict(image)
        return {
            "width": image.shape[1],
            "height": image.shape[0],
            "faces": [to_json(face, distribution) for face in faces],
            "model": predictor.provenance.identity,
            "milliseconds": round((time.perf_counter() - started) * 1000, 1),
        }

    def _try_out(self) -> None:
        black = np.zeros((CHIP_SIZE, CHIP_SIZE, 3), np.uint8)
        predictor = self._load()
        predictor.predict(black)
        predictor.predict_aligned(black[None])


def _unavailable() -> ApiError:
    return ApiError("unavailable", "The model cannot be loaded. The server's log says why.")
