"""Colour modes, depths and profiles become 8-bit sRGB."""

import zlib

import numpy as np
import pytest
from helpers.odd_files import chunk, png
from helpers.small_picture import PICTURE, assert_close, encode
from PIL import Image, ImageCms

from model.image import read_image


def profile(swap: bool) -> bytes:
    """The profile of sRGB, or one in which red and green have changed places."""
    content = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if swap:
        red, green = (content.index(name, 128) for name in (b"rXYZ", b"gXYZ"))
        first, second = sorted((red, green))
        names = {red: b"gXYZ", green: b"rXYZ"}
        between = content[first + 4 : second]
        content = content[:first] + names[first] + between + names[second] + content[second + 4 :]
    return content


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "PNG"), ("1", "PNG"), ("P", "PNG"), ("CMYK", "JPEG"), ("CMYK", "TIFF"), ("YCbCr", "JPEG")]
)
def test_every_colour_mode_becomes_rgb(mode: str, kind: str) -> None:
    image = Image.fromarray(PICTURE).convert(mode)
    assert_close(read_image(encode(image, kind)), np.asarray(image.convert("RGB")), 8)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_become_white(mode: str) -> None:
    image = Image.fromarray(PICTURE).convert("RGBA")
    image.putalpha(Image.fromarray(np.where(np.arange(60) < 30, 255, 0).astype(np.uint8)[None].repeat(40, 0)))
    image = image.quantize(8) if mode == "P" else image.convert(mode)
    data = encode(image, "PNG")
    pixels = read_image(data)
    assert (pixels[:, 32:] > 250).all()
    assert pixels[:, :28].mean() < 150


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_brightness(kind: str) -> None:
    deep = np.linspace(0, 65535, 60).astype(np.uint16)[None].repeat(40, 0)
    expected = np.repeat((deep // 257).astype(np.uint8)[..., None], 3, axis=2)
    assert_close(read_image(encode(Image.fromarray(deep), kind)), expected, 1)


def test_float_picture_is_stretched_to_its_own_range() -> None:
    data = encode(Image.fromarray(np.linspace(0, 1, 60, dtype=np.float32)[None].repeat(40, 0)), "TIFF")
    pixels = read_image(data)
    assert pixels[0, 0].tolist() == [0, 0, 0]
    assert pixels[0, -1].tolist() == [255, 255, 255]


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "int32 TIFF"])
def test_grey_of_any_depth_keeps_its_brightness(bits: int, kind: str) -> None:
    shades = np.linspace(0, 255, 60).astype(np.uint8)[None].repeat(40, 0)
    deep = np.round(shades / 255 * (2**bits - 1)).astype(np.int32 if "int32" in kind else np.uint16)
    data = encode(Image.fromarray(deep), kind.removeprefix("int32 "))
    assert_close(read_image(data), np.repeat(shades[..., None], 3, axis=2), 1)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("channels", [3, 4])
def test_colours_of_any_depth_keep_their_brightness(bits: int, channels: int) -> None:
    rgb = np.dstack([PICTURE, np.full((40, 60), 255, np.uint8)])[..., :channels]
    deep = np.round(rgb / 255 * (2**bits - 1)).astype(">u2")
    if channels == 4:
        deep[..., 3] = 65535
    rows = b"".join(b"\0" + row.tobytes() for row in deep)
    data = png(60, 40, chunk(b"IDAT", zlib.compress(rows)), depth=16, colour=2 if channels == 3 else 6)
    assert_close(read_image(data), PICTURE, 1)


def test_colour_profile_is_converted_to_srgb() -> None:
    swapped = read_image(encode(Image.fromarray(PICTURE), "PNG", icc_profile=profile(swap=True)))
    assert_close(swapped, PICTURE[..., [1, 0, 2]], 12)  # a profile whose red is green


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("content", [b"", b"no profile" * 30, profile(swap=True)[:200], profile(swap=False)])
def test_profile_that_is_broken_or_srgb_changes_nothing(kind: str, content: bytes) -> None:
    plain = read_image(encode(Image.fromarray(PICTURE), kind))
    np.testing.assert_array_equal(read_image(encode(Image.fromarray(PICTURE), kind, icc_profile=content)), plain)
