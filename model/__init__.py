"""All that a prediction needs: a photo in, faces with ages and genders out.

from model import Predictor, read_image

faces = Predictor().predict(read_image("photo.jpg"))
"""

from model.face import Face
from model.image import ImageError, read_image
from model.predictor import Predictor

__all__ = ["Face", "ImageError", "Predictor", "read_image"]
