"""`requirements.lock` pins what `requirements-serve.txt` asks for, with hashes, and names no registry."""

import re
from collections.abc import Iterator

from helpers.paths import ROOT
from packaging.requirements import Requirement

LOCK = (ROOT / "requirements.lock").read_text()
PINNED = [Requirement(line) for line in re.findall(r"^([a-z0-9][^\n\\]+)", LOCK, re.MULTILINE)]


def wanted() -> Iterator[Requirement]:
    for line in (ROOT / "requirements-serve.txt").read_text().splitlines():
        if requirement := line.partition("#")[0].strip():
            yield Requirement(requirement)


def test_every_requirement_is_pinned_to_a_version_that_it_allows() -> None:
    for requirement in wanted():
        pinned = [pin for pin in PINNED if pin.name == requirement.name]
        assert pinned, f"{requirement} is not in requirements.lock. Run .ci/lock"
        for pin in pinned:
            (version,) = pin.specifier
            assert version.operator == "=="
            assert requirement.specifier.contains(version.version), f"{pin} is not {requirement}. Run .ci/lock"


def test_every_package_has_hashes_and_nothing_names_a_registry() -> None:
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(PINNED) > 40
    for block in blocks:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block
    assert not re.search(r"https?:|file:|index-url|find-links|://", LOCK)


def test_container_installs_the_lock() -> None:
    assert "--require-hashes -r requirements.lock" in (ROOT / "Dockerfile").read_text()
    assert "!requirements.lock" in (ROOT / ".dockerignore").read_text().splitlines()
