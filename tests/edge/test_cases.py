"""The table of cases: one model's answers, with pictures that can be read again."""

import json
from pathlib import Path

import numpy as np
import pytest

from edge.cases import CasesError, write_cases
from model import Predictor, read_image
from model.face import to_json


def test_table_has_the_answers_for_its_own_pictures(tmp_path: Path, predictor: Predictor) -> None:
    table = json.loads(write_cases(tmp_path, chips=3, photos=1).read_text())
    assert table["model"] == predictor.provenance.identity
    chips = np.frombuffer((tmp_path / "chips.bin").read_bytes(), np.uint8).reshape(-1, 200, 200, 3)
    expected = json.loads(json.dumps([to_json(face) for face in predictor.predict_aligned(chips)]))
    assert table["chips"] == expected
    (photo,) = table["photos"]
    image = read_image(tmp_path / "photos" / photo["file"])
    assert image.shape[:2] == (photo["height"], photo["width"])
    assert len(predictor.predict(image)) == len(photo["faces"]) > 0


def test_pictures_without_a_face_are_refused(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (90, 90), "grey").save(tmp_path / "grey.png")
    with pytest.raises(CasesError, match="no face"):
        write_cases(tmp_path / "cases", 1, 1, [tmp_path / "grey.png"])
