import numpy as np

from model.alignment import CHIP_LANDMARKS
from model.detection.detector import Detection
from train.measure.geometry import BORDER, measure_landmarks


class ShiftedFaces:
    """Finds the landmarks where they are expected, moved to and fro; every third chip has a stranger's face."""

    calls = 0

    def detect(self, image: np.ndarray) -> list[Detection]:
        assert image.shape == (200 + 2 * BORDER, 200 + 2 * BORDER, 3)
        self.calls += 1
        shift = 200 if self.calls % 3 == 0 else (-3, 3)[self.calls % 2]
        return [Detection((0, 0, 1, 1), CHIP_LANDMARKS + BORDER + shift, 1.0)]


def test_mean_and_deviation_are_those_of_the_chips_own_faces() -> None:
    measured = measure_landmarks(np.zeros((12, 200, 200, 3), np.uint8), ShiftedFaces(), progress=False)
    assert measured["faces_found"] == 8
    assert measured["landmarks"]["nose"] == {"mean": [98.0, 104.0], "deviation": [3.0, 3.0]}
