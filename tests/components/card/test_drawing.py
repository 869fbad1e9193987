import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from components.card.drawing import SIZES, draw_card
from model.face import Face

ADDRESS = "https://age.example.org/"
FACE = Face((300, 200, 120, 150), ((0, 0),) * 5, 0.99, 41.0, 33.6, 48.2, "female", 0.9)
PHOTO = np.full((600, 800, 3), (120, 90, 60), np.uint8)


def open_card(card: bytes) -> Image.Image:
    return Image.open(io.BytesIO(card))


def group(number: int) -> list[Face]:
    return [replace(FACE, box=(10 + 25 * i, 200, 20 + i, 25 + i)) for i in range(number)]


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("number", [1, 2, 24])
def test_card_has_its_size_a_code_that_leads_to_the_app_and_no_metadata(shape: str, number: int) -> None:
    faces = [FACE] if number == 1 else group(number)
    card = open_card(draw_card(PHOTO, faces, shape, ADDRESS))
    assert card.size == SIZES[shape]
    assert not card.getexif()
    assert set(card.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    corner = np.asarray(card)[-300:, -300:]
    assert cv2.QRCodeDetector().detectAndDecode(corner)[0] == ADDRESS


def test_card_without_an_address_has_no_code() -> None:
    corner = np.asarray(open_card(draw_card(PHOTO, [FACE], "Square", None)))[-250:, -250:]
    assert corner.max() < 60


def test_range_is_readable_in_a_thumbnail() -> None:
    """White type at least a tenth as high as the card."""
    white = np.asarray(open_card(draw_card(PHOTO, [FACE], "Square", None)).convert("L")) > 200
    rows = np.flatnonzero(white[680:930].any(axis=1))
    assert rows.max() - rows.min() + 1 >= 108


@pytest.mark.parametrize("box", [(0, 0, 60, 60), (740, 540, 60, 60), (0, 0, 800, 600)])
def test_face_at_the_edge_or_as_large_as_the_photo_fills_its_place(box: tuple[int, int, int, int]) -> None:
    card = np.asarray(open_card(draw_card(PHOTO, [replace(FACE, box=box)], "Square", ADDRESS)))
    np.testing.assert_allclose(card[:590], np.broadcast_to([120, 90, 60], (590, 1080, 3)), atol=4)
