"""Counts what PNG, GIF and TIFF files declare, and refuses those that would keep a decoder busy for nothing.

Only declarations are read, never pixels, and counting ends where a bound is passed: a refusal takes milliseconds. WebP,
BMP, HEIC and AVIF need no counting: their decoders read them in one pass, in time that grows with bytes and pixels.
"""

import contextlib
import struct
from collections.abc import Callable

from model.reading.errors import overloaded
from model.reading.jpeg import Buffer, Jpeg, read_jpeg

MAX_PNG_CHUNKS = 100_000
"""libpng writes 8 KB in each, so that these suffice for 800 MB; Pillow reads them one by one, 3 µs each."""
MAX_GIF_COMMENTS = 1_000_000
"""Bytes beside the pixels. Pillow reads them block by block, older versions in time in the square of their number."""
MAX_GIF_BLOCKS = 400_000
"""Encoders write 255 bytes in each, so that these suffice for 100 MB."""
MAX_FRAMES = 100
"""The most frames of an animation that are looked at to find one that shows something."""
MAX_TIFF_STRIPS = 32_768
"""Strips or tiles; programs write at least a row in each, or 8 KB. Pillow takes 25 µs for each."""
MAX_TIFF_ENTRIES = 4_096
"""Entries of the directory; the standard and its extensions name some 300."""
MAX_TIFF_VALUES = 200_000
"""Numbers in one entry: the longest in the standard, three transfer functions, has 196,608."""
MAX_TIFF_OVERLAP = 4
"""Bytes of all values as a multiple of the file: more means that many entries point to the same bytes."""
MAX_TILE_PIXELS = 1 << 26
"""Of one tile, which libtiff holds in memory whole, however small the picture is: 8192 x 8192."""

TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
TEXT_TYPES = {1, 2, 6, 7}  # bytes, text, undefined: read at once, whatever their number
STRIPS = {273, 279, 324, 325}
TILE_WIDTH, TILE_LENGTH = 322, 323


def check_structure(data: Buffer) -> Jpeg | None:
    """Refuses files whose structure is out of proportion.

    Returns:
        What a JPEG declares; None for other formats, and for damaged files, which the decoder refuses.

    Raises:
        ImageTooLargeError: if there is too much of something.
        ImageError: if a JPEG is damaged or of a kind that is not decoded.
    """
    if data[:3] == b"\xff\xd8\xff":
        return read_jpeg(data)
    for start, check in CHECKS.items():
        if data[: len(start)] == start:
            with contextlib.suppress(IndexError, struct.error):  # it ends too early, as the decoder will say
                check(data)
    return None


def check_png(data: Buffer) -> None:
    """Counts chunks."""
    at = 8
    for _ in range(MAX_PNG_CHUNKS):
        if at + 12 > len(data):
            return
        (length,) = struct.unpack_from(">I", data, at)
        at += 12 + length
    raise overloaded("chunks")


def check_gif(data: Buffer) -> None:
    """Counts the bytes beside pixels, and all blocks, up to the last frame that may be looked at."""
    at, beside, frames, blocks = 13 + _gif_colours(data[10]), 0, 0, 0
    while frames <= MAX_FRAMES and data[at] != 0x3B:
        start = at
        if data[at] == 0x2C:
            at += 11 + _gif_colours(data[at + 9])
            frames += 1
        else:  # what is no extension, Pillow skips byte by byte
            at += 2 if data[at] == 0x21 else 1
        if data[start] in (0x21, 0x2C):
            while length := data[at]:
                at, blocks = at + 1 + length, blocks + 1
                if blocks > MAX_GIF_BLOCKS:
                    raise overloaded("blocks")
            at += 1
        beside += at - start if data[start] != 0x2C else 0
        if beside > MAX_GIF_COMMENTS:
            raise overloaded("comments")


def _gif_colours(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def check_tiff(data: Buffer) -> None:
    """Counts the entries, strips and tiles of the first page, the only one that is read."""
    order = "<" if data[:2] == b"II" else ">"
    (version,) = struct.unpack_from(order + "H", data, 2)
    big = version == 43
    (at,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    (entries,) = struct.unpack_from(order + ("Q" if big else "H"), data, at)
    if entries > MAX_TIFF_ENTRIES:
        raise overloaded("entries")
    at += 8 if big else 2
    layout = struct.Struct(order + ("HHQQ" if big else "HHII"))
    tile: dict[int, int] = {}
    stored = 0
    for position in range(at, at + entries * layout.size, layout.size):
        tag, kind, count, value = layout.unpack_from(data, position)
        stored += count * TIFF_SIZES.get(kind, 1)
        if tag in STRIPS and count > MAX_TIFF_STRIPS:
            raise overloaded("strips or tiles")
        if (kind not in TEXT_TYPES and count > MAX_TIFF_VALUES) or stored > MAX_TIFF_OVERLAP * len(data):
            raise overloaded("values")
        if tag in (TILE_WIDTH, TILE_LENGTH):
            short = struct.unpack_from(order + "H", data, position + (12 if big else 8))[0]
            tile[tag] = short if kind == 3 else value
    if tile.get(TILE_WIDTH, 1) * tile.get(TILE_LENGTH, 1) > MAX_TILE_PIXELS:
        raise overloaded("pixels in one tile")


CHECKS: dict[bytes, Callable[[Buffer], None]] = {
    b"\x89PNG\r\n\x1a\n": check_png,
    b"GIF8": check_gif,
    b"II*\0": check_tiff,
    b"MM\0*": check_tiff,
    b"II+\0": check_tiff,
    b"MM\0+": check_tiff,
    b"MM*\0": check_tiff,
    b"II\0*": check_tiff,
}
