"""Exported models in their own runtimes, and what the export changed."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.labels import GENDERS
from reports.metrics import photo_scores
from train.data.utkface import Dataset
from train.export import export, load_model, size_of
from train.formats import FORMATS, require

BATCH = 32
TIMED_RUNS = 50
WARM_UP_RUNS = 5

Outputs = dict[str, NDArray[np.float32]]
Runtime = Callable[[NDArray[np.uint8]], Outputs]
"""Chips (n, 200, 200, 3) RGB uint8 in, outputs by name out, each (n, width)."""


def open_exported(name: str, path: Path) -> Runtime:
    """An exported model, ready to run on all cores.

    Args:
        name: one of `FORMATS`.
        path: what `train.export.export` wrote.

    Raises:
        ExportError: if the runtime is not installed.
    """
    require(f"Running {name}", FORMATS[name].runtime)
    return {"litert": _open_litert, "onnx": _open_onnx, "tf_saved_model": _open_saved_model}[FORMATS[name].keras_name](
        path
    )


def measure_exports(model: Path, validation: Dataset, chips: int | None = None) -> dict[str, Any]:
    """Size, time and error of every format beside the Keras model.

    Args:
        model: the saved Keras model.
        validation: the photos to measure on.
        chips: how many of them; all if none.

    Returns:
        `photos`, `cores`, and `formats`, each with `bytes`, `milliseconds` (median for one face),
        `age_mae` (years) and `gender_accuracy` (0-1); all but `keras` also with what differs from it:
        `age_change_mean`, `age_change_max` (absolute, years), `age_mae_change` and `gender_accuracy_change`.
        Nothing is calibrated.
    """
    pixels, labels = validation.chips[:chips], validation.photos[:chips]
    keras_model = load_model(model)
    reference, milliseconds = _run(lambda batch: keras_model.predict_on_batch(batch), pixels)
    before = _score(reference, labels)
    formats = {"keras": {"bytes": size_of(model), "milliseconds": milliseconds} | before}
    with tempfile.TemporaryDirectory() as folder:
        for name, chosen in FORMATS.items():
            written = export(model, name, Path(folder) / chosen.default_output.name)
            outputs, milliseconds = _run(open_exported(name, written.path), pixels)
            after = _score(outputs, labels)
            moved = np.abs(outputs["age"] - reference["age"])
            formats[name] = (
                {"bytes": written.size, "milliseconds": milliseconds}
                | after
                | {
                    "age_change_mean": _rounded(moved.mean()),
                    "age_change_max": _rounded(moved.max()),
                    "age_mae_change": _rounded(after["age_mae"] - before["age_mae"]),
                    "gender_accuracy_change": _rounded(after["gender_accuracy"] - before["gender_accuracy"]),
                }
            )
    return {"photos": len(pixels), "cores": os.cpu_count(), "formats": formats}


def _open_litert(path: Path) -> Runtime:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path), num_threads=os.cpu_count())
    signature = interpreter.get_signature_runner()

    def run(chips: NDArray[np.uint8]) -> Outputs:
        rows = [signature(chips=chip[None]) for chip in chips.astype(np.float32)]
        return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}

    return run


def _open_onnx(path: Path) -> Runtime:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda chips: dict(zip(names, session.run(names, {"chips": chips.astype(np.float32)}), strict=True))


def _open_saved_model(path: Path) -> Runtime:
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))
    return lambda chips: {name: values.numpy() for name, values in loaded.serve(chips.astype(np.float32)).items()}


def _run(runtime: Runtime, chips: NDArray[np.uint8]) -> tuple[Outputs, float]:
    """The outputs for all chips, and the median milliseconds for one."""
    seconds = []
    for _ in range(WARM_UP_RUNS + TIMED_RUNS):
        started = time.perf_counter()
        runtime(chips[:1])
        seconds.append(time.perf_counter() - started)
    batches = [runtime(chips[i : i + BATCH]) for i in range(0, len(chips), BATCH)]
    outputs = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    return outputs, round(1000 * float(np.median(seconds[WARM_UP_RUNS:])), 2)


def _score(outputs: Outputs, labels: pd.DataFrame) -> dict[str, float]:
    female = outputs["gender"][:, GENDERS.index("female")]
    means = photo_scores(labels.assign(predicted_age=outputs["age"][:, 0], female_probability=female)).mean()
    return {name: _rounded(means[name]) for name in ("age_mae", "gender_accuracy")}


def _rounded(value: float) -> float:
    return round(float(value), 4)
