"""Reads a picture from bytes or a path into an upright RGB array, or says in one sentence why it cannot."""

import io
import re
import warnings
from pathlib import Path

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from model.errors import UserError

pillow_heif.register_heif_opener()

FORMATS = {
    "JPEG": (".jpg", ".jpeg"),  # and MPO, a JPEG that contains a second picture, as some phones write it
    "PNG": (".png",),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
    "TIFF": (".tif", ".tiff"),
    "GIF": (".gif",),
    "HEIF": (".heic", ".heif"),
    "AVIF": (".avif",),
}
SUFFIXES = tuple(suffix for suffixes in FORMATS.values() for suffix in suffixes)
"""File suffixes of the formats that `read_image` reads, lower case with the dot."""

MAX_PIXELS = 120_000_000
"""Larger pictures are refused: 120 megapixels already take 360 MB."""

DAMAGED = "The picture is damaged or incomplete. Save or send it again."
NO_PICTURE = "This is not a picture that can be read. Use JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF."
SVG = "This is an SVG drawing, not a photo. Use a photo, or export the drawing as PNG or JPEG."
PDF = "This is a PDF document, not a picture. Save the page or the photo in it as JPEG or PNG."
SVG_START = re.compile(rb"(\xef\xbb\xbf)?\s*(<[?!][^>]*>\s*)*<svg\b", re.IGNORECASE)
STRIP = 256  # rows


class ImageError(UserError):
    """A picture cannot be read."""


class NotAnImageError(ImageError):
    """The content is not a picture in any of `FORMATS`."""


class ImageTooLargeError(ImageError):
    """The picture has more pixels than the limit."""


def read_image(source: str | Path | bytes, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Reads a picture as a person sees it.

    EXIF orientation is applied; of an animation the first frame is taken; grey, palette, CMYK and 16-bit pictures
    become 8-bit RGB; transparent parts become white.

    Args:
        source: a path, or the content of a file: JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC/HEIF or AVIF.
        max_pixels: larger pictures are refused before they are decoded.

    Returns:
        (height, width, 3), RGB, 0-255.

    Raises:
        NotAnImageError: if it is not a picture.
        ImageTooLargeError: if it has more than `max_pixels` pixels.
        ImageError: if it is missing, empty or damaged.
    """
    if isinstance(source, bytes):
        return _decode(source, max_pixels)
    path = Path(source)
    try:
        return _decode(path.read_bytes(), max_pixels)
    except FileNotFoundError:
        raise ImageError("The file does not exist.") from None
    except IsADirectoryError:
        raise ImageError("This is a folder, not a picture.") from None
    except PermissionError:
        raise ImageError("The file cannot be read: permission denied.") from None
    except OSError as error:  # a disk that fails, a network drive that is gone, a name that is too long
        raise ImageError(f"The file cannot be read: {error.strerror}.") from error


def _decode(data: bytes, max_pixels: int) -> NDArray[np.uint8]:
    if not data:
        raise ImageError("The file is empty.")
    try:
        with warnings.catch_warnings():
            # The size is checked below, before decoding; damaged EXIF data is ignored.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=list(FORMATS))
            if image.width * image.height > max_pixels:
                raise ImageTooLargeError(_too_large(max_pixels, f" ({image.width} × {image.height} pixels)"))
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
        return _to_rgb(image)
    except ImageError:
        raise
    except Image.DecompressionBombError:
        raise ImageTooLargeError(_too_large(max_pixels)) from None
    except UnidentifiedImageError as error:
        if _starts_like_a_picture(data):
            raise ImageError(DAMAGED) from error
        raise NotAnImageError(_refusal(data)) from None
    except Exception as error:  # decoders raise OSError, SyntaxError, struct.error and more on damaged files
        raise ImageError(DAMAGED) from error


def _refusal(data: bytes) -> str:
    """Why content that is not a picture is refused, with advice for formats that people mistake for pictures."""
    if SVG_START.match(data[:4096]):
        return SVG
    return PDF if b"%PDF-" in data[:1024] else NO_PICTURE  # PDF readers also search that far


def _starts_like_a_picture(data: bytes) -> bool:
    """Whether some format recognises the first bytes, even if its decoder has failed at the header."""
    checks = (Image.OPEN[kind][1] for kind in FORMATS)
    return any(check(data[:16]) is True for check in checks if check)


def _to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode.startswith(("I", "F")):
        return np.repeat(_to_8_bit(np.asarray(image))[..., None], 3, axis=2)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return to_array(image if image.mode == "RGB" else image.convert("RGB"))


def to_array(picture: Image.Image) -> NDArray[np.uint8]:
    """The pixels of an RGB picture, (height, width, 3).

    In strips, since `np.asarray` makes two temporary copies, 150 MB for 24 megapixels.
    """
    pixels = np.empty((picture.height, picture.width, 3), np.uint8)
    for top in range(0, picture.height, STRIP):
        bottom = min(top + STRIP, picture.height)
        pixels[top:bottom] = np.asarray(picture.crop((0, top, picture.width, bottom)))
    return pixels


def _to_8_bit(grey: np.ndarray) -> NDArray[np.uint8]:
    """Grey values of more than 8 bits scaled to 0-255: 16-bit ones by their full range, others by their own range."""
    values = np.nan_to_num(grey.astype(np.float64))
    low, high = (0.0, 65535.0) if grey.dtype.kind in "iu" and values.max() <= 65535 else (values.min(), values.max())
    return np.round((values - low) / max(high - low, 1e-12) * 255).clip(0, 255).astype(np.uint8)


def _too_large(max_pixels: int, size: str = "") -> str:
    return f"The picture is too large{size}. The limit is {max_pixels / 1e6:g} megapixels."
