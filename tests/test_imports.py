"""Imports point down only: pages → components → reports → model, train → reports, api → model.

Read from the source, so that imports inside functions count too.
"""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from helpers.paths import ROOT

BELOW = {
    "model": set(),
    "edge": {"model"},
    "reports": {"model"},
    "components": {"reports", "model"},
    "pages": {"components", "reports", "model"},
    "streamlit_app": {"components"},
    "api": {"model"},
    "server": {"api", "components", "model"},
    "train": {"reports", "model"},
    "benchmarks": {"components", "edge", "reports", "model"},
}
"""What each folder or file at the root may import besides itself."""

KERAS = {"model.network", "model.backbones"}
"""The architectures, which training needs and predictions do not."""


@cache
def modules() -> dict[str, Path]:
    """The project's own modules, without tests, by name."""
    paths = [path for name in BELOW for path in (ROOT / name).rglob("*.py")] + list(ROOT.glob("*.py"))
    return {_name(path): path for path in paths}


@cache
def imports(module: str, inside_functions: bool = True) -> frozenset[str]:
    """The full names that a module imports."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if inside_functions else tree.body
    return frozenset(name for node in nodes for name in _imported(node))


def imported_modules(module: str) -> set[str]:
    """The project's own modules among what a module imports."""
    names = {name if name in modules() else name.rpartition(".")[0] for name in imports(module)}
    return (names & modules().keys()) - {module}


def folder(module: str) -> str:
    return module if modules()[module].name == "__init__.py" else module.rpartition(".")[0]


def test_all_folders_with_code_have_a_place() -> None:
    assert {name.partition(".")[0] for name in modules()} == set(BELOW)
    assert {path.name for path in ROOT.iterdir() if any(path.glob("*.py"))} - {"tests"} < set(BELOW)


@pytest.mark.parametrize("package", BELOW)
def test_package_imports_only_what_is_below_it(package: str) -> None:
    own = [name for name in modules() if name.partition(".")[0] == package]
    ours = set(BELOW) | {"tests", "helpers"}
    found = {f"{name} imports {other}" for name in own for other in imports(name) if other.partition(".")[0] in ours}
    allowed = BELOW[package] | {package}
    assert own
    assert not {line for line in found if line.rpartition(" ")[2].partition(".")[0] not in allowed}


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert imported_modules("model.predictor") >= {"model.face", "model.estimator"}
    _assert_no_circle({name: imported_modules(name) for name in modules()})


def test_no_folders_beside_each_other_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for name in modules():
        parent = folder(name).rpartition(".")[0]
        beside = {folder(other) for other in imported_modules(name)} - {folder(name)}
        graph.setdefault(folder(name), set()).update(b for b in beside if b.rpartition(".")[0] == parent)
    assert "model.detection" in graph["model.video"]
    _assert_no_circle(graph)


def test_predictions_need_no_streamlit_pandas_or_keras() -> None:
    for name in [name for name in modules() if name.partition(".")[0] == "model"]:
        found = {other.partition(".")[0] for other in imports(name)}
        assert not found & {"streamlit", "pandas", "tensorflow"}, name
        if name not in KERAS:
            # ONNX Runtime's module falls back on Keras for networks that it does not know.
            assert "keras" not in {other.partition(".")[0] for other in imports(name, inside_functions=False)}, name
            assert not imported_modules(name) & KERAS, name


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _assert_no_circle(graph: dict[str, set[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" ← ".join(error.args[1]))
