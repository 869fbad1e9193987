"""ONNX Runtime computes what Keras does."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from model.alignment import CHIP_SIZE
from model.estimator import MODEL_PATH
from model.network import build_network
from model.onnx.runtime import OnnxRuntime, load_runtime

CHIPS = np.random.default_rng(0).integers(0, 256, (3, CHIP_SIZE, CHIP_SIZE, 3), dtype=np.uint8)


def compare(path: Path) -> None:
    runtime = load_runtime(path)
    assert isinstance(runtime, OnnxRuntime)
    found, expected = runtime(CHIPS), keras.saving.load_model(path, compile=False).predict_on_batch(CHIPS)
    assert found.keys() == expected.keys()
    np.testing.assert_allclose(found["age"], expected["age"], atol=1e-3)  # years
    for name in found.keys() - {"age"}:
        np.testing.assert_allclose(found[name], expected[name], atol=1e-4)


def test_shipped_model_gives_what_keras_gives() -> None:
    compare(MODEL_PATH)


@pytest.mark.parametrize("image_size", [75, 80])
@pytest.mark.parametrize("name", ["efficientnet_lite0", "face_resnet", "face_mobilenet", "cnn"])
def test_every_convolutional_network_gives_what_keras_gives(name: str, image_size: int, tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    network = build_network(name, image_size=image_size, dropout=0.2)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):  # as after training, where each has its own
            layer.moving_mean.assign(np.random.default_rng(2).normal(0, 0.2, layer.moving_mean.shape))
            layer.moving_variance.assign(np.random.default_rng(3).uniform(0.5, 2, layer.moving_variance.shape))
    network.save(tmp_path / "network.keras")
    compare(tmp_path / "network.keras")


def test_network_with_other_layers_is_run_by_keras_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    network = build_network("vit", image_size=32, dropout=0.0)
    network.save(tmp_path / "vit.keras")
    runtime = load_runtime(tmp_path / "vit.keras")
    assert not isinstance(runtime, OnnxRuntime)
    assert runtime(CHIPS)["age"].shape == (3, 1)
    (line,) = caplog.messages
    assert line.startswith("vit.keras is run by TensorFlow")


def test_options_that_have_no_operator_are_run_by_keras(tmp_path: Path) -> None:
    chips = keras.Input((CHIP_SIZE, CHIP_SIZE, 3))
    x = keras.layers.Resizing(16, 16)(chips)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.ReLU(negative_slope=0.5)(x))
    keras.Model(chips, {"age": keras.layers.Dense(1)(x)}).save(tmp_path / "leaky.keras")
    assert not isinstance(load_runtime(tmp_path / "leaky.keras"), OnnxRuntime)


def test_predictions_do_without_tensorflow() -> None:
    # In a process of its own, since the tests beside this one load it.
    code = (
        "import sys; import numpy as np; from model import Predictor;"
        "Predictor().predict_aligned(np.zeros((1, 200, 200, 3), np.uint8));"
        "print([name for name in ('tensorflow', 'keras', 'mtcnn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=MODEL_PATH.parent.parent, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
