import numpy as np
import pytest

from model.detection import boxes
from model.detection.boxes import box_iou, moved, non_max_suppression, squared

A, SHIFTED, APART, INSIDE = [0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30], [2, 2, 6, 6]


def array(*rows: list[int]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_overlap_is_a_share_of_the_union_or_of_the_smaller_box() -> None:
    np.testing.assert_allclose(box_iou(array(A), array(A, SHIFTED, APART, INSIDE)), [[1, 1 / 3, 0, 0.16]])
    np.testing.assert_allclose(box_iou(array(A), array(SHIFTED, INSIDE), of="smaller"), [[0.5, 1]])


def test_suppression_keeps_the_surest_of_boxes_that_overlap() -> None:
    scores = np.array([0.7, 0.9, 0.8], np.float32)
    assert non_max_suppression(array(A, SHIFTED, APART), scores, 0.3).tolist() == [1, 2]
    assert non_max_suppression(array(A, SHIFTED, APART), scores, 0.4).tolist() == [1, 2, 0]


def test_suppressed_box_suppresses_the_next() -> None:
    chain = array([0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10])
    assert non_max_suppression(chain, np.array([0.9, 0.8, 0.7], np.float32), 0.3).tolist() == [0]


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 100, (300, 2)).astype(np.float32)
    many, scores = np.concatenate([corners, corners + 20], axis=1), rng.random(300, dtype=np.float32)
    together = non_max_suppression(many, scores, 0.4)
    monkeypatch.setattr(boxes, "BLOCK", 7)
    assert 0 < len(together) < 300
    assert non_max_suppression(many, scores, 0.4).tolist() == together.tolist()


def test_squares_keep_the_centre_and_the_longer_side() -> None:
    assert squared(array([0, 0, 10, 20])).tolist() == [[-5, 0, 15, 20]]


def test_offsets_move_each_corner_in_units_of_the_box() -> None:
    offsets = np.array([[0.5, 0, -0.5, 1]], np.float32)
    assert moved(array([0, 0, 9, 19]), offsets).tolist() == [[5, 0, 4, 39]]
