"""All that a prediction needs: a photo in, faces with ages and genders out.

from model import Predictor, read_image

faces = Predictor().predict(read_image("photo.jpg"))

The public names are loaded on first use (PEP 562), so that `import model.labels` does not load ONNX Runtime.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before ONNX Runtime loads, or it reports its use to its maker

if TYPE_CHECKING:
    from model.face import Face
    from model.image import ImageError, read_image
    from model.predictor import Predictor

__all__ = ["Face", "ImageError", "Predictor", "read_image"]

_MODULES = {"Face": "face", "ImageError": "image", "Predictor": "predictor", "read_image": "image"}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
