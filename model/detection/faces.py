"""Faces found in one picture, as arrays: what the parts of the detector pass to each other."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.detection.boxes import Boxes


@dataclass(frozen=True)
class Faces:
    """Faces in pixels of one picture.

    boxes: (n, 4) left, top, right, bottom.
    landmarks: (n, 5, 2) x and y of left eye, right eye, nose, left and right mouth corner.
    confidence: (n,), 0-1.
    turns: (n,) quarter turns to the left that put each face upright, 0-3.
    """

    boxes: Boxes
    landmarks: NDArray[np.floating]
    confidence: NDArray[np.floating]
    turns: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, chosen: np.ndarray) -> "Faces":
        """Those of a mask or of indices."""
        return Faces(self.boxes[chosen], self.landmarks[chosen], self.confidence[chosen], self.turns[chosen])

    def scaled(self, shape: tuple[int, ...], old: tuple[int, ...]) -> "Faces":
        """The same in a copy of the picture whose (height, width) is `shape`, not `old` any more."""
        scale = np.array(shape[1::-1]) / old[1::-1]
        # Pixel centres map onto each other, hence the halves.
        landmarks = (self.landmarks + 0.5) * scale - 0.5
        return replace(self, boxes=self.boxes * np.tile(scale, 2), landmarks=landmarks)

    @property
    def log_odds(self) -> NDArray[np.floating]:
        """(n,) of the confidence: what is added up to weigh faces against each other."""
        confidence = np.clip(self.confidence, 1e-6, 1 - 1e-6)
        return np.log(confidence / (1 - confidence))

    @property
    def tilts(self) -> NDArray[np.floating]:
        """(n,) degrees, 0-180, by which faces are tilted after their quarter turns."""
        left_eye, right_eye, _, left_mouth, right_mouth = self.landmarks.transpose(1, 2, 0)
        across = right_eye - left_eye
        down = left_mouth + right_mouth - left_eye - right_eye
        angle = np.degrees(np.arctan2(across[1] - down[0] / 2, across[0] + down[1] / 2))
        return np.abs((angle - 90 * self.turns + 180) % 360 - 180)

    @property
    def sizes(self) -> NDArray[np.floating]:
        """(n,) sides of the squares as large as the boxes, pixels."""
        return np.sqrt((self.boxes[:, 2:] - self.boxes[:, :2]).prod(1))


def joined(*faces: Faces) -> Faces:
    """All of them, one after another."""
    parts = [(part.boxes, part.landmarks, part.confidence, part.turns) for part in faces]
    return Faces(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
