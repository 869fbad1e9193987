"""Every format against the Keras model, on real faces and in the runtime it is made for."""

import os
from pathlib import Path

import keras
import numpy as np
import pytest

from model import Predictor, read_image
from model.alignment import align
from model.estimator import MODEL_PATH
from model.network import build_network
from train.__main__ import main
from train.augmentation import augment
from train.export import Export, describe, export, load_model
from train.formats import FORMATS, ExportError
from train.measure.exports import open_exported

CHIPS = 64
INT8_AGE_TOLERANCE = 0.5  # years, mean absolute change
FLOAT_AGE_TOLERANCE = 0.05  # years, largest change


@pytest.fixture(scope="module")
def chips(predictor: Predictor, hopper: np.ndarray, collins: np.ndarray) -> np.ndarray:
    """UTKFace's where it is there; else the two portraits, moved, relit and partly covered."""
    if folder := os.environ.get("UTKFACE_DIR"):
        files = sorted(Path(folder).rglob("*.jpg"))
        return np.stack([read_image(path) for path in files[:: len(files) // CHIPS][:CHIPS]])
    portraits = [align(photo, np.array(predictor.predict(photo)[0].landmarks)) for photo in (hopper, collins)]
    rng = np.random.default_rng(0)
    return np.stack([augment(portraits[i % 2], rng) for i in range(CHIPS)])


@pytest.fixture(scope="module")
def expected(chips: np.ndarray) -> dict[str, np.ndarray]:
    return load_model(MODEL_PATH).predict_on_batch(chips)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiny") / "tiny.keras"
    build_network("cnn", image_size=32, dropout=0.2).save(path)
    return path


@pytest.fixture(scope="module")
def exports(litert_export: Export, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Export]:
    """The model that ships, in every format."""
    folder = tmp_path_factory.mktemp("exports")
    others = {name: chosen.default_output.name for name, chosen in FORMATS.items() if name != "litert"}
    return {"litert": litert_export} | {name: export(MODEL_PATH, name, folder / file) for name, file in others.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_export_estimates_real_faces_as_the_keras_model_does(
    name: str, exports: dict[str, Export], chips: np.ndarray, expected: dict[str, np.ndarray]
) -> None:
    outputs = open_exported(name, exports[name].path)(chips)
    assert {key: values.shape[1] for key, values in outputs.items()} == exports[name].outputs
    moved = np.abs(outputs["age"] - expected["age"])
    print(f"{name}: age moves by {moved.mean():.4f} years on average, by {moved.max():.4f} at most")
    assert expected["age"].std() > 3  # the faces differ, so that a constant would not pass
    if name == "litert-int8":
        assert moved.mean() <= INT8_AGE_TOLERANCE
        assert np.abs(outputs["gender"] - expected["gender"]).mean() < 0.03
    else:
        assert moved.max() <= FLOAT_AGE_TOLERANCE
        np.testing.assert_allclose(outputs["gender"], expected["gender"], atol=1e-3)


def test_quantised_export_is_about_a_quarter_of_the_size(exports: dict[str, Export]) -> None:
    assert exports["litert-int8"].size < 0.35 * exports["litert"].size


def test_network_saved_in_training_mode_is_exported_for_inference(tmp_path: Path) -> None:
    chips = keras.Input((200, 200, 3), name="chips")
    x = keras.layers.BatchNormalization()(keras.layers.Resizing(8, 8)(chips))
    outputs = {"age": keras.layers.Dense(1)(keras.layers.GlobalAveragePooling2D()(x))}
    keras.Model(chips, outputs).save(tmp_path / "leaky.keras")
    pixels = np.random.default_rng(0).integers(0, 256, (3, 200, 200, 3), dtype=np.uint8)
    leaky = load_model(tmp_path / "leaky.keras")
    written = export(tmp_path / "leaky.keras", "savedmodel", tmp_path / "exported")
    exported = open_exported("savedmodel", written.path)(pixels)["age"]
    np.testing.assert_allclose(exported, leaky.predict_on_batch(pixels)["age"], rtol=1e-4)


def test_description_states_the_whole_contract() -> None:
    text = describe(Export(Path("a.onnx"), 14_100_000, None, {"gender": 2, "age": 1}))
    assert text.splitlines() == [
        "Wrote a.onnx (14.1 MB).",
        "Input   chips             (n, 200, 200, 3) float32, RGB, 0-255",
        "Output  age               (n, 1) float32, years",
        "Output  gender            (n, 2) float32, probability of male, female",
    ]


@pytest.mark.parametrize("name", ["litert", "savedmodel"])
def test_interrupted_export_leaves_what_was_there(
    name: str, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / FORMATS[name].default_output.name
    export(tiny, name, output)
    before = sorted((path, path.stat().st_size) for path in tmp_path.rglob("*") if path.is_file())

    def interrupt(self: keras.Model, path: Path, *rest: object, **options: object) -> None:
        Path(path).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.Model, "export", interrupt)
    with pytest.raises(KeyboardInterrupt):
        export(tiny, name, output)
    assert sorted((path, path.stat().st_size) for path in tmp_path.rglob("*") if path.is_file()) == before


def test_earlier_export_is_replaced_and_nothing_is_left_beside_it(tiny: Path, tmp_path: Path) -> None:
    for _ in range(2):
        export(tiny, "savedmodel", tmp_path / "exported")
    assert [path.name for path in tmp_path.iterdir()] == ["exported"]


@pytest.mark.parametrize("name", ["savedmodel", "litert"])
def test_folder_with_other_files_is_left_alone(name: str, tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "precious.tflite"
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(b"photo")
    with pytest.raises(ExportError, match="is a folder with other files"):
        export(tiny, name, folder)
    assert (folder / "photo.jpg").exists()


def test_wrong_ending_is_one_sentence(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--model", str(tiny), "--output", str(tmp_path / "model.bin")]
    assert main(["export", "--format", "litert", *options]) == 1
    assert capsys.readouterr().err.endswith(f"must end in .tflite. Received: {tmp_path / 'model.bin'}\n")


def test_place_that_cannot_be_written_is_one_sentence(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ExportError, match="cannot be written"):
        export(tiny, "litert", tmp_path / "file" / "model.tflite")


def test_missing_package_is_named_with_its_remedy(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "tf2onnx" else name)
    assert main(["export", "--format", "onnx", "--model", str(tiny), "--output", str(tmp_path / "model.onnx")]) == 1
    expected = "Exporting to onnx needs tf2onnx: pip install -r requirements-export.txt"
    assert capsys.readouterr().err.splitlines()[-1] == expected


def test_missing_model_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--format", "litert", "--model", str(tmp_path / "nothing.keras")]) == 1
    assert "There is no trained model" in capsys.readouterr().err
