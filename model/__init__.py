"""All that a prediction needs: a photo in, faces with ages and genders out.

from model import Predictor, read_image

faces = Predictor().predict(read_image("photo.jpg"))
"""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before ONNX Runtime loads, or it reports its use to its maker

from model.face import Face
from model.image import ImageError, read_image
from model.predictor import Predictor

__all__ = ["Face", "ImageError", "Predictor", "read_image"]
