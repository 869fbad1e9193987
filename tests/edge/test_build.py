"""The folder of the page: complete, installable, and built over nothing but its own earlier builds."""

import json
import re
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from edge import build as building
from edge.__main__ import main
from edge.build import PAGE, BuildError, build
from edge.networks import detector_files, estimator_graph, halved
from model import read_image

ICONS = PAGE / "icons"


def test_weights_in_half_precision_give_the_same_outputs() -> None:
    graph = estimator_graph()
    pixels = np.random.default_rng(0).uniform(0, 255, (2, *graph.size, 3)).astype(np.float32)
    names = list(graph.outputs.values())
    whole, half = (
        onnxruntime.InferenceSession(content).run(names, {graph.input: pixels})
        for content in (graph.onnx, halved(graph.onnx))
    )
    assert len(halved(graph.onnx)) < 0.55 * len(graph.onnx)
    for output, other in zip(whole, half, strict=True):
        np.testing.assert_allclose(other, output, atol=5e-3)


def test_detector_has_its_three_networks() -> None:
    files = detector_files()
    assert list(files) == ["proposal", "refinement", "output"]
    shapes = [onnxruntime.InferenceSession(content).get_inputs()[0].shape for content in files.values()]
    assert [shape[2] for shape in shapes] == ["height", 24, 48]


def test_icons_of_the_manifest_are_there_in_their_sizes() -> None:
    manifest = json.loads((PAGE / "manifest.webmanifest").read_text())
    assert manifest["display"] == "standalone"
    pictures = {icon["src"]: icon["sizes"] for icon in manifest["icons"] if icon["type"] == "image/png"}
    assert {"192x192", "512x512"} <= set(pictures.values())
    for name, sizes in pictures.items():
        height, width, _ = read_image(PAGE / name).shape
        assert sizes == f"{width}x{height}"
    assert read_image(ICONS / "icon-180.png").shape == (180, 180, 3)


def test_modules_import_only_files_of_the_page() -> None:
    written = {"rules.js", "files.js"}  # when the page is built
    for path in PAGE.rglob("*.js"):
        for name in re.findall(r'(?:from|import) "(.*?)"', path.read_text()):
            assert name.startswith("."), name
            target = (path.parent / name).resolve()
            assert target.is_file() or target.name in written, f"{path.name} imports {name}"


def test_folder_with_other_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BuildError, match="already exists"):
        build(tmp_path)
    assert main(["build", "--output", str(tmp_path)]) == 1
    assert "Name another --output." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_missing_npm_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "RUNTIME", tmp_path / "onnxruntime-web" / "dist")
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(BuildError, match="needs npm"):
        build(tmp_path / "page")
    assert not (tmp_path / "page").exists()
