"""A portrait that carries where, when and with what it was taken, as phones write it."""

import io

from PIL import Image

from helpers.paths import ROOT

HOPPER = ROOT / "samples" / "grace-hopper.jpg"
SECRETS = (b"SECRET-CAMERA", b"SECRET-PLACE", b"SECRET-COMMENT", b"SECRET-XMP", b"2026:01:02 03:04:05")
MARKS = (b"Exif\0\0", b"eXIf", b"http://ns.adobe.com/xap", b"GPS", *SECRETS)
"""Bytes that no picture made of it may hold."""


def secret_photo(kind: str = "JPEG") -> bytes:
    """The portrait in a format, with a place, a time, a camera and comments."""
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif[0x0132] = "2026:01:02 03:04:05"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (48.0, 51.0, 29.9), "E", (2.0, 17.0, 40.2)
    place[27] = b"SECRET-PLACE"
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRET-XMP</x:xmpmeta>"
    buffer = io.BytesIO()
    Image.open(HOPPER).save(
        buffer, kind, exif=exif, xmp=xmp, **({"comment": b"SECRET-COMMENT"} if kind == "JPEG" else {})
    )
    return buffer.getvalue()


def check_clean(content: bytes) -> None:
    """Fails if a file holds any of it."""
    assert not [mark for mark in MARKS if mark in content]
    picture = Image.open(io.BytesIO(content))
    assert not picture.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(picture.info)
