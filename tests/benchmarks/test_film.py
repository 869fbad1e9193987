"""The moving picture of the README."""

from helpers.paths import ROOT
from PIL import Image, ImageSequence

from benchmarks.film import MOST_BYTES, OUTPUT, SCALE, SIZE


def test_film_heads_the_readme_and_is_short_small_and_in_motion() -> None:
    head = (ROOT / "README.md").read_text().partition("\n## ")[0]
    assert f"]({OUTPUT.relative_to(ROOT).as_posix()})" in head
    assert OUTPUT.stat().st_size <= MOST_BYTES
    with Image.open(OUTPUT) as film:
        assert film.size == tuple(SCALE * side for side in SIZE)
        pictures, milliseconds = set(), 0
        for picture in ImageSequence.Iterator(film):
            pictures.add(picture.tobytes())
            milliseconds += picture.info["duration"]
    assert len(pictures) >= 20
    assert 8_000 <= milliseconds <= 12_000
