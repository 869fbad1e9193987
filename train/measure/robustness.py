"""How the model's errors grow as photos degrade: every perturbation at every strength, over labelled photos."""

from typing import Any

import numpy as np
from tqdm import tqdm

from model.estimator import Estimator, RawEstimates
from model.inspection.perturbations import PERTURBATIONS
from model.inspection.quality import sharpness
from reports.metrics import score
from train.data.utkface import Dataset
from train.evaluation import predictions_table

REPORTED = ("age_mae", "age_bias", "gender_accuracy", "interval_coverage")
CHUNK = 256  # photos perturbed at once: 30 MB


def measure_robustness(dataset: Dataset, estimator: Estimator, progress: bool = True) -> dict[str, Any]:
    """Scores of the same photos under each perturbation, one at a time.

    Returns:
        `photos`, how many there are, and `perturbations`: by name, one row per strength with `strength`, `sharpness`
        (median variance of the Laplacian, see `model.inspection.quality`), and each of `REPORTED` as in `report.json`.
        The neutral strength is measured once, for all.
    """
    steps = sum(len(perturbation.strengths) - 1 for perturbation in PERTURBATIONS.values()) + 1
    bar = tqdm(total=steps * len(dataset.chips), desc="Estimating", unit=" photos", disable=None if progress else True)
    some = next(iter(PERTURBATIONS))
    unchanged = _score(dataset, estimator, some, PERTURBATIONS[some].neutral, bar)
    rows = {
        name: [
            {"strength": strength}
            | (unchanged if strength == perturbation.neutral else _score(dataset, estimator, name, strength, bar))
            for strength in perturbation.strengths
        ]
        for name, perturbation in PERTURBATIONS.items()
    }
    bar.close()
    return {"photos": len(dataset.chips), "perturbations": rows}


def _score(dataset: Dataset, estimator: Estimator, name: str, strength: float, bar: tqdm) -> dict[str, Any]:
    estimates, sharp = [], []
    for start in range(0, len(dataset.chips), CHUNK):
        chips = [PERTURBATIONS[name].apply(chip, strength) for chip in dataset.chips[start : start + CHUNK]]
        estimates.append(estimator.network.estimate(np.stack(chips)))
        sharp += [sharpness(chip) for chip in chips]
        bar.update(len(chips))
    columns = zip(*((part.age, part.age_std, part.female) for part in estimates), strict=True)
    raw = RawEstimates(*(np.concatenate(column) for column in columns))
    scores = score(predictions_table(raw, dataset.photos, estimator.calibration))
    return {"sharpness": round(float(np.median(sharp)), 2)} | {metric: scores[metric] for metric in REPORTED}
