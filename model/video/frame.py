"""A frame of a video, as RGB or as brightness and colour differences."""

import sys
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Frame:
    """A frame as it was decoded.

    time: seconds from the beginning.
    coded: the picture.
    aspect: width of a pixel, in its heights.
    """

    time: float
    coded: av.VideoFrame
    aspect: float = 1.0

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height with square pixels, before the frame is turned, pixels."""
        return round(self.coded.width * self.aspect), self.coded.height

    def picture(self, max_side: int = sys.maxsize) -> NDArray[np.uint8]:
        """(height, width, 3), RGB, 0-255, turned as the metadata says, with square pixels and even sides.

        Args:
            max_side: longest side, pixels; larger frames are reduced.
        """
        return np.ascontiguousarray(np.rot90(self._reduced("rgb24", max_side), self._turns), np.uint8)

    def planes(self, max_side: int = sys.maxsize) -> NDArray[np.uint8]:
        """The same picture as brightness and colour differences: (height * 3 / 2, width), as OpenCV lays out I420."""
        planes = self._reduced("yuv420p", max_side)
        if not self._turns:
            return planes
        turned = [np.rot90(plane, self._turns) for plane in split_planes(planes)]
        width = turned[0].shape[1]
        return np.concatenate([plane.reshape(-1) for plane in turned]).reshape(-1, width)

    @property
    def _turns(self) -> int:
        return round(self.coded.rotation / 90) % 4

    def _reduced(self, pixels: str, max_side: int) -> NDArray[np.uint8]:
        scale = min(1.0, max_side / max(self.shown_size))
        even_width, even_height = (max(2, round(side * scale / 2) * 2) for side in self.shown_size)
        reduced = self.coded.reformat(
            width=even_width, height=even_height, format=pixels, dst_color_range=None if pixels == "rgb24" else "MPEG"
        )
        return np.asarray(reduced.to_ndarray(), np.uint8)


def split_planes(planes: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Brightness (height, width) and both colour differences (height / 2, width / 2) of I420, as views."""
    height, width = len(planes) * 2 // 3, planes.shape[1]
    blue, red = planes[height:].reshape(2, height // 2, width // 2)
    return planes[:height], blue, red
