"""Every case of `bad_images` through every entry: Python, the command line, the API and the app."""

import contextlib
import csv
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from helpers.bad_images import CASES, Case
from helpers.odd_files import FACE, bomb, turned
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.predictions import Predictions
from api.routes import create_routes
from api.settings import Settings
from components.photo.predictions import analyse
from model import Face, Predictor, read_image
from model import __main__ as command_line
from model.admission import PredictionQueue
from model.image import FORMATS, ImageError, ImageTooLargeError, NotAnImageError, UnsupportedImageError
from model.predictor import Chips

STATUS = {
    ImageError: (400, "unreadable"),
    ImageTooLargeError: (413, "too_large"),
    NotAnImageError: (415, "not_an_image"),
    UnsupportedImageError: (400, "unreadable"),
}
MOST_MEMORY = 30  # MB, for refusing 30,000 x 30,000 pixels, which would take 900


class Remembering(Predictor):
    """The shipped predictor, which remembers the answers to the pictures it has seen."""

    def __init__(self, predictor: Predictor) -> None:
        super().__init__(*predictor._own_models())
        self.known: dict[tuple[tuple[int, ...], bytes], tuple[list[Face], Chips]] = {}

    def predict_with_chips(self, image: np.ndarray) -> tuple[list[Face], Chips]:
        key = image.shape, image.tobytes()
        if key not in self.known:
            self.known[key] = super().predict_with_chips(image)
        return self.known[key]


@cache
def content(name: str) -> bytes:
    return CASES[name].make()


@pytest.fixture(scope="module")
def remembering(predictor: Predictor) -> Predictor:
    return Remembering(predictor)


@pytest.fixture(scope="module")
def client(remembering: Predictor) -> Iterator[TestClient]:
    settings = Settings()
    routes = create_routes(Predictions(lambda: remembering, settings, PredictionQueue()), settings)
    with TestClient(Starlette(routes=routes)) as client:
        yield client


@pytest.fixture(scope="module")
def command_line_run(
    remembering: Predictor, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, int], dict[str, str | None], int]:
    """All files in one run: the number of faces and the sentence that each name got, and the exit status."""
    folder = tmp_path_factory.mktemp("files")
    files = [folder / f"{number:03d}{case.suffix}" for number, case in enumerate(CASES.values())]
    for file, name in zip(files, CASES, strict=True):
        file.write_bytes(content(name))
    output = folder / "faces.csv"
    arguments = ["predict", *map(str, files), "--format", "csv", "--output", str(output)]
    errors = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(errors):
        patch.setattr(command_line, "Predictor", lambda *_: remembering)
        status = command_line.main(arguments)
    rows = [row["file"] for row in csv.DictReader(output.open())]
    faces = {name: rows.count(str(file)) for name, file in zip(CASES, files, strict=True)}
    sentences = dict(re.findall(r"(\d{3})\.\w+: (.+)", errors.getvalue()))
    return faces, {name: sentences.get(f"{i:03d}") for i, name in enumerate(CASES)}, status


def check(case: Case, faces: int, sentence: str | None) -> None:
    assert bool(case.error) == bool(sentence)
    if sentence:
        assert case.sentence in sentence
        assert sentence.endswith(".")
    else:
        assert case.faces[0] <= faces <= case.faces[1]


@pytest.mark.filterwarnings("ignore:.*EXIF:UserWarning", "ignore:Tag data:UserWarning")
def test_every_format_that_is_read_is_among_the_cases() -> None:
    readable = {Image.open(io.BytesIO(content(name))).format for name, case in CASES.items() if not case.error}
    assert readable >= set(FORMATS)


@pytest.mark.parametrize("name", CASES)
def test_python(name: str, remembering: Predictor) -> None:
    case = CASES[name]
    if case.error:
        with pytest.raises(ImageError) as caught:
            read_image(content(name))
        assert type(caught.value) is case.error
        check(case, 0, str(caught.value))
    else:
        check(case, len(remembering.predict(read_image(content(name)))), None)


@pytest.mark.parametrize("name", CASES)
def test_command_line(name: str, command_line_run: tuple[dict[str, int], dict[str, str | None], int]) -> None:
    faces, sentences, status = command_line_run
    check(CASES[name], faces[name], sentences[name])
    assert status == 1


@pytest.mark.parametrize("name", CASES)
def test_api(name: str, client: TestClient) -> None:
    case = CASES[name]
    response = client.post("/api/predict", files={"image": (f"photo{case.suffix}", content(name))})
    if case.error:
        error = response.json()["error"]
        assert (response.status_code, error["code"]) == STATUS[case.error]
        check(case, 0, error["message"])
    else:
        assert response.status_code == 200
        check(case, len(response.json()["faces"]), None)


@pytest.mark.parametrize("name", CASES)
def test_app(name: str, remembering: Predictor) -> None:
    result = analyse(remembering, f"photo{CASES[name].suffix}", content(name))
    check(CASES[name], len(result.faces), result.error)
    assert len(result.chips) == len(result.faces)
    assert result.error or read_image(result.preview).size


@pytest.mark.parametrize("orientation", range(1, 9))
def test_face_of_a_turned_photo_is_where_it_is_seen(orientation: int, remembering: Predictor) -> None:
    (face,) = remembering.predict(read_image(turned(orientation)))
    np.testing.assert_allclose(face.box, FACE, atol=12)
    assert face.landmarks[0][0] < face.landmarks[1][0]  # her right eye is left in the picture


def test_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bomb()
    assert 800_000 < len(data) < 1_200_000
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak
    before = peak()
    with pytest.raises(ImageTooLargeError):
        read_image(data)
    assert peak() - before < MOST_MEMORY


def peak() -> float:
    """Most resident memory of this process since the peak was forgotten, MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
