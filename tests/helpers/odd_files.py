"""Files that are no plain photos: pictures in unusual wrappings, damaged ones, and what only looks like one."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from helpers.paths import SAMPLES

PORTRAIT = (SAMPLES / "grace-hopper.jpg").read_bytes()
FACE = (181, 113, 168, 217)  # x, y, width, height of the face in it, pixels
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><circle r='4'/></svg>"
XML = b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn by hand -->\n'
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + PORTRAIT
HTML = b"<!DOCTYPE html><html><body><img src='photo.jpg'></body></html>"


@cache
def portrait() -> Image.Image:
    return Image.open(io.BytesIO(PORTRAIT)).convert("RGB")


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def as_file(
    kind: str, change: Callable[[Image.Image], Image.Image] = lambda image: image, **options: Any
) -> Callable[[], bytes]:
    """Makes the portrait, changed, in a format."""
    return lambda: encode(change(portrait()), kind, **options)


def plain(width: int, height: int) -> Callable[[], bytes]:
    return lambda: encode(Image.new("RGB", (width, height), "grey"), "PNG")


def cropped(left: float, bottom: float = 1) -> Callable[[], bytes]:
    """The portrait without what is left of a share of the face, and below another one."""
    x, y, width, height = FACE
    box = round(x + left * width) if left else 0, 0, portrait().width, round(y + bottom * height)
    return as_file("PNG", lambda image: image.crop(box))


def animated(kind: str, black_first: bool = False) -> Callable[[], bytes]:
    """The portrait, followed by two black frames, or between them."""
    black = Image.new("RGB", portrait().size)
    if black_first:
        return as_file(kind, lambda _: black, save_all=True, append_images=[portrait(), black])
    return as_file(kind, save_all=True, append_images=[black, black])


def grey(depth: type, scale: float, kind: str) -> Callable[[], bytes]:
    """The portrait in deep grey, its 0-255 times a scale."""

    def deepened(image: Image.Image) -> Image.Image:
        with np.errstate(invalid="ignore"):
            return Image.fromarray((np.asarray(image.convert("L"), np.float64) * scale).astype(depth))

    return as_file(kind, deepened)


def see_through(image: Image.Image) -> Image.Image:
    """With a transparent frame."""
    image = image.convert("RGBA")
    inside = Image.new("L", image.size)
    inside.paste(255, (20, 20, image.width - 20, image.height - 20))
    image.putalpha(inside)
    return image


def turned(orientation: int) -> bytes:
    """The portrait stored the way a camera held otherwise stores it, with the EXIF tag that says so."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = portrait().transpose(undo[orientation]) if orientation in undo else portrait()
    return encode(image, "JPEG", quality=95, exif=exif)


def with_exif(content: bytes) -> bytes:
    """The portrait with these bytes for EXIF."""
    segment = b"Exif\0\0" + content
    return PORTRAIT[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + PORTRAIT[2:]


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def bomb() -> bytes:
    """A whole PNG of 1 MB with 30,000 x 30,000 grey pixels, all black."""
    rows, width = 100, 30_000
    packer = zlib.compressobj(9)
    start = packer.compress(bytes(rows * (width + 1))) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same rows come to the same bytes again; the first two are the header.
    body = start + start[2:] * (width // rows - 1) + b"\x03\x00"
    checksum = (width * (width + 1)) % 65521 << 16 | 1  # Adler-32 of so many zeros
    return png(width, width, chunk(b"IDAT", body + struct.pack(">I", checksum)), colour=0)


def text_bomb() -> bytes:
    """A small picture with a comment that unpacks to 200 MB."""
    comment = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 1))
    return png(1, 1, comment, chunk(b"IDAT", zlib.compress(bytes(4))))


def drawing() -> bytes:
    image = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((80, 60, 320, 340), "#ffe0c0", "black", 4)
    for x in (150, 250):
        draw.ellipse((x - 22, 160, x + 22, 190), "white", "black", 3)
        draw.ellipse((x - 8, 167, x + 8, 183), "black")
    draw.line((200, 190, 190, 240, 205, 245), "black", 4)
    draw.arc((150, 240, 250, 300), 20, 160, "red", 5)
    return encode(image, "PNG")


def noise() -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    return encode(Image.fromarray(pixels), "PNG")
