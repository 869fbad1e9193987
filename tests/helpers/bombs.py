"""Small files that would keep a decoder busy for minutes, or fill the memory: made here, none is stored."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from helpers.odd_files import PORTRAIT, chunk, encode, png

SCAN_HEADER = b"\xff\xda"


def many_scans(scans: int = 20_000) -> bytes:
    """A progressive JPEG whose last scan is repeated, without its data."""
    whole = encode(Image.new("RGB", (2000, 1500), "grey"), "JPEG", progressive=True)
    start = whole.rindex(SCAN_HEADER)
    (length,) = struct.unpack_from(">H", whole, start + 2)
    return whole[:-2] + (whole[start : start + 2 + length] + b"\0" * 60) * scans + b"\xff\xd9"


def many_segments(marker: int, content: bytes, size: int) -> bytes:
    """The portrait after `size` bytes of equal segments."""
    segment = bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content
    return PORTRAIT[:2] + segment * (size // len(segment)) + PORTRAIT[2:]


def padded(byte: bytes, size: int = 20_000_000) -> bytes:
    """The portrait with `size` equal bytes before its first segment."""
    return PORTRAIT[:2] + byte * size + PORTRAIT[2:]


def tiff(width: int, height: int, bits: int, *entries: tuple[int, int, int, bytes]) -> bytes:
    """A TIFF. Entries: tag, type, count and values, which are stored behind the directory."""
    common = [
        (256, 4, 1, struct.pack("<I", width)),
        (257, 4, 1, struct.pack("<I", height)),
        (258, 3, 1, struct.pack("<I", bits)),
        (259, 3, 1, struct.pack("<I", 1)),
        (262, 3, 1, struct.pack("<I", 1)),
    ]
    everything = sorted([*common, *entries])
    at = 8 + 2 + 12 * len(everything) + 4
    directory, values = b"", b""
    for tag, kind, count, value in everything:
        directory += struct.pack("<HHI", tag, kind, count)
        directory += value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", at + len(values))
        values += value if len(value) > 4 else b""
    return b"II*\0" + struct.pack("<IH", 8, len(everything)) + directory + bytes(4) + values


def float_colours() -> bytes:
    """A TIFF of 4 x 4 pixels in 32-bit floating-point RGB."""
    strip = ((273, 4, 1, struct.pack("<I", 200)), (279, 4, 1, struct.pack("<I", 192)))
    return tiff(4, 4, 32, *strip, (277, 3, 1, b"\3"), (339, 3, 1, b"\3")).ljust(500, b"\0")


def many_strips(strips: int = 2_400_000) -> bytes:
    """A TIFF of so many strips, all at the same place."""
    offsets = struct.pack("<I", 8) * strips
    return tiff(16, strips, 8, (273, 4, strips, offsets), (278, 4, 1, struct.pack("<I", 1)), (279, 4, strips, offsets))


def huge_tile() -> bytes:
    """A TIFF of 16 x 16 pixels in one tile of 65,520 x 65,520."""
    side = struct.pack("<I", 65_520)
    where = ((324, 4, 1, struct.pack("<I", 8)), (325, 4, 1, struct.pack("<I", 100)))
    return tiff(16, 16, 8, (322, 4, 1, side), (323, 4, 1, side), *where)


def overlapping_values() -> bytes:
    """A TIFF of 1,000 entries that all point to the same megabyte."""
    content = bytes(1_000_000)
    entry = b"".join(struct.pack("<HHII", 40_000 + n, 7, len(content), 20_000) for n in range(1000))
    return (b"II*\0" + struct.pack("<IH", 8, 1000) + entry + bytes(4)).ljust(20_000, b"\0") + content


def many_chunks(chunks: int = 1_600_000) -> bytes:
    """A PNG with so many empty chunks."""
    return png(60, 60, chunk(b"abCd", b"") * chunks, chunk(b"IDAT", zlib.compress(bytes(60 * 181))))


def many_texts() -> bytes:
    """A PNG of 500 comments that unpack to 1 MB each."""
    comment = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1_000_000), 9))
    return png(60, 60, comment * 500, chunk(b"IDAT", zlib.compress(bytes(60 * 181))))


def gif_start(width: int = 60, height: int = 60) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"


def long_comment(size: int = 20_000_000) -> bytes:
    """A GIF with a comment of `size` bytes."""
    return gif_start() + b"!\xfe" + (b"\xff" + b"c" * 255) * (size // 256) + b"\0;"


def tiny_blocks(size: int = 20_000_000) -> bytes:
    """A GIF whose pixels come in blocks of one byte."""
    return gif_start() + b"," + struct.pack("<HHHHB", 0, 0, 60, 60, 0) + b"\2" + b"\1\0" * (size // 2) + b"\0;"


def many_frames(kind: str, frames: int = 300) -> bytes:
    """An animation of equal black frames."""
    others = [Image.new("RGB", (400, 300), (n % 2, 0, 0)) for n in range(frames)]  # equal frames would be merged
    return encode(others[0], kind, save_all=True, append_images=others[1:])


def large(
    mode: str, kind: str, megapixels: float, colour: int | tuple[int, ...] = 0, **options: Any
) -> Callable[[], bytes]:
    """An empty picture of so many megapixels in 4:3, which takes a few KB."""
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = int(megapixels * 1e6 / height)

    def make() -> bytes:
        if mode == "I;16":
            return png(
                width, height, chunk(b"IDAT", zlib.compress(bytes(height * (2 * width + 1)), 1)), depth=16, colour=0
            )
        return encode(Image.new(mode, (width, height), colour), kind, **options)

    return make


def heavy_profile() -> bytes:
    """The portrait with a profile of 20 MB."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.open(io.BytesIO(PORTRAIT))
    return encode(image, "PNG", icc_profile=profile + np.random.default_rng(0).bytes(20_000_000))
