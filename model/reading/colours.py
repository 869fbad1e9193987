"""Turns decoded pixels of any kind into 8-bit RGB in sRGB, a strip at a time, so that no second copy is ever whole."""

import functools
import io
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

STRIP = 1 << 18
"""Pixels converted at a time, at least a row."""
DEPTHS = (8, 10, 12, 14, 16)
"""Bits that pictures in 16- or 32-bit files have: the first that holds the highest value is taken for theirs."""
MAX_PROFILE = 4_000_000
"""Bytes of a colour profile; those of printing presses, the largest, have up to 3 MB. Larger ones are ignored."""
SAME = 3
"""Levels of 255: a profile that changes no colour more is sRGB itself, as most are, and is not applied."""

Convert = Callable[[Image.Image], NDArray[np.uint8]]


def to_array(picture: Image.Image) -> NDArray[np.uint8]:
    """The pixels of an RGB picture, (height, width, 3), in strips: `np.asarray` makes two temporary copies."""
    pixels = np.empty((picture.height, picture.width, 3), np.uint8)
    for top, strip in strips(picture):
        pixels[top : top + strip.height] = np.asarray(strip)
    return pixels


def strips(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """The picture from top to bottom: the first row of each strip, and the strip."""
    rows = max(1, STRIP // picture.width)
    for top in range(0, picture.height, rows):
        yield top, picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def converter(image: Image.Image) -> Convert:
    """What turns strips of a decoded picture, of whatever mode, into RGB, (rows, width, 3), 0-255.

    Deep grey is scaled to its own depth, transparent parts become white, and an embedded colour profile is converted
    to sRGB.
    """
    to_srgb = _profile_converter(image)
    if image.mode.startswith(("I", "F")):
        first, last = _range(image)
        return lambda strip: to_srgb(Image.fromarray(_scaled(np.asarray(strip), first, last)).convert("RGB"))
    if image.has_transparency_data:
        return lambda strip: to_srgb(_on_white(strip))
    return to_srgb


def deepen(high: Image.Image, low: Image.Image, bits: int) -> None:
    """Scales colours of `bits` bits, of which one picture has the high bytes and one the low ones, to 8, in `high`."""
    for top, strip in strips(high):
        below = np.asarray(low.crop((0, top, low.width, top + strip.height)))
        values = np.asarray(strip).astype(np.uint32) << 8 | below
        scaled = (values * 255 // ((1 << bits) - 1)).clip(0, 255).astype(np.uint8)
        high.paste(Image.fromarray(scaled, strip.mode), (0, top))


def depth(highest: int) -> int:
    """Bits of a picture whose highest value this is."""
    return next((bits for bits in DEPTHS if highest < 1 << bits), 32)


def _range(image: Image.Image) -> tuple[float, float]:
    """The values that become black and white: of integers those of their depth, of others their own extremes."""
    lowest, highest, whole = np.inf, -np.inf, True
    for _, strip in strips(image):
        values = np.asarray(strip)
        whole = values.dtype.kind in "iu"
        finite = values if whole else values[np.isfinite(values)]
        if finite.size:
            lowest, highest = min(lowest, finite.min()), max(highest, finite.max())
    if highest < lowest:
        return 0.0, 1.0
    if whole and lowest >= 0 and (bits := depth(int(highest))) <= 16:
        return 0.0, float((1 << bits) - 1)
    return float(lowest), float(highest)


def _scaled(values: np.ndarray, first: float, last: float) -> NDArray[np.uint8]:
    scaled = (np.nan_to_num(values.astype(np.float64), nan=first) - first) * (255 / max(last - first, 1e-300))
    return np.round(scaled.clip(0, 255)).astype(np.uint8)


def _on_white(strip: Image.Image) -> Image.Image:
    strip = strip.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", strip.size, "white"), strip).convert("RGB")


def _profile_converter(image: Image.Image) -> Convert:
    """What turns strips, in RGB or of the picture's own mode, into sRGB pixels."""
    profile = image.info.get("icc_profile") or b""
    transform: ImageCms.ImageCmsTransform | None
    if image.mode == "LAB":
        transform = _lab_to_srgb()
    else:
        grey = image.mode.startswith(("I", "F", "L", "1"))
        transform = _transform(profile, image.mode == "CMYK", grey) if 0 < len(profile) <= MAX_PROFILE else None
    if transform is None:
        return lambda strip: np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"))
    mode = transform.input_mode

    def convert(strip: Image.Image) -> NDArray[np.uint8]:
        # Through RGB, since a palette does not become grey, nor grey with transparency, in one step.
        return np.asarray(transform.apply(strip if strip.mode == mode else strip.convert("RGB").convert(mode)))

    return convert


@functools.lru_cache(maxsize=8)
def _transform(profile: bytes, cmyk: bool, grey: bool) -> ImageCms.ImageCmsTransform | None:
    """The way from a profile to sRGB; None if it is broken, is for other colours than the picture's, or is sRGB."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}.get(source.profile.xcolor_space)
        if mode is None or (mode == "CMYK") != cmyk or (mode == "L" and not grey):
            return None
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
        return None if mode != "CMYK" and _changes_little(transform) else transform
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


def _changes_little(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether colours all over the range come out as they went in."""
    levels = np.arange(0, 256, 15, dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    if transform.input_mode == "L":
        colours = np.repeat(levels[None, :, None], 3, axis=2)
    sample = Image.fromarray(colours).convert(transform.input_mode)
    return int(np.abs(np.asarray(transform.apply(sample)).astype(int) - colours).max()) <= SAME


@functools.cache
def _lab_to_srgb() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
