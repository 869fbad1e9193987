import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from helpers.bombs import float_colours
from helpers.odd_files import portrait
from helpers.small_picture import PICTURE, assert_close, encode
from PIL import Image

from model.image import (
    SUFFIXES,
    ImageError,
    ImageTooLargeError,
    NotAnImageError,
    UnsupportedImageError,
    read_image,
)
from model.reading.jpeg import MAX_SCANS

pillow_heif.register_heif_opener()


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


class Stream:
    """Whatever else has a `read`, such as the body of an answer from a network."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(min(size, 1000))


def test_file_that_is_not_open_for_reading_is_said_to_be_so(tmp_path: Path) -> None:
    with (tmp_path / "new.jpg").open("wb") as file, pytest.raises(ImageError, match="not open for reading"):
        read_image(file)


@pytest.mark.parametrize("opened", [io.BytesIO, bytearray, memoryview, Stream])
def test_content_may_come_in_any_container(opened: Callable[[bytes], Any]) -> None:
    data = encode(Image.fromarray(PICTURE), "PNG")
    np.testing.assert_array_equal(read_image(opened(data)), PICTURE)


def test_open_file_is_read_from_its_start_and_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.fromarray(PICTURE).save(path)
    with path.open("rb") as file:
        file.read(20)
        np.testing.assert_array_equal(read_image(file), PICTURE)
        assert not file.closed


def test_what_is_no_file_is_a_type_error(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")
    with (tmp_path / "text").open() as file, pytest.raises(TypeError, match=r"binary mode\. Received: TextIOWrapper"):
        read_image(file)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Received: ndarray"):
        read_image(PICTURE)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", [".jfif", ".jpe", ".jif", ".hif", ".apng", ".dib", ".mpo"])
def test_other_names_of_the_formats_are_known(suffix: str) -> None:
    assert suffix in SUFFIXES


@pytest.mark.parametrize("lost", [1, 2, 10])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
def test_jpeg_without_its_last_bytes_is_read(lost: int, options: dict[str, Any]) -> None:
    whole = encode(portrait(), "JPEG", quality=90, **options)
    assert_close(read_image(whole[:-lost]), read_image(whole), 0.2)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_jpeg_of_other_colours_without_its_last_bytes_is_read(mode: str) -> None:
    whole = encode(portrait().convert(mode), "JPEG", quality=90)
    assert_close(read_image(whole[:-2]), read_image(whole), 0.2)


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
@pytest.mark.parametrize("share", [0.3, 0.5])
def test_jpeg_that_lacks_much_of_the_picture_is_damaged(share: float, options: dict[str, Any]) -> None:
    whole = encode(portrait(), "JPEG", quality=90, **options)
    with pytest.raises(ImageError, match="damaged"):
        read_image(whole[: round(len(whole) * share)])


def test_jpeg_with_a_film_behind_it_is_read() -> None:
    whole = encode(portrait(), "JPEG", progressive=True)
    film = np.random.default_rng(0).bytes(9_000_000)  # in which start of scan occurs by chance, some 140 times
    assert film.count(b"\xff\xda") > MAX_SCANS
    np.testing.assert_array_equal(read_image(whole + film), read_image(whole))


@pytest.mark.parametrize(
    "data",
    [
        float_colours(),
        b"BM"
        + struct.pack("<IHHI", 500, 0, 0, 70)
        + struct.pack("<IiiHHIIiiIIIIII", 56, 4, 4, 1, 32, 3, 64, 9, 9, 0, 0, 0xFFC00000, 0x3FF000, 0xFFC, 0)
        + bytes(500),
        encode(Image.fromarray(PICTURE), "JPEG").replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc1\x00\x11\x0c"),
        encode(Image.fromarray(PICTURE), "JPEG").replace(b"\xff\xc0\x00\x11", b"\xff\xc3\x00\x11"),
        b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(500),
        b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(500),
    ],
    ids=["float RGB TIFF", "BMP of 10-bit masks", "12-bit JPEG", "lossless JPEG", "JPEG XL", "JPEG 2000"],
)
def test_valid_picture_that_is_not_decoded_is_not_called_damaged(data: bytes) -> None:
    with pytest.raises(UnsupportedImageError, match=r"is not supported\. Save the picture as an ordinary"):
        read_image(data)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("first", ["black", "white", "transparent"])
def test_first_frame_that_shows_something_is_read(kind: str, first: str) -> None:
    empty = Image.new("RGBA", (60, 40), (0, 0, 0, 0) if first == "transparent" else first)
    darker = Image.new("RGBA", (60, 40), (9, 9, 9, 255))  # or the encoder merges equal frames
    shown = Image.fromarray(PICTURE).convert("RGBA")
    data = encode(empty, kind, save_all=True, append_images=[darker, shown, empty], duration=99)
    assert_close(read_image(data), PICTURE, 8)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animation_without_anything_to_see_is_its_first_frame(kind: str) -> None:
    data = encode(Image.new("RGB", (60, 40), "red"), kind, save_all=True, append_images=[Image.new("RGB", (60, 40))])
    assert_close(read_image(data), np.full((40, 60, 3), (255, 0, 0), np.uint8), 8)


def test_huge_sparse_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)
    with pytest.raises(ImageTooLargeError, match=r"The file is too large\. The limit is 300 MB\."):
        read_image(path)


def test_link_in_a_loop_and_impossible_names_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "self.jpg").symlink_to(tmp_path / "self.jpg")
    with pytest.raises(ImageError, match=r"The file cannot be read: Too many levels of symbolic links\."):
        read_image(tmp_path / "self.jpg")
    with pytest.raises(ImageError, match=r"The file cannot be read: File name too long\."):
        read_image(tmp_path / ("n" * 300 + ".jpg"))
    with pytest.raises(ImageError, match="does not exist"):
        read_image("null\0.jpg")


def test_single_pixel_stays_what_it_is() -> None:
    assert read_image(encode(Image.new("RGB", (1, 1), (1, 2, 3)), "PNG")).tolist() == [[[1, 2, 3]]]
