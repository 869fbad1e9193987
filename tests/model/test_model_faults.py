"""Model files that are missing, damaged, of another version or hostile: one sentence, whoever asks."""

import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from helpers.paths import ROOT
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from api.predictions import Predictions
from api.routes import create_routes
from api.settings import Settings
from components.photo import predictions
from model import Predictor, predictor
from model import __main__ as command_line
from model.admission import PredictionQueue
from model.calibration import load_calibration
from model.estimator import Estimator, ModelError
from model.network import build_network
from train import __main__ as train_command_line
from train.export import load_model

HOPPER = ROOT / "samples" / "grace-hopper.jpg"
CONFIG, WEIGHTS = "config.json", "model.weights.h5"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "whole.keras"
    build_network("cnn", image_size=32, dropout=0.0).save(path)
    return path.read_bytes()


def with_part(name: str, change: Callable[[bytes], bytes | None]) -> Callable[[bytes], bytes]:
    """A model file with one of its parts changed, or left out."""

    def changed(whole: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(buffer, "w") as target:
            for part in source.namelist():
                content = change(source.read(part)) if part == name else source.read(part)
                if content is not None:
                    target.writestr(part, content)
        return buffer.getvalue()

    return changed


def hdf5(whole: bytes) -> bytes:
    """The format of Keras 1 and 2."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["keras_version"] = "2.15.0"
        file.create_group("model_weights")
    return buffer.getvalue()


def empty_hdf5(content: bytes) -> bytes:
    buffer = io.BytesIO()
    h5py.File(buffer, "w").close()
    return buffer.getvalue()


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "text": lambda whole: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    "cut at a tenth": lambda whole: whole[: len(whole) // 10],
    "cut at the end": lambda whole: whole[:-100],
    "HDF5 of Keras 2": hdf5,
    "without structure": with_part(CONFIG, lambda content: None),
    "without weights": with_part(WEIGHTS, lambda content: None),
    "empty structure": with_part(CONFIG, lambda content: b"{}"),
    "truncated structure": with_part(CONFIG, lambda content: content[:500]),
    "structure that is a list": with_part(CONFIG, lambda content: b"[1, 2]"),
    "structure without layers": with_part(CONFIG, lambda content: b'{"config": {"layers": [null]}}'),
    "no weight in the weights": with_part(WEIGHTS, empty_hdf5),
    "truncated weights": with_part(WEIGHTS, lambda content: content[: len(content) // 2]),
}


@pytest.fixture
def broken(request: pytest.FixtureRequest, whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The damaged model in place of the shipped one."""
    path = tmp_path / "age_gender.keras"
    path.write_bytes(BROKEN[request.param](whole))
    monkeypatch.setattr(predictor, "Estimator", lambda: Estimator(path))
    monkeypatch.setattr(predictor, "_load_once", Predictor)
    return path


def check(sentence: str, path: Path) -> None:
    assert sentence.startswith(f"{path} is not a Keras model that can be read: ")
    assert len(sentence.strip().splitlines()) == 1


@pytest.mark.parametrize("broken", BROKEN, indirect=True)
def test_command_lines(broken: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert command_line.main(["predict", str(HOPPER)]) == 1
    check(capsys.readouterr().err, broken)
    for format_name, output in (("litert", "model.tflite"), ("savedmodel", "model")):
        arguments = ["export", "--format", format_name, "--model", str(broken), "--output", str(tmp_path / output)]
        assert train_command_line.main(arguments) == 1
        check(capsys.readouterr().err, broken)


@pytest.mark.parametrize("broken", BROKEN, indirect=True)
def test_api(broken: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings()
    api = Predictions(Predictor, settings, PredictionQueue())
    with TestClient(Starlette(routes=create_routes(api, settings))) as client:
        response = client.post("/api/predict", content=HOPPER.read_bytes())
        assert (response.status_code, response.json()["error"]["code"]) == (503, "unavailable")
        assert str(broken) not in response.text
        assert client.get("/api/health").status_code == 503
    check(caplog.messages[0], broken)


@pytest.mark.parametrize("broken", ["text", "HDF5 of Keras 2", "truncated weights"], indirect=True)
@pytest.mark.parametrize("page", ["photo", "compare", "what_if", "webcam"])
def test_app(page: str, broken: Path) -> None:
    predictions.load_predictor.clear()
    predictions.analyse_sample.clear()
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120).run()
    app.switch_page(f"pages/{page}.py").run()
    if page == "photo":
        next(button for button in app.button if button.label == "Grace Hopper").click().run()
    elif page == "webcam":
        app.camera_input[0].upload("camera.jpg", HOPPER.read_bytes(), "image/jpeg").run()
    assert not app.exception
    (error,) = app.error
    check(error.value, broken)


def test_model_comes_back_without_a_restart(whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "age_gender.keras"
    monkeypatch.setattr(predictor, "Estimator", lambda: Estimator(path))
    monkeypatch.setattr(predictor, "_load_once", Predictor)
    with pytest.raises(ModelError, match="There is no trained model"):
        predictor.shared_predictor()
    path.write_bytes(whole)
    (tmp_path / "calibration.json").write_text(
        '{"ages": [0], "age_low": [-1], "age_high": [1], "gender_temperature": 1, "std_power": 1}'
    )
    (face,) = predictor.shared_predictor().predict_aligned(np.zeros((1, 200, 200, 3), np.uint8))
    assert face.age_low <= face.age <= face.age_high


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"age_low": 1}', b"\xff", b'{"age_low": "x"}'])
def test_damaged_calibration_says_how_to_recreate_it(content: bytes, whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_bytes(content)
    (tmp_path / "model.keras").write_bytes(whole)
    with pytest.raises(ModelError, match=r"calibration\.json is not a calibration that can be used\. Recreate it"):
        Estimator(tmp_path / "model.keras")
    with pytest.raises(ValueError, match=r"calibration\.json is not a calibration that can be used\. Recreate it"):
        load_calibration(tmp_path / "calibration.json")


@pytest.fixture
def marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that exists once code inside a model has run."""
    monkeypatch.setenv("MARKER", str(tmp_path / "was-run"))
    return tmp_path / "was-run"


def test_code_in_a_model_is_not_run(marker: Path, tmp_path: Path) -> None:
    run = lambda x: (__import__("pathlib").Path(__import__("os").environ["MARKER"]).touch(), x)[1]  # noqa: E731
    chips = keras.Input((200, 200, 3))
    age = keras.layers.Dense(1)(keras.layers.Flatten()(keras.layers.Lambda(run)(keras.layers.Resizing(8, 8)(chips))))
    keras.Model(chips, {"age": age, "gender": keras.layers.Dense(2)(age)}).save(tmp_path / "hostile.keras")
    assert marker.exists()  # building it runs it
    marker.unlink()
    for load in (Estimator, load_model):
        with pytest.raises(ModelError, match="`Lambda` layer"):
            load(tmp_path / "hostile.keras")
    keras.saving.load_model(tmp_path / "hostile.keras", safe_mode=False)
    assert marker.exists()  # it would have run


@pytest.mark.parametrize(("module", "name"), [("hostile", "Layer"), ("os", "system"), ("builtins", "eval")])
def test_modules_that_a_model_names_are_not_imported(
    module: str, name: str, whole: bytes, marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hostile.py").write_text("import os\nopen(os.environ['MARKER'], 'w')\nclass Layer: pass\n")
    monkeypatch.syspath_prepend(tmp_path)

    def named(config: bytes) -> bytes:
        structure = json.loads(config)
        structure["config"]["layers"][1] |= {"module": module, "class_name": name, "registered_name": None}
        return json.dumps(structure).encode()

    (tmp_path / "hostile.keras").write_bytes(with_part(CONFIG, named)(whole))
    for load in (Estimator, load_model):
        with pytest.raises(ModelError, match="is not a Keras model that can be read"):
            load(tmp_path / "hostile.keras")
    assert not marker.exists()
    assert "hostile" not in sys.modules
