"""What a program needs beside an exported network: calibration, labels, and what it expects of a chip."""

from pathlib import Path
from typing import Any

from model.alignment import CHIP_LANDMARKS, CHIP_SIZE
from model.estimator import read_provenance
from model.face import CERTAIN_GENDER, UNCERTAIN
from model.labels import GENDERS, MAX_AGE
from model.provenance import sha256_of
from model.version import VERSION


def contract_of(model: Path) -> dict[str, Any]:
    """The contract of a saved model as plain JSON values, the same for every format.

    `version`, `sha256`, `calibration_sha256` and `calibration` are those of `model.provenance.Provenance`; without a
    calibration beside the model, `calibration` is null. `chips` is the size and the places of left eye, right eye,
    nose, left and right mouth corner, as the viewer sees them, pixels. Which output is which says `train.export`.

    Raises:
        ModelError: if the calibration is damaged.
        OSError: if the model cannot be read.
    """
    if model.with_name("calibration.json").is_file():
        provenance = read_provenance(model).to_json()
    else:
        provenance = {"version": VERSION, "sha256": sha256_of(model), "calibration": None}
    return provenance | {
        "chips": {"width": CHIP_SIZE, "height": CHIP_SIZE, "landmarks": CHIP_LANDMARKS.tolist()},
        "genders": list(GENDERS),
        "years": [0, MAX_AGE],
        "certain_gender": CERTAIN_GENDER,
        "uncertain": UNCERTAIN,
    }
