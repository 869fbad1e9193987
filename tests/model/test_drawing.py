import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from model.drawing import annotate, describe, encode_jpeg
from model.face import Face


def face(box: tuple[int, int, int, int], gender: str = "female") -> Face:
    return Face(box, ((0, 0),) * 5, 0.99, 33.6, 28.0, 40.0, gender, 0.9)


def test_face_is_described_by_age_and_gender() -> None:
    assert describe(face((0, 0, 1, 1))) == "34 · female"


def test_description_states_no_uncertain_gender_and_names_warnings() -> None:
    uncertain = dataclasses.replace(face((0, 0, 1, 1)), gender_probability=0.7)
    assert describe(uncertain) == "34 · uncertain"
    assert describe(dataclasses.replace(uncertain, warnings=("small", "turned"))) == "34 · uncertain · small, turned"


def test_box_is_drawn_into_a_copy() -> None:
    photo = np.full((300, 400, 3), 128, np.uint8)
    marked = annotate(photo, [face((100, 120, 80, 90))])
    assert (photo == 128).all()
    assert marked.shape == photo.shape
    assert marked[209, 140].tolist() == [213, 94, 0]
    assert marked[165, 140].tolist() == [128, 128, 128]


def test_stated_genders_differ_in_colour() -> None:
    photo = np.full((300, 400, 3), 128, np.uint8)
    woman, man = (face((100, 120, 80, 90), gender) for gender in ("female", "male"))
    faces = (woman, man, dataclasses.replace(man, gender_probability=0.7))
    assert len({tuple(annotate(photo, [one])[209, 140]) for one in faces}) == 3


@pytest.mark.parametrize("box", [(0, 0, 60, 60), (340, 0, 60, 60), (340, 240, 60, 60), (399, 299, 1, 1)])
def test_label_at_the_edge_stays_in_the_photo(box: tuple[int, int, int, int]) -> None:
    photo = np.full((300, 400, 3), 128, np.uint8)
    marked = annotate(photo, [face(box)])
    black = marked.max(axis=2) < 60
    assert black.sum() > 30  # the text, none of it cut off
    assert not black[-1].any()
    assert not black[:, -1].any()


def test_tiny_photo_can_be_marked() -> None:
    assert annotate(np.zeros((5, 8, 3), np.uint8), [face((0, 0, 5, 5))]).shape == (5, 8, 3)


def test_jpeg_has_the_picture_and_no_metadata() -> None:
    image = Image.open(io.BytesIO(encode_jpeg(np.full((30, 40, 3), 200, np.uint8))))
    assert image.size == (40, 30)
    assert not image.getexif()
