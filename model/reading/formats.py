"""Which formats are read, by what names, and how content that is none of them is refused."""

import re
from collections.abc import Mapping

from PIL import Image

from model.reading.errors import DAMAGED, NO_PICTURE, PDF, SVG, ImageError, NotAnImageError, unsupported

FORMATS = {
    # JPEG includes MPO, a JPEG that contains a second picture, as some phones write it. Windows names pictures saved
    # from web pages .jfif.
    "JPEG": (".jpg", ".jpeg", ".jfif", ".jpe", ".jif", ".jfi", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "GIF": (".gif",),
    "HEIF": (".heic", ".heif", ".hif"),  # .hif as cameras name it
    "AVIF": (".avif",),
}
SUFFIXES = tuple(suffix for suffixes in FORMATS.values() for suffix in suffixes)
"""File suffixes of the formats that `read_image` reads, lower case with the dot."""

SVG_START = re.compile(rb"(\xef\xbb\xbf)?\s*(<[?!][^>]*>\s*)*<svg\b", re.IGNORECASE)

OTHER_FORMATS: Mapping[str, re.Pattern[bytes]] = {
    "JPEG XL": re.compile(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"),
    "JPEG 2000": re.compile(rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  \r\n\x87\n"),
    "camera raw": re.compile(rb"(?s).{4}ftypcrx |FUJIFILMCCD-RAW|IIRO|MMOR|IIU\0"),
}
"""Formats of pictures that people have but that are not read, and how their files begin."""

NOT_DECODED = re.compile(
    "unsupported|not supported|not yet supported|cannot handle|unknown pixel mode|unknown data organization"
    "|decoder .* not available|conversion from .* not supported",
    re.IGNORECASE,
)
"""What Pillow says of pictures that are valid but of a kind that it does not decode."""


def refusal(content: bytes, error: BaseException | None = None) -> ImageError:
    """The error for content that no decoder has recognised, with advice for what people mistake for pictures.

    Args:
        content: the first 4096 bytes or more.
        error: what the decoder that goes by the first bytes has said.
    """
    for name, start in OTHER_FORMATS.items():
        if start.match(content):
            return unsupported(f"The {name} format")
    if error is not None and (kind := format_of(content)):
        return refused_by_decoder(kind, error)
    if SVG_START.match(content[:4096]):
        return NotAnImageError(SVG)
    return NotAnImageError(PDF if b"%PDF-" in content[:1024] else NO_PICTURE)  # PDF readers also search that far


def refused_by_decoder(kind: str, error: BaseException) -> ImageError:
    """The error for a picture in one of `FORMATS` at which its decoder has failed."""
    if NOT_DECODED.search(str(error)):
        return unsupported(f"This kind of {kind} picture")
    return ImageError(DAMAGED)


def format_of(content: bytes) -> str | None:
    """The format that recognises the first bytes, even if its decoder fails afterwards."""
    for kind in FORMATS:
        check = Image.OPEN[kind][1]
        if check and check(content[:16]) is True:
            return kind
    return None
