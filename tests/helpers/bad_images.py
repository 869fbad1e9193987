"""What people send to a public demo that is no plain photo, and what each has to come to.

Pictures truncated at every tenth of their length are in test_image.py and in tests/api/test_bad_requests.py.
"""

import gzip
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from benchmarks.photos import compose_jpeg
from helpers import bombs
from helpers import odd_files as odd
from model.image import DAMAGED, ImageError, ImageTooLargeError, NotAnImageError, UnsupportedImageError

EMPTY = "The file is empty."
NO_PICTURE = "not a picture that can be read. Use JPEG, PNG, "
TOO_LARGE = "The picture is too large"
SVG_SENTENCE = "SVG drawing, not a photo. Use a photo, or export the drawing"
NOT_SUPPORTED = "is not supported. Save the picture as an ordinary JPEG or PNG"
TOO_MANY = "The picture consists of too many "
PDF_SENTENCE = "PDF document, not a picture. Save the page or the photo in it as JPEG"


@dataclass(frozen=True)
class Case:
    """A file and what it comes to.

    make: gives the content.
    faces: how many are found, at least and at most; the two differ where the truth is open.
    error, sentence: the type and a part of the message, if the file is refused.
    suffix: of the file's name.
    """

    make: Callable[[], bytes]
    faces: tuple[int, int] = (0, 0)
    error: type[ImageError] | None = None
    sentence: str = ""
    suffix: str = ".jpg"


def shows(faces: int, make: Callable[[], bytes], suffix: str = ".jpg") -> Case:
    return Case(make, (faces, faces), suffix=suffix)


def open_outcome(make: Callable[[], bytes], suffix: str = ".png") -> Case:
    return Case(make, (0, 1), suffix=suffix)


def refused(error: type[ImageError], sentence: str, make: Callable[[], bytes], suffix: str = ".jpg") -> Case:
    return Case(make, error=error, sentence=sentence, suffix=suffix)


def damaged(make: Callable[[], bytes], suffix: str = ".jpg") -> Case:
    return refused(ImageError, DAMAGED, make, suffix)


CASES = {
    # Not a picture at all
    "empty": refused(ImageError, EMPTY, lambda: b""),
    "text named .jpg": refused(NotAnImageError, NO_PICTURE, lambda: b"hello, world\n" * 50),
    "one byte": refused(NotAnImageError, NO_PICTURE, lambda: b"\xff"),
    "zeros": refused(NotAnImageError, NO_PICTURE, lambda: bytes(5000)),
    "HTML page": refused(NotAnImageError, NO_PICTURE, lambda: odd.HTML),
    "HTML page with an SVG": refused(NotAnImageError, NO_PICTURE, lambda: odd.HTML.replace(b"<img", odd.SVG + b"<img")),
    "ZIP archive": refused(NotAnImageError, NO_PICTURE, lambda: b"PK\x03\x04" + odd.PORTRAIT, ".png"),
    "gzip of a photo": refused(NotAnImageError, NO_PICTURE, lambda: gzip.compress(odd.PORTRAIT)),
    "MP4 film": refused(NotAnImageError, NO_PICTURE, lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(500)),
    "PostScript": refused(NotAnImageError, NO_PICTURE, lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    "Photoshop file": refused(NotAnImageError, NO_PICTURE, lambda: b"8BPS\0\1" + bytes(500)),
    "PPM": refused(NotAnImageError, NO_PICTURE, odd.as_file("PPM"), ".ppm"),
    "icon": refused(NotAnImageError, NO_PICTURE, odd.as_file("ICO"), ".ico"),
    "SVG": refused(NotAnImageError, SVG_SENTENCE, lambda: odd.SVG, ".svg"),
    "SVG with an XML declaration": refused(NotAnImageError, SVG_SENTENCE, lambda: odd.XML + odd.SVG, ".svg"),
    "SVG named .png": refused(NotAnImageError, SVG_SENTENCE, lambda: b"\n  " + odd.SVG.upper(), ".png"),
    "endless XML declarations": refused(NotAnImageError, NO_PICTURE, lambda: b"<?><!>" * 100_000, ".svg"),
    "PDF": refused(NotAnImageError, PDF_SENTENCE, lambda: odd.PDF, ".pdf"),
    "PDF named .jpg": refused(NotAnImageError, PDF_SENTENCE, lambda: b"\n" + odd.PDF),
    # Damaged
    "first bytes alone": damaged(lambda: b"\xff\xd8\xff"),
    "JPEG without its last rows": damaged(lambda: odd.PORTRAIT[:-3000]),
    "PNG whose checksum is wrong": damaged(lambda: odd.as_file("PNG")().replace(b"IDAT", b"IDAU", 1), ".png"),
    "PNG without pixels": damaged(lambda: odd.png(60, 60), ".png"),
    "PNG with fewer rows than it says": damaged(
        lambda: odd.png(60, 60, odd.chunk(b"IDAT", zlib.compress(bytes(500)))), ".png"
    ),
    "PNG without width": damaged(lambda: odd.png(0, 60, odd.chunk(b"IDAT", zlib.compress(b"\0"))), ".png"),
    "GIF without frame": damaged(lambda: b"GIF89a\x09\0\x09\0\0\0\0;", ".gif"),
    "BMP that points behind its end": damaged(
        lambda: b"BM" + struct.pack("<IHHIIiiHHIIiiII", 60, 0, 0, 9999, 40, 90, 90, 1, 24, *[0] * 6), ".bmp"
    ),
    "TIFF that points behind its end": damaged(lambda: b"II*\0\xff\xff\xff\x7f", ".tif"),
    "HEIC without pixels": damaged(lambda: odd.as_file("HEIF")()[:400], ".heic"),
    # Valid, but not decoded
    "float RGB TIFF": refused(UnsupportedImageError, NOT_SUPPORTED, bombs.float_colours, ".tif"),
    "12-bit JPEG": refused(
        UnsupportedImageError,
        NOT_SUPPORTED,
        lambda: odd.PORTRAIT.replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c", 1),
    ),
    "JPEG XL": refused(UnsupportedImageError, NOT_SUPPORTED, lambda: b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(500), ".jxl"),
    # Too large, or as good as
    "20,000 scans": refused(ImageTooLargeError, TOO_MANY + "scans", bombs.many_scans),
    "18 MB of EXIF segments": refused(
        ImageTooLargeError, TOO_MANY + "segments", lambda: bombs.many_segments(0xE1, b"Exif\0\0ab", 18_000_000)
    ),
    "2.4 million strips": refused(ImageTooLargeError, TOO_MANY + "strips", bombs.many_strips, ".tif"),
    "bomb of 30,000 x 30,000": refused(ImageTooLargeError, TOO_LARGE, odd.bomb, ".png"),
    "header that says 60,000 x 60,000": refused(
        ImageTooLargeError, TOO_LARGE, lambda: odd.png(60_000, 60_000, odd.chunk(b"IDAT", zlib.compress(b"\0"))), ".png"
    ),
    "comment that unpacks to 200 MB": damaged(odd.text_bomb, ".png"),
    "1 x 1": shows(0, odd.plain(1, 1), ".png"),
    "2 x 1": shows(0, odd.plain(2, 1), ".png"),
    "10 x 20,000": shows(0, odd.plain(10, 20_000), ".png"),
    "20,000 x 10": shows(0, odd.plain(20_000, 10), ".png"),
    "1 x 20,000": shows(0, odd.plain(1, 20_000), ".png"),
    # A photo in an unusual wrapping
    "JPEG without its last two bytes": shows(1, lambda: odd.PORTRAIT[:-2]),
    "JPEG named .jfif": shows(1, lambda: odd.PORTRAIT, ".jfif"),
    "12 bits in a 16-bit PNG": shows(1, odd.grey(np.uint16, 4095 / 255, "PNG"), ".png"),
    "10 bits in a 16-bit TIFF": shows(1, odd.grey(np.uint16, 1023 / 255, "TIFF"), ".tif"),
    "int32 TIFF of 0 to 255": shows(1, odd.grey(np.int32, 1, "TIFF"), ".tif"),
    "animated GIF that begins black": shows(1, odd.animated("GIF", black_first=True), ".gif"),
    "animated WebP that begins black": shows(1, odd.animated("WEBP", black_first=True), ".webp"),
    "animated PNG that begins black": shows(1, odd.animated("PNG", black_first=True), ".png"),
    "PNG named .jpg": shows(1, odd.as_file("PNG")),
    "JPEG named .gif": shows(1, lambda: odd.PORTRAIT, ".gif"),
    "JPEG named .txt": shows(1, lambda: odd.PORTRAIT, ".txt"),
    "JPEG with something behind it": shows(1, lambda: odd.PORTRAIT + odd.HTML),
    "progressive JPEG": shows(1, odd.as_file("JPEG", progressive=True)),
    "JPEG with a second picture": shows(1, odd.as_file("MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))])),
    "CMYK JPEG": shows(1, odd.as_file("JPEG", lambda image: image.convert("CMYK"))),
    "CMYK TIFF": shows(1, odd.as_file("TIFF", lambda image: image.convert("CMYK")), ".tif"),
    "grey JPEG": shows(1, odd.as_file("JPEG", lambda image: image.convert("L"))),
    "16-bit PNG": shows(1, odd.grey(np.uint16, 257, "PNG"), ".png"),
    "16-bit TIFF": shows(1, odd.grey(np.uint16, 257, "TIFF"), ".tif"),
    "float TIFF": shows(1, odd.grey(np.float32, 1 / 255, "TIFF"), ".tif"),
    "float TIFF that is not a number": shows(0, odd.grey(np.float32, np.nan, "TIFF"), ".tif"),
    "float TIFF without end": shows(0, odd.grey(np.float32, np.inf, "TIFF"), ".tif"),
    "transparent PNG": shows(1, odd.as_file("PNG", odd.see_through), ".png"),
    "transparent palette": shows(1, odd.as_file("PNG", lambda image: odd.see_through(image).quantize(255)), ".png"),
    "transparent grey": shows(1, odd.as_file("PNG", lambda image: odd.see_through(image).convert("LA")), ".png"),
    "transparent WebP": shows(1, odd.as_file("WEBP", odd.see_through), ".webp"),
    "animated GIF": shows(1, odd.animated("GIF"), ".gif"),
    "animated WebP": shows(1, odd.animated("WEBP"), ".webp"),
    "animated PNG": shows(1, odd.animated("PNG"), ".png"),
    "TIFF of three pages": shows(1, odd.animated("TIFF"), ".tif"),
    "BMP": shows(1, odd.as_file("BMP"), ".bmp"),
    "HEIC": shows(1, odd.as_file("HEIF"), ".heic"),
    "AVIF": shows(1, odd.as_file("AVIF"), ".avif"),
    **{f"EXIF orientation {n}": shows(1, lambda n=n: odd.turned(n)) for n in range(1, 9)},  # type: ignore[misc]
    "EXIF orientation 99": shows(1, lambda: odd.turned(99)),
    "EXIF that is noise": shows(1, lambda: odd.with_exif(np.random.default_rng(0).bytes(300))),
    "EXIF that points behind its end": shows(1, lambda: odd.with_exif(b"MM\0*\0\0\xff\xff")),
    "EXIF with 65,535 entries": shows(1, lambda: odd.with_exif(b"II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\3\0" * 9)),
    "EXIF that is empty": shows(1, lambda: odd.with_exif(b"")),
    # What the photo shows
    "no face": shows(0, odd.plain(800, 600), ".png"),
    "noise": shows(0, odd.noise, ".png"),
    "100 faces": shows(100, lambda: compose_jpeg(2700, 2500, [100] * 100)),
    "face cut by the border at a third": shows(1, odd.cropped(left=0.3), ".png"),
    "face cut by the border at two thirds": shows(0, odd.cropped(left=0.65), ".png"),
    "face without its mouth": open_outcome(odd.cropped(left=0, bottom=0.6)),
    "upside down": shows(1, odd.as_file("PNG", lambda image: image.transpose(Image.Transpose.ROTATE_180)), ".png"),
    "lying on its side": shows(1, odd.as_file("PNG", lambda image: image.transpose(Image.Transpose.ROTATE_90)), ".png"),
    "turned away": open_outcome(odd.as_file("PNG", lambda image: image.resize((image.width // 3, image.height)))),
    "very dark": shows(1, odd.as_file("PNG", lambda image: image.point(lambda value: value * 0.15)), ".png"),
    "as good as black": shows(0, odd.as_file("PNG", lambda image: image.point(lambda value: value * 0.02)), ".png"),
    "negative": open_outcome(odd.as_file("PNG", lambda image: image.point(lambda value: 255 - value))),
    "black and white dots": open_outcome(odd.as_file("PNG", lambda image: image.convert("1"))),
    "drawing": open_outcome(odd.drawing),
}  # fmt: skip
