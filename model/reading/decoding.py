"""Decodes a picture into upright RGB, within bounds on pixels and bytes that are checked before."""

import io
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from model.reading.colours import converter, deepen, depth, strips
from model.reading.errors import DAMAGED, EMPTY, NO_MEMORY, ImageError, ImageTooLargeError, OutOfMemoryError
from model.reading.formats import FORMATS, format_of, refusal, refused_by_decoder
from model.reading.frames import telling_frame
from model.reading.jpeg import END, MISSING, Buffer, Jpeg
from model.reading.structure import check_structure

pillow_heif.register_heif_opener()

MAX_PIXELS = 120_000_000
"""Larger pictures are refused, whatever their format: 120 megapixels already take 360 MB."""
MAX_SIDE = 65_535
"""Pixels, the most that JPEG and GIF allow; a longer side in other formats is no photo's."""
MAX_MEMORY = 500_000_000
"""Bytes for the file and the pixels while a picture is decoded; the process itself takes another 50 MB."""
DECODER_BYTES = {"HEIF": 8.2, "AVIF": 9.5, "WEBP": 17.0, "TIFF": 6.6}
"""Bytes per pixel of those decoders that take more than the picture itself, as measured; TIFF with compression."""
OUT_OF_MEMORY = re.compile(r"out of memory|(memory|cannot) alloc|bad_alloc|not enough memory", re.IGNORECASE)
"""What decoders say that have not got the memory they need."""
ORIENTATION = 0x0112

Canvas = Callable[[int], NDArray[np.uint8]]
"""Gives so many bytes for the pixels."""

# How to look at an upright array so that it lies the way the picture is stored, by EXIF orientation.
STORED: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: upright.transpose(1, 0, 2)[::-1],
    7: lambda upright: upright.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda upright: upright.transpose(1, 0, 2)[:, ::-1],
}


def decode(file: BinaryIO, data: Buffer, max_pixels: int, canvas: Canvas) -> tuple[int, int]:
    """Decodes a picture.

    Args:
        file: the file, from its start.
        data: its content.
        max_pixels: larger pictures are refused before they are decoded.
        canvas: where the pixels are to be written, from the first byte on: rows from the top, RGB, 0-255, sRGB.

    Returns:
        Height and width.

    Raises:
        ImageError: of the kind that says why it cannot be read.
    """
    if not len(data):
        raise ImageError(EMPTY)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sizes are checked here; damaged metadata is ignored
            return _decode(file, data, max_pixels, canvas)
    except ImageError:
        raise
    except Image.DecompressionBombError:
        raise ImageTooLargeError(_too_large(max_pixels)) from None
    except MemoryError:
        raise OutOfMemoryError(NO_MEMORY) from None
    except Exception as error:  # decoders raise OSError, SyntaxError, struct.error and more on damaged files
        if OUT_OF_MEMORY.search(str(error)):
            raise OutOfMemoryError(NO_MEMORY) from None
        raise refused_by_decoder(format_of(bytes(data[:16])) or "picture", error) from error


def _decode(file: BinaryIO, data: Buffer, max_pixels: int, canvas: Canvas) -> tuple[int, int]:
    jpeg = check_structure(data)
    if jpeg and not jpeg.complete:
        file = io.BytesIO(bytes(data) + END)
    image = _open(file, data)
    orientation = _orientation(image)
    in_place = _check_size(image, jpeg, orientation, len(data), max_pixels)
    deep_mode = _deep_mode(image)
    if in_place:
        # The decoder writes where the result will be. Strips are converted from the top, and RGB is never longer.
        room = canvas(4 * image.width * image.height)
        image.im = Image.core.map_buffer(  # type: ignore[attr-defined]
            room, image.size, "raw", 0, (image.mode, 0, 1)
        )
    image.load()
    if jpeg and not jpeg.complete and not jpeg.progressive and _missing(image, jpeg) > MISSING:
        raise ImageError(DAMAGED)
    if image.format == "PNG":  # its metadata may follow the pixels
        orientation = _orientation(image)
    if deep_mode:
        _use_all_bits(image, _open(file, data), deep_mode)
    return _write(telling_frame(image, lambda: _open(file, data)), orientation, canvas)


def _open(file: BinaryIO, data: Buffer) -> ImageFile.ImageFile:
    file.seek(0)
    try:
        return Image.open(file, formats=list(FORMATS))
    except UnidentifiedImageError as error:
        start = bytes(data[:4096])
        kind = format_of(start)
        raise refusal(start, _reason(kind, file) or error if kind else None) from None


def _reason(kind: str, file: BinaryIO) -> Exception | None:
    """What the decoder of a format says, of which `Image.open` only says that it has failed."""
    file.seek(0)
    try:
        Image.OPEN[kind][0](file, "")
    except Exception as error:
        return error
    return None


def _orientation(image: ImageFile.ImageFile) -> int:
    """How the picture is stored, 1 to 8 by EXIF; metadata that is damaged says nothing."""
    if image.format == "TIFF" or (image.format == "PNG" and image._im is None):
        return 1  # Pillow turns a TIFF itself, and would decode a PNG to answer
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:
        return 1


def _check_size(image: Image.Image, jpeg: Jpeg | None, orientation: int, size: int, max_pixels: int) -> bool:
    """Whether the picture has to be decoded in the place of the result to fit into memory.

    Raises:
        ImageTooLargeError: if it is too large all the same.
    """
    pixel = _pixel_bytes(image)
    coefficients = jpeg.coefficients if jpeg else 0
    decoder = max(pixel + 0.1 + coefficients, DECODER_BYTES.get(image.format or "", 0))
    most = MAX_MEMORY - size
    turned = orientation in STORED or ORIENTATION in getattr(image, "tag_v2", ())
    possible = pixel == 4 and not turned and image.format in ("JPEG", "MPO", "PNG", "BMP", "TIFF")
    beside = max(decoder, (8 if turned and image.format == "TIFF" else pixel + 3.1))
    limit = min(max_pixels, int(most / (decoder if possible else beside)))
    if image.width * image.height > limit or max(image.size) > MAX_SIDE:
        raise ImageTooLargeError(_too_large(max(limit, 0), f" ({image.width} × {image.height} pixels)"))
    return image.width * image.height * beside > most


def _pixel_bytes(image: Image.Image) -> int:
    """Bytes per pixel in Pillow's memory."""
    if image.mode.startswith("I;16"):
        return 2
    return 1 if image.mode in ("1", "L", "P") else 4


def _missing(image: Image.Image, jpeg: Jpeg) -> float:
    """The share of blocks at the end that a JPEG without its end lacks, beyond the one that was cut.

    libjpeg fills them with medium grey.
    """
    across, down = (-(-image.width // jpeg.mcu[0])), (-(-image.height // jpeg.mcu[1]))
    centres = np.asarray(image.resize((across, down), Image.Resampling.NEAREST)).astype(int).reshape(across * down, -1)
    grey = (np.abs(centres - 128) <= 1).all(axis=1)[::-1]
    blocks = across * down if grey.all() else int(grey.argmin())
    return max(0, blocks - 1) / (across * down)


def _deep_mode(image: ImageFile.ImageFile) -> str | None:
    """How the other byte of each colour is read, if the picture has 16 bits per colour, of which Pillow reads 8."""
    if image.mode not in ("RGB", "RGBA", "LA") or not image.tile:
        return None
    args = image.tile[0].args
    raw = str(args[0] if isinstance(args, tuple) and args else args)
    other = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
    return f"{raw[:-1]}{other[raw[-1]]}" if raw[:-1].endswith(";16") and raw[-1] in other else None


def _use_all_bits(high: Image.Image, low: ImageFile.ImageFile, raw_mode: str) -> None:
    """Brightens a picture of 8 to 14 bits in a file of 16: its high bytes are all but black."""
    extremes = high.getextrema()[: 1 if high.mode == "LA" else 3]
    bits = depth(max(most for _, most in extremes) << 8 | 0xFF)  # type: ignore[misc]
    if bits == 16:
        return
    if high.width * high.height * 11 > MAX_MEMORY:
        raise ImageTooLargeError(_too_large(MAX_MEMORY // 11, f" ({high.width} × {high.height} pixels)"))
    low.tile = [tile._replace(args=_with_raw_mode(tile.args, raw_mode)) for tile in low.tile]
    low.load()
    deepen(high, low, bits)


def _with_raw_mode(args: tuple[Any, ...] | str | None, raw_mode: str) -> tuple[Any, ...] | str:
    return (raw_mode, *args[1:]) if isinstance(args, tuple) else raw_mode


def _write(image: Image.Image, orientation: int, canvas: Canvas) -> tuple[int, int]:
    """Writes the pixels upright, and returns height and width."""
    across = orientation in (5, 6, 7, 8)
    height, width = image.size if across else (image.height, image.width)
    pixels = canvas(3 * height * width)[: 3 * height * width].reshape(height, width, 3)
    stored = STORED[orientation](pixels) if orientation in STORED else pixels
    convert = converter(image)
    for top, strip in strips(image):
        stored[top : top + strip.height] = convert(strip)
    return height, width


def _too_large(max_pixels: int, size: str = "") -> str:
    return f"The picture is too large{size}. The limit is {max_pixels / 1e6:g} megapixels."
