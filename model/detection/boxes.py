"""Boxes around faces as MTCNN refines them: (n, 4) arrays of left, top, right and bottom, pixels."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]

BLOCK = 256
"""Boxes compared with all others at once: bounds the memory of `non_max_suppression`."""


def non_max_suppression(
    boxes: Boxes, scores: NDArray[np.float32], overlap: float, of: Literal["union", "smaller"] = "union"
) -> NDArray[np.intp]:
    """Indices of the boxes that overlap no box of higher score by more than `overlap`, highest score first.

    Unlike greedy suppression, a box that is itself suppressed still suppresses others: so the package `mtcnn` does it.

    Args:
        boxes: (n, 4).
        scores: (n,).
        overlap: allowed share of what two boxes cover, 0-1.
        of: whether the share is of their union or of the smaller box.
    """
    order = np.argsort(-scores, kind="stable")
    boxes = boxes[order]
    kept = np.ones(len(boxes), bool)
    for start in range(0, len(boxes), BLOCK):
        block = boxes[start : start + BLOCK]
        above = boxes[: start + len(block)]
        earlier = np.tri(len(block), len(above), start - 1, dtype=bool)
        kept[start : start + BLOCK] = ~((box_iou(block, above, of) > overlap) & earlier).any(1)
    return order[kept]


def box_iou(boxes: Boxes, others: Boxes, of: Literal["union", "smaller"] = "union") -> NDArray[np.float32]:
    """(n, m) share of each pair of boxes that both cover, of their union or of the smaller one, 0-1."""
    left, top, right, bottom = (side[:, None] for side in boxes.T)
    other_left, other_top, other_right, other_bottom = others.T
    width = np.minimum(right, other_right) - np.maximum(left, other_left)
    height = np.minimum(bottom, other_bottom) - np.maximum(top, other_top)
    both = np.maximum(width, 0) * np.maximum(height, 0)
    area, other_area = (right - left) * (bottom - top), (other_right - other_left) * (other_bottom - other_top)
    return both / (np.minimum(area, other_area) if of == "smaller" else area + other_area - both)


def moved(boxes: Boxes, offsets: NDArray[np.float32]) -> Boxes:
    """Each corner moved by the network's offsets, which are in widths and heights of the box."""
    size = boxes[:, 2:] - boxes[:, :2] + 1
    return boxes + offsets * np.tile(size, 2)


def squared(boxes: Boxes) -> Boxes:
    """The squares of the longer side around the same centres."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(1, keepdims=True) / 2
    return np.concatenate([centre - half, centre + half], axis=1)
