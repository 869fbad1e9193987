import os
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.paths import SAMPLES
from helpers.quick import load_quick, write_photos

from model import Predictor
from model.batch import parts
from model.batch.parts import PART_SIZE, AnnotationError, Part, annotate_part
from model.detection.detector import Detection
from model.formats import rows
from model.image import OutOfMemoryError, read_image


def part_of(folder: Path) -> Part:
    return Part(0, folder, tuple(sorted(path.name for path in folder.iterdir())))


def test_rows_are_those_of_single_photos(predictor: Predictor) -> None:
    part = part_of(SAMPLES)
    found = annotate_part(predictor, part)
    photos = [name for name in part.files if name.endswith(".jpg")]
    alone = list(rows((name, predictor.predict(read_image(SAMPLES / name))) for name in photos))
    assert [row["file"] for row in found.faces] == photos
    for row, single in zip(found.faces, alone, strict=True):
        # The network may differ in the last digit from batch to batch, and so may rounded values.
        assert {name: value for name, value in row.items() if "age" not in name and "prob" not in name} == {
            name: value for name, value in single.items() if "age" not in name and "prob" not in name
        }
        for name in ("age", "age_low", "age_high"):
            assert row[name] == pytest.approx(single[name], abs=0.11)
        assert row["gender_probability"] == pytest.approx(single["gender_probability"], abs=0.001)


def test_photos_without_a_face_and_unreadable_files_are_counted(tmp_path: Path) -> None:
    folder = write_photos(tmp_path, 6)
    (folder / "broken.png").write_bytes(b"no picture")
    part = part_of(folder)
    found = annotate_part(load_quick(), Part(0, folder, (*part.files, "gone.png")))
    assert (found.photos, found.photos_without_face) == (6, 2)
    assert [(row["file"], row["face"], row["age"]) for row in found.faces] == [
        ("00001.png", 1, 1.0), ("00002.png", 1, 2.0), ("00002.png", 2, 2.0),
        ("00004.png", 1, 4.0), ("00005.png", 1, 5.0), ("00005.png", 2, 5.0),
    ]  # fmt: skip
    assert [file for file, _ in found.unreadable] == ["broken.png", "gone.png"]
    assert found.unreadable[1][1] == "The file does not exist."


def test_photo_that_breaks_the_detector_is_listed_and_the_others_go_through(tmp_path: Path) -> None:
    class Fragile:
        def detect(self, image: np.ndarray) -> list[Detection]:
            if image[0, 0, 1] == 2:
                raise ZeroDivisionError("no such face")
            return []

    predictor = Predictor(Fragile(), load_quick().estimator)
    found = annotate_part(predictor, part_of(write_photos(tmp_path, 4)))
    assert (found.photos, found.photos_without_face) == (3, 3)
    ((file, reason),) = found.unreadable
    assert file == "00002.png"
    assert "ZeroDivisionError: no such face" in reason


def test_photo_at_which_memory_runs_out_is_not_recorded_as_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> np.ndarray:
        raise OutOfMemoryError("There is not enough memory.")

    monkeypatch.setattr(parts, "read_image", refuse)
    with pytest.raises(AnnotationError, match=r"Memory ran out at 00000\.png\. Run the same command again to resume"):
        annotate_part(load_quick(), part_of(write_photos(tmp_path, 2)))


def test_name_that_is_not_utf8_can_be_read_and_written(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9.png")
    write_photos(tmp_path, 2)
    (tmp_path / "00001.png").rename(tmp_path / odd)
    found = annotate_part(load_quick(), Part(0, tmp_path, (odd,)))
    assert [row["file"] for row in found.faces] == ["caf\N{REPLACEMENT CHARACTER}.png"]


def test_one_photo_is_held_at_a_time() -> None:
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0

    def images() -> Iterator[np.ndarray]:
        nonlocal most
        for _ in range(4 * PART_SIZE):
            image = np.full((50, 50, 3), 1, np.uint8)
            alive.append(weakref.ref(image))
            most = max(most, sum(ref() is not None for ref in alive))
            yield image

    assert len(list(load_quick().predict_many(images()))) == 4 * PART_SIZE
    assert most <= 2  # the one that is analysed, and the next
