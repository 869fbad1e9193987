"""Every format against the Keras model, on real faces and in the runtime it is made for."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest
from helpers.paths import ROOT
from PIL import Image

from model import Face, Predictor, read_image
from model.alignment import CHIP_LANDMARKS, CHIP_SIZE, align
from model.estimator import MODEL_PATH, read_provenance
from model.labels import GENDERS
from model.network import build_network
from train.__main__ import main
from train.augmentation import augment
from train.export import Export, contract_path, describe, export, load_model
from train.formats import FORMATS, ExportError
from train.measure.exports import open_exported

EXAMPLES = ROOT / "docs" / "examples"
RUNTIME = ROOT / "edge" / "node_modules" / "onnxruntime-web"
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


@pytest.mark.slow
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


@pytest.fixture(scope="module")
def answered(predictor: Predictor, hopper: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Face]:
    """A chip as a PNG, beside the same as bare pixels, and what the predictor says of it."""
    (face,), (chip,) = predictor.predict_with_chips(hopper)
    path = tmp_path_factory.mktemp("chip") / "chip.png"
    Image.fromarray(chip).save(path)
    path.with_suffix(".rgb").write_bytes(chip.tobytes())
    return path, face


def check_example(command: list[str | Path], face: Face) -> None:
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout)
    assert answer["age"] == pytest.approx(face.age, abs=FLOAT_AGE_TOLERANCE)
    assert answer["interval"] == pytest.approx([face.age_low, face.age_high], abs=2 * FLOAT_AGE_TOLERANCE)
    assert answer["stated_gender"] == face.stated_gender


@pytest.mark.slow
@pytest.mark.parametrize("name", ["litert", "onnx"])
def test_python_example_gives_the_answers_of_the_predictor(
    name: str, exports: dict[str, Export], answered: tuple[Path, Face]
) -> None:
    chip, face = answered
    check_example([sys.executable, EXAMPLES / "estimate.py", exports[name].path, chip], face)


@pytest.mark.slow
def test_javascript_example_gives_the_answers_of_the_predictor(
    exports: dict[str, Export], answered: tuple[Path, Face], tmp_path: Path
) -> None:
    chip, face = answered
    if not shutil.which("node") or not RUNTIME.is_dir():
        pytest.skip("needs Node and onnxruntime-web: npm ci --prefix edge")
    shutil.copy(EXAMPLES / "estimate.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(RUNTIME.parent)
    check_example(["node", tmp_path / "estimate.mjs", exports["onnx"].path, chip.with_suffix(".rgb")], face)


@pytest.mark.slow
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
        "Calibration and labels are in a.json.",
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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exported", "exported.json"]


@pytest.mark.slow
def test_calibration_and_labels_are_beside_every_export(exports: dict[str, Export]) -> None:
    provenance = read_provenance()
    for exported in exports.values():
        contract = json.loads(contract_path(exported.path).read_text())
        assert {key: contract[key] for key in provenance.identity} == provenance.identity
        assert contract["calibration"] == json.loads(MODEL_PATH.with_name("calibration.json").read_text())
        assert contract["genders"] == list(GENDERS)
        assert np.array_equal(contract["chips"]["landmarks"], CHIP_LANDMARKS)


def test_model_without_calibration_says_so_beside_its_export(tiny: Path, tmp_path: Path) -> None:
    export(tiny, "litert", tmp_path / "tiny.tflite")
    contract = json.loads((tmp_path / "tiny.json").read_text())
    assert contract["calibration"] is None
    assert contract["sha256"] == hashlib.sha256(tiny.read_bytes()).hexdigest()


@pytest.mark.slow
def test_onnx_takes_whole_chips_and_resizes_them_itself(exports: dict[str, Export]) -> None:
    graph = onnx.load(exports["onnx"].path).graph
    (chips,) = graph.input
    shape = [side.dim_value for side in chips.type.tensor_type.shape.dim]
    assert shape == [0, CHIP_SIZE, CHIP_SIZE, 3]  # 0: any number of chips
    assert [node.op_type for node in graph.node].count("Resize") == 1


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
