"""What people expect of a repository: documents that lead somewhere, and a server that installs little."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.paths import ROOT

from model.version import VERSION

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "model/README.md", ROOT / "samples/README.md"])
SERVED = ("api", "components", "model", "pages", "reports", "server.py", "streamlit_app.py")
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target, anchor in LINK.findall(document.read_text()):
        path = document.parent / target if target else document
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
            assert anchor in [heading.lower().replace(" ", "-") for heading in headings], anchor


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= 7_000


def test_lines_that_the_ci_script_runs_are_in_the_documents() -> None:
    assert re.search(r"^python3 -m venv .*pytest", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert re.search(r"^npm pack \S+", (ROOT / "docs/training.md").read_text(), re.MULTILINE)


def test_serving_installs_no_tensorflow_and_the_exact_mtcnn() -> None:
    packages = re.findall(r"^([\w-]+)(\S*)", (ROOT / "requirements-serve.txt").read_text(), re.MULTILINE)
    assert not {"tensorflow", "keras"} & {name for name, _ in packages}
    assert ("mtcnn", "==1.0.0") in packages


def test_everything_the_server_imports_goes_into_the_image() -> None:
    copied = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    needed = {name for name in _imported_names() if (ROOT / name).is_dir()}
    assert needed | set(SERVED) <= copied


def test_changelog_and_citation_name_the_version() -> None:
    assert f"\n## [{VERSION}] - " in (ROOT / "CHANGELOG.md").read_text()
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text()


def _imported_names() -> Iterator[str]:
    """The first part of the name of every module that the served code imports."""
    for served in SERVED:
        path = ROOT / served
        for file in path.rglob("*.py") if path.is_dir() else [path]:
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module:
                    yield node.module.partition(".")[0]
                elif isinstance(node, ast.Import):
                    yield from (alias.name.partition(".")[0] for alias in node.names)
