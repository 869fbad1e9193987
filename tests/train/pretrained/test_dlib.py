import struct
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from model import Predictor
from model.network import build_network
from train.pretrained.dlib import FILE, PACKAGE, load_backbone, read_tensors
from train.pretrained.files import PretrainedWeightsError, find_weights


def untrained() -> keras.Model:
    return build_network("face_resnet", image_size=136, dropout=0.3)


def packed(value: int) -> bytes:
    data = value.to_bytes(4, "little").rstrip(b"\0")
    return bytes([len(data)]) + data


def tensor(values: np.ndarray, shape: tuple[int, int, int, int]) -> bytes:
    return b"\x01\x02" + b"".join(packed(n) for n in shape) + struct.pack(f"<{values.size}f", *values.ravel())


def test_tensors_are_read_in_order_between_other_bytes() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=300).astype("f4"), rng.normal(size=(64, 5)).astype("f4")
    data = b"layer 3\x00\x01\x02" + tensor(first, (300, 1, 1, 1)) + b"\x05\x01options" + tensor(second, (64, 5, 1, 1))
    found = list(read_tensors(data))
    np.testing.assert_array_equal(found[0], first)
    np.testing.assert_array_equal(found[1], second.ravel())
    assert len(found) == 2


def test_file_of_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.dat"
    path.write_bytes(tensor(np.ones(64, "f4"), (64, 1, 1, 1)))
    with pytest.raises(PretrainedWeightsError, match="29 convolutions"):
        load_backbone(
            build_network("face_resnet", image_size=136, dropout=0.3), path, np.zeros((2, 200, 200, 3), np.uint8)
        )


def test_pretrained_backbone_tells_faces_apart(predictor: Predictor, hopper: np.ndarray, collins: np.ndarray) -> None:
    from model.alignment import align

    chips = [align(photo, np.array(predictor.predict(photo)[0].landmarks)) for photo in (hopper, collins)]
    turn = cv2.getRotationMatrix2D((100, 100), 6, 1.0)
    turned = [cv2.warpAffine(chip, turn, (200, 200), borderMode=cv2.BORDER_REPLICATE) for chip in chips]
    faces = np.stack([*chips, *turned])

    network = untrained()
    load_backbone(network, find_weights(PACKAGE, FILE), np.concatenate([faces] * 4))
    backbone = keras.Model(network.input, network.get_layer("pool").output)
    embedding = list(read_tensors(find_weights(PACKAGE, FILE).read_bytes()))[-1].reshape(256, 128)
    a, b, a_turned, b_turned = np.asarray(backbone(faces.astype("float32"), training=False)) @ embedding
    # dlib calls two faces one person if they are closer than 0.6.
    assert np.linalg.norm(a - a_turned) < 0.5
    assert np.linalg.norm(b - b_turned) < 0.5
    assert np.linalg.norm(a - b) > 0.6
