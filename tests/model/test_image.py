import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from model.image import ImageError, ImageTooLargeError, NotAnImageError, read_image

pillow_heif.register_heif_opener()

# Red above left, green above right, blue below: every turn and mirroring shows.
PICTURE = np.zeros((40, 60, 3), np.uint8)
PICTURE[:20, :30], PICTURE[:20, 30:], PICTURE[20:] = (220, 30, 30), (30, 200, 30), (30, 30, 210)


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def assert_close(got: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    assert got.shape == expected.shape
    assert got.dtype == np.uint8
    assert np.abs(got.astype(int) - expected.astype(int)).mean() < tolerance


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF"])
def test_every_format_is_read_from_bytes_and_from_a_path(kind: str, tmp_path: Path) -> None:
    data = encode(Image.fromarray(PICTURE), kind)
    path = tmp_path / "picture"
    path.write_bytes(data)
    assert_close(read_image(data), PICTURE, 6)
    np.testing.assert_array_equal(read_image(path), read_image(data))
    np.testing.assert_array_equal(read_image(str(path)), read_image(data))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_rotated_photo_is_read_upright(orientation: int, kind: str) -> None:
    stored = {
        1: PICTURE,
        2: PICTURE[:, ::-1],
        3: PICTURE[::-1, ::-1],
        4: PICTURE[::-1],
        5: PICTURE.transpose(1, 0, 2),
        6: np.rot90(PICTURE, 1),
        7: PICTURE[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(PICTURE, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(np.ascontiguousarray(stored if kind == "JPEG" else PICTURE))
    data = encode(image, kind, exif=exif)
    if kind == "JPEG":  # HEIF stores the rotation in its own box
        assert_close(read_image(data), PICTURE, 6)


def test_first_frame_of_an_animation_is_read() -> None:
    frames = [Image.fromarray(PICTURE), Image.fromarray(255 - PICTURE)]
    assert_close(read_image(encode(frames[0], "GIF", save_all=True, append_images=frames[1:])), PICTURE, 6)


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


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"hello, world " * 50, "not a picture"),
        (encode(Image.fromarray(PICTURE).resize((600, 400)), "JPEG", quality=100)[:3000], "damaged"),
        (encode(Image.fromarray(PICTURE), "PNG")[:60], "damaged"),
    ],
)
def test_incomplete_picture_gets_one_sentence(data: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        read_image(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF"])
@pytest.mark.parametrize("tenth", range(1, 10))
def test_truncated_picture_is_damaged_and_not_unknown(kind: str, tenth: int) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), kind)
    with pytest.raises(ImageError, match="damaged") as caught:
        read_image(data[: len(data) * tenth // 10])
    assert not isinstance(caught.value, NotAnImageError)


def test_what_is_not_a_picture_has_its_own_error_type() -> None:
    with pytest.raises(NotAnImageError):
        read_image(b"%PDF-1.7\n")


def test_limit_on_pixels_can_be_lowered() -> None:
    data = encode(Image.fromarray(PICTURE), "PNG")
    assert read_image(data, max_pixels=2400).shape == (40, 60, 3)
    with pytest.raises(ImageTooLargeError, match=r"60 × 40 pixels.*0\.002399 megapixels"):
        read_image(data, max_pixels=2399)


def test_missing_file_and_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="does not exist"):
        read_image(tmp_path / "nothing.jpg")
    with pytest.raises(ImageError, match="folder"):
        read_image(tmp_path)


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_huge_picture_is_refused_before_it_fills_the_memory(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    with pytest.raises(ImageError, match="limit is 120 megapixels"):
        read_image(data)
