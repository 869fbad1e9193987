"""What a JPEG declares: its segments and scans, counted without decoding, and whether its end is there.

Markers as in ITU-T T.81, annex B.
"""

import mmap
import re
import struct
from dataclasses import dataclass

from model.reading.errors import DAMAGED, ImageError, overloaded, unsupported

Buffer = bytes | mmap.mmap

END = b"\xff\xd9"
SCAN = re.compile(rb"\xff\xda")

MAX_SEGMENTS = 2_000
"""Before the first scan. A segment holds 64 KB: enough for 128 MB of metadata. Pillow reads them one by one."""
MAX_EXIF_SEGMENTS = 16
"""The standard allows one. Pillow joins several, which takes time in the square of their number."""
MAX_PADDING = 65_536
"""Bytes between segments, which Pillow reads one by one. Some cameras pad to a full block."""
MAX_SCANS = 100
"""Encoders write about ten. libtiff draws the line here, too."""
MAX_SCANNED_PIXELS = 2_000_000_000
"""Pixels times scans: every scan visits every block, even if it changes none. This many take two seconds or so."""
MISSING = 0.02
"""Share of the picture that a file without its end may lack: what is lost when the last block on a disk is."""

PLAIN_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}  # sequential and progressive; the others are lossless or hierarchical
FRAMES = {code for code in range(0xC0, 0xD0) if code not in (0xC4, 0xC8, 0xCC)}
WITHOUT_LENGTH = {0x00, 0x01, *range(0xD0, 0xD9), 0xFF}  # escapes, padding, restart markers, another start


@dataclass(frozen=True)
class Jpeg:
    """What a JPEG declares.

    width, height: pixels, as stored.
    mcu: width and height of the smallest unit that is coded, pixels.
    coefficients: bytes per pixel that a decoder keeps while it reads the scans; 0 if one scan has everything.
    complete: whether the end is there.
    progressive: whether each scan refines the whole picture.
    """

    width: int
    height: int
    mcu: tuple[int, int]
    coefficients: float
    complete: bool
    progressive: bool


def read_jpeg(data: Buffer) -> Jpeg:
    """Checks the structure of a JPEG.

    Raises:
        ImageTooLargeError: if it has more segments or scans than any camera or program writes.
        UnsupportedImageError: if it is lossless, hierarchical or has more than 8 bits.
        ImageError: if it has no frame or no scan, or so little of the picture that it is damaged.
    """
    frame, marker, start = _read_header(data)
    bits, height, width, components = struct.unpack_from(">BHHB", frame)
    if bits != 8 or marker not in PLAIN_FRAMES:
        raise unsupported("A lossless JPEG, or one of more than 8 bits,")
    if len(frame) < 6 + 3 * components or not width or not height:
        raise ImageError(DAMAGED)
    factors = [(frame[at] >> 4 or 1, frame[at] & 15 or 1) for at in range(7, 6 + 3 * components, 3)]
    across, down = (max(both) for both in zip(*factors, strict=True))
    several = data[start + 4] < components  # the first scan has not all components: more scans follow
    progressive = marker in (0xC2, 0xCA)
    if progressive or several:
        # Behind the end, where phones put a film or a second picture, these two bytes occur by chance.
        end = _find(data, END, start)
        scans = sum(1 for _ in SCAN.finditer(data, start, len(data) if end < 0 else _true_end(data, start)))
        if scans > MAX_SCANS or scans * width * height > MAX_SCANNED_PIXELS:
            raise overloaded("scans")
    complete = _find(data, END, start) >= 0
    if progressive and not complete and not _all_scans_have_begun(data, start, components):
        raise ImageError(DAMAGED)
    samples = sum(h * v for h, v in factors) / (across * down)
    return Jpeg(
        width,
        height,
        (8 * across, 8 * down) if components > 1 else (8, 8),
        2 * samples if progressive or several else 0,
        complete,
        progressive,
    )


def _read_header(data: Buffer) -> tuple[bytes, int, int]:
    """The last frame header before the first scan, its marker, and where that scan starts."""
    at, segments, exif, padding = 2, 0, 0, 0
    frame, frame_marker = b"", 0
    while at + 4 <= len(data):
        if data[at] != 0xFF or data[at + 1] in WITHOUT_LENGTH:
            at, padding = at + 1, padding + 1
            if padding > MAX_PADDING:
                raise overloaded("bytes that mean nothing")
            continue
        marker = data[at + 1]
        length = data[at + 2] << 8 | data[at + 3]
        if marker == 0xDA:
            if not frame or at + 4 >= len(data):
                break
            return frame, frame_marker, at
        segments += 1
        exif += marker == 0xE1 and bytes(data[at + 4 : at + 10]) == b"Exif\0\0"
        if segments > MAX_SEGMENTS or exif > MAX_EXIF_SEGMENTS:
            raise overloaded("segments")
        if marker in FRAMES:
            frame, frame_marker = bytes(data[at + 4 : at + 2 + length]), marker
            if len(frame) < 6:
                break
        at += 2 + max(length, 2)
    raise ImageError(DAMAGED)


def _true_end(data: Buffer, start: int) -> int:
    """Where the picture whose first scan starts there ends: behind all segments and scans, at the end marker."""
    at, segments = start, 0
    while match := NEXT_MARKER.search(data, at):
        at, marker = match.start(), data[match.start() + 1]
        if marker == 0xD9:
            return at
        segments += 1
        if segments > 20 * MAX_SCANS or at + 4 > len(data):  # each scan may be preceded by some tables
            break
        at += 2 + max(data[at + 2] << 8 | data[at + 3], 2)
    return len(data)


NEXT_MARKER = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]")
"""In the coded data a byte FF is followed by 00 or by a restart marker, D0 to D7."""


def _all_scans_have_begun(data: Buffer, start: int, components: int) -> bool:
    """Whether only the last scan of a progressive JPEG is incomplete: every coefficient has its last bit, or gets it.

    Such a picture looks as it should; the last scan is the finest and the longest.
    """
    missing: dict[tuple[int, int], bool] = {}
    for match in SCAN.finditer(data, start):
        at = match.start()
        count = data[at + 4] if at + 4 < len(data) else 0
        if at + 8 + 2 * count > len(data):
            return False
        first, last, bits = data[at + 5 + 2 * count], data[at + 6 + 2 * count], data[at + 7 + 2 * count] & 15
        for component in (data[at + 5 + 2 * n] for n in range(count)):
            missing.update({(component, position): bits > 0 for position in range(first, min(last, 63) + 1)})
    return len(missing) >= 64 * components and not any(missing.values())


def _find(data: Buffer, what: bytes, start: int) -> int:
    match = re.compile(re.escape(what)).search(data, start)
    return match.start() if match else -1
