"""Which model answered: what tables, answers and exports say, so that it is still known years later."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.calibration import Calibration


def sha256_of(path: Path) -> str:
    """The digest of a file in hexadecimal, as `sha256sum` prints it.

    Raises:
        OSError: if it cannot be read.
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Provenance:
    """The model behind an estimate.

    version: of the project.
    sha256: of the `.keras` file.
    calibration_sha256: of the calibration file.
    calibration: what that file contains.
    """

    version: str
    sha256: str
    calibration_sha256: str
    calibration: Calibration

    @property
    def identity(self) -> dict[str, str]:
        """The version and the digest of the model: enough to tell one from another."""
        return {"version": self.version, "sha256": self.sha256}

    @property
    def columns(self) -> dict[str, str]:
        """The same with the digest of the calibration, under names that can stand in a table of faces."""
        return {
            "model_version": self.version,
            "model_sha256": self.sha256,
            "calibration_sha256": self.calibration_sha256,
        }

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        return {
            **self.identity,
            "calibration_sha256": self.calibration_sha256,
            "calibration": self.calibration.to_json(),
        }

    def to_metadata(self) -> dict[str, str]:
        """All of it as texts, for the metadata of a Parquet file; the calibration in JSON."""
        return {**self.columns, "calibration": json.dumps(self.calibration.to_json())}
