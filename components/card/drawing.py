"""Draws a result card: faces, large ages, a question, and the app's address with its QR code."""

import io
import math
from collections.abc import Sequence

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from model.face import Face

SIZES = {"Square": (1080, 1080), "Story (9:16)": (1080, 1920)}
"""Width and height of each shape, pixels."""

BACKGROUND, TEXT, MUTED = "#11171d", "#ffffff", "#b4bcc4"
MARGIN, QR_SIDE, MOST_FACES = 60, 190, 12
TYPE, CELL = 0.3, 1.4
"""Sizes in a group: of the type, and of a picture with its range, as shares of the height of the picture."""

FACE_SHARE = 0.4
"""Height of a single face as a share of the height of its picture on the card."""


def draw_card(image: NDArray[np.uint8], faces: Sequence[Face], shape: str, address: str | None) -> bytes:
    """The card as a JPEG file without any metadata.

    Args:
        image: (height, width, 3), RGB, 0-255: the photo.
        faces: at least one; of more than 12, the largest are shown.
        shape: a key of `SIZES`.
        address: of the app; None leaves it out with its QR code.
    """
    size = SIZES[shape]
    card = Image.new("RGB", size, BACKGROUND)
    photo = Image.fromarray(image)
    if len(faces) == 1:
        _draw_one(card, photo, faces[0])
    else:
        _draw_group(card, photo, faces)
    if address:
        _draw_address(card, address)
    buffer = io.BytesIO()
    card.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _draw_one(card: Image.Image, photo: Image.Image, face: Face) -> None:
    """The face above, and below it the question, the range as the largest type, and the best guess."""
    width, height = card.size
    top = height - 480
    card.paste(_around(photo, face, (width, top), FACE_SHARE))
    draw = ImageDraw.Draw(card)
    _write(draw, (MARGIN, top + 30), "How old does this face look?", 52, MUTED)
    _write(draw, (MARGIN, top + 90), _range(face), 210, TEXT, bold=True)
    _write(draw, (MARGIN, top + 310), f"Best guess {face.age:.0f}", 56, TEXT)


def _draw_group(card: Image.Image, photo: Image.Image, faces: Sequence[Face]) -> None:
    """Each face with its range below it, from left to right."""
    largest = sorted(faces, key=lambda face: -face.box[2] * face.box[3])[:MOST_FACES]
    shown = [face for face in faces if face in largest]
    width, height = card.size
    top, bottom = 150, height - QR_SIDE - 2 * MARGIN
    side, columns = max(
        _side(len(shown), columns, width - 2 * MARGIN, bottom - top) for columns in range(1, 1 + len(shown))
    )
    type_size = round(side * TYPE)
    cell_width, cell_height = (width - 2 * MARGIN) // columns, round(side * CELL)
    draw = ImageDraw.Draw(card)
    _write(draw, (MARGIN, 50), "How old do these faces look?", 64, TEXT, bold=True)
    for i, face in enumerate(shown):
        x, y = MARGIN + i % columns * cell_width, top + i // columns * cell_height
        picture = _around(photo, face, (side, side), 0.7)
        left = x + (cell_width - side) // 2
        card.paste(picture, (left, y))
        _write(draw, (x + cell_width / 2, y + side + type_size * 0.1), _range(face), type_size, TEXT, "ma", bold=True)


def _side(faces: int, columns: int, width: int, height: int) -> tuple[int, int]:
    """The side of the pictures of so many faces in so many columns, pixels, and the columns."""
    rows = math.ceil(faces / columns)
    return round(min(width / columns - 16, height / rows / CELL)), columns


def _draw_address(card: Image.Image, address: str) -> None:
    """At the bottom: on the right the code, and on the left where it leads to."""
    width, height = card.size
    buffer = io.BytesIO()
    segno.make(address, error="m", micro=False).save(buffer, kind="png", scale=8, border=2)
    code = Image.open(buffer).convert("RGB").resize((QR_SIDE, QR_SIDE), Image.Resampling.NEAREST)
    card.paste(code, (width - MARGIN - QR_SIDE, height - MARGIN - QR_SIDE))
    text = address.split("://")[-1].rstrip("/")
    draw = ImageDraw.Draw(card)
    room = width - 3 * MARGIN - QR_SIDE
    size = min(40, int(40 * room / draw.textlength(text, _font(40))))
    _write(draw, (MARGIN, height - MARGIN), text, size, MUTED, "ls")


def _around(photo: Image.Image, face: Face, size: tuple[int, int], share: float) -> Image.Image:
    """The part of the photo around a face, in this size; the face is so high as a share of it, where the photo allows.

    Without room on one side, the face is not in the middle.
    """
    x, y, width, height = face.box
    crop_height = min(height / share, photo.height, photo.width * size[1] / size[0])
    crop_width = crop_height * size[0] / size[1]
    left = min(max(0.0, x + width / 2 - crop_width / 2), photo.width - crop_width)
    top = min(max(0.0, y + height / 2 - crop_height / 2), photo.height - crop_height)
    return ImageOps.fit(photo.crop((round(left), round(top), round(left + crop_width), round(top + crop_height))), size)


def _range(face: Face) -> str:
    """With a hyphen, since Pillow's typeface has no dash."""
    return f"{face.age_low:.0f}-{face.age_high:.0f}"


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _write(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    size: int,
    color: str,
    anchor: str = "la",
    bold: bool = False,
) -> None:
    """Pillow brings one weight of one typeface; an outline makes it bold."""
    draw.text(place, text, color, _font(size), anchor, stroke_width=size // 40 if bold else 0)
