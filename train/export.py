"""The trained network in the formats of other runtimes, through Keras' own export.

    format        what is written                  batch  runs in
    litert        exports/age_gender.tflite        1      LiteRT: phones, small computers, the browser
    litert-int8   exports/age_gender_int8.tflite   1      the same, at a quarter of the size
    onnx          exports/age_gender.onnx          any    ONNX Runtime and what else reads ONNX
    savedmodel    exports/age_gender_savedmodel/   any    TensorFlow and TensorFlow Serving

All have the contract of `model.network`, with these names, types and shapes:

    input   "chips"             float32 (batch, 200, 200, 3), RGB, 0-255: a face chip as `model.alignment` cuts it
    output  "age"               float32 (batch, 1), years
            "gender"            float32 (batch, 2), probabilities in the order of `GENDERS`, before calibration
            "age_distribution"  float32 (batch, 117), probability of each year 0-116 (not of the plain CNN)

Beside each, a JSON file of the same name has the calibration, the labels and the rest of what a program needs to give
the answers of `model.Predictor` (`train.contract`). The resizing to the network's own size is part of every format.

LiteRT files hold one chip, as the accelerators of phones want fixed shapes, and only LiteRT's own operators.

`litert-int8` stores weights in 8 bits and quantises activations while it runs (dynamic range), so that it needs no
photos and its inputs and outputs stay float. Quantising the activations too, to ranges measured on 200 train chips
(full integer), moved the ages by more than half a year on average with two pretrained backbones, and is not offered.
https://ai.google.dev/edge/litert/models/post_training_quantization
"""

import contextlib
import json
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from model.alignment import CHIP_SIZE
from model.estimator import reading
from model.labels import GENDERS, MAX_AGE
from model.writing import atomic_write_text
from train.contract import contract_of
from train.formats import FORMATS, ExportError, require

MEANING = {
    "age": "years",
    "gender": f"probability of {', '.join(GENDERS)}",
    "age_distribution": f"probability of each year 0-{MAX_AGE}",
}


def load_model(path: Path) -> keras.Model:
    """Loads a saved Keras model without its optimizer.

    Raises:
        ModelError: if the file is missing or unreadable.
    """
    with reading(path):
        return keras.saving.load_model(path, compile=False)


@dataclass(frozen=True)
class Export:
    """What was written: its size in bytes, its batch size (none: any), and the width of each output by name."""

    path: Path
    size: int
    batch: int | None
    outputs: dict[str, int]


def export(model: Path, name: str, output: Path) -> Export:
    """Writes a saved Keras model in the format `name`; `output` is there whole or not at all.

    Raises:
        ModelError: if the model is missing or unreadable.
        ExportError: if a package is missing, or `output` is no fitting path.
    """
    chosen = FORMATS[name]
    require(f"Exporting to {name}", *chosen.writers)
    if keras.backend.backend() != "tensorflow":
        raise ExportError("Exporting needs TensorFlow as Keras' backend. Run it with KERAS_BACKEND=tensorflow.")
    import tensorflow as tf  # not above: training does without it on the other backends

    _check_output(name, output)
    network = _for_inference(load_model(model))
    signature = [keras.InputSpec(shape=(chosen.batch, *network.input_shape[1:]), dtype="float32", name="chips")]
    try:
        with warnings.catch_warnings(), _unfinished_folder(output) as folder:
            warnings.simplefilter("ignore", FutureWarning)  # Keras looks for `np.object` before it calls tf2onnx
            unfinished = folder / output.name
            network.export(
                unfinished, chosen.keras_name, verbose=False, input_signature=signature, **_converter_options(name)
            )
            contract = folder / contract_path(output).name
            atomic_write_text(contract, json.dumps(contract_of(model), indent=2) + "\n")
            # The old export goes first and the new one comes last, so that none ever lies beside another's contract.
            if output.exists():
                output.rename(folder / "before")
            contract.replace(contract_path(output))
            unfinished.replace(output)
    except OSError as error:
        raise ExportError(f"{output} cannot be written: {error.strerror}. Name another --output.") from error
    except tf.errors.OpError as error:  # of its own file system, whose messages are not for people
        raise ExportError(f"{output} cannot be written: the disk is full or read-only.") from error
    widths = {key: values.shape[-1] for key, values in network.output.items()}
    return Export(output, size_of(output), chosen.batch, widths)


def contract_path(output: Path) -> Path:
    """The file beside an export that has its calibration and labels."""
    return output.with_suffix(".json")


@contextlib.contextmanager
def _unfinished_folder(output: Path) -> Iterator[Path]:
    """A folder beside `output` for the time of an export; one that a killed export left there goes first."""
    folder = output.with_name(f".{output.name}.unfinished")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def describe(exported: Export) -> str:
    """The contract of an exported model, for people."""
    batch = "n" if exported.batch is None else exported.batch
    lines = [
        f"Wrote {exported.path} ({exported.size / 1e6:.1f} MB).",
        f"Input   chips             ({batch}, {CHIP_SIZE}, {CHIP_SIZE}, 3) float32, RGB, 0-255",
    ]
    for key, width in sorted(exported.outputs.items()):
        lines.append(f"Output  {key:<17} ({batch}, {width}) float32, {MEANING[key]}")
    lines.append(f"Calibration and labels are in {contract_path(exported.path)}.")
    return "\n".join(lines)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    return sum(file.stat().st_size for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())


def _check_output(name: str, output: Path) -> None:
    suffix = FORMATS[name].default_output.suffix
    if suffix and output.suffix != suffix:
        raise ExportError(f"The output of {name} must end in {suffix}. Received: {output}")
    # What is replaced is an earlier export and nothing else.
    if output.is_dir() and (suffix or not (output / "saved_model.pb").is_file()):
        raise ExportError(f"{output} is a folder with other files. Name another --output.")


def _for_inference(network: keras.Model) -> keras.Model:
    """The network with inference written into its graph.

    Keras traces `network(chips)` for ONNX and SavedModel, and `Resizing`, whose default is `training=True`, puts the
    batch normalisation after it into training mode there (Keras 3.15; https://github.com/keras-team/keras/pull/23166).
    """
    chips = keras.Input(network.input_shape[1:], name="chips")
    return keras.Model(chips, _with_plain_constants(network)(chips, training=False))


def _with_plain_constants(network: keras.Model) -> keras.Model:
    """A copy without the tensors that `Normalization` holds, which tf2onnx loses in a network inside another one."""

    def copy(layer: keras.Layer) -> keras.Layer:
        config = layer.get_config()
        if not isinstance(layer, keras.layers.Normalization):
            return layer.__class__.from_config(config)
        mean, deviation = np.array(config["mean"]), np.sqrt(config["variance"])
        return keras.layers.Rescaling((1 / deviation).tolist(), (-mean / deviation).tolist(), name=layer.name)

    copied = keras.models.clone_model(network, clone_function=copy)
    copied.set_weights(network.get_weights())
    return copied


def _converter_options(name: str) -> dict[str, Any]:
    """Settings of `tf.lite.TFLiteConverter`."""
    if FORMATS[name].keras_name != "litert":
        return {}
    import tensorflow as tf

    options: dict[str, Any] = {"target_spec": {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}}
    if name == "litert-int8":
        options["optimizations"] = [tf.lite.Optimize.DEFAULT]
    return options
