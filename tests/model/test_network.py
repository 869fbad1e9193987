from pathlib import Path

import keras
import numpy as np
import pytest
from helpers.paths import ROOT

from model.network import BACKBONES, build_network

CHIPS = np.random.default_rng(0).integers(0, 256, (3, 200, 200, 3), dtype=np.uint8)

MODES: tuple[dict[str, bool], ...] = ({}, {"training": False}, {"training": True})


@pytest.mark.parametrize("name", BACKBONES)
def test_network_takes_raw_chips_and_keeps_the_contract(name: str, tmp_path: Path) -> None:
    network = build_network(name, image_size=72, dropout=0.2)
    outputs = network.predict(CHIPS, verbose=0)
    assert outputs["age"].shape == (3, 1)
    np.testing.assert_allclose(outputs["gender"].sum(1), 1, rtol=1e-5)
    if "age_distribution" in outputs:
        expected = outputs["age_distribution"] @ np.arange(117)
        np.testing.assert_allclose(outputs["age"][:, 0], expected, rtol=1e-4)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras", compile=False, safe_mode=True)
    np.testing.assert_allclose(loaded.predict(CHIPS, verbose=0)["age"], outputs["age"], rtol=1e-5)


def test_calling_the_network_is_inference_unless_training_is_requested(tmp_path: Path) -> None:
    network = build_network("efficientnet_lite0", image_size=72, dropout=0.2)
    network.save(tmp_path / "network.keras")
    for either in (network, keras.saving.load_model(tmp_path / "network.keras", compile=False)):
        called, inferred, trained = (np.asarray(either(CHIPS, **mode)["age"]) for mode in MODES)
        np.testing.assert_allclose(called, inferred, rtol=1e-5)
        assert np.abs(called - trained).max() > 0.01


def test_shipped_network_fits_the_limit_of_25_megabytes() -> None:
    path = ROOT / "model" / "age_gender.keras"
    assert path.stat().st_size <= 25_000_000


def test_unknown_network_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="efficientnet_lite0, face_resnet, face_mobilenet, vit, face_vit, cnn"):
        build_network("transformer", image_size=72, dropout=0.2)
