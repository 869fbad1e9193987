"""The formats that the model is exported to, apart from the export so that they can be read without loading Keras."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from model.errors import UserError


class ExportError(UserError):
    """The model cannot be exported or run; the message says what to do."""


@dataclass(frozen=True)
class Format:
    """What Keras calls a format, where it goes, its batch size (none: any), and the modules that write and run it."""

    keras_name: str
    default_output: Path
    batch: int | None
    writers: tuple[str, ...] = ()
    runtime: str = "tensorflow"


FORMATS = {
    "litert": Format("litert", Path("exports/age_gender.tflite"), 1, runtime="ai_edge_litert"),
    "litert-int8": Format("litert", Path("exports/age_gender_int8.tflite"), 1, runtime="ai_edge_litert"),
    "onnx": Format("onnx", Path("exports/age_gender.onnx"), None, ("onnx", "tf2onnx"), "onnxruntime"),
    "savedmodel": Format("tf_saved_model", Path("exports/age_gender_savedmodel"), None),
}


def require(purpose: str, *modules: str) -> None:
    """Checks that optional modules are installed.

    Raises:
        ExportError: if one is missing.
    """
    if missing := [module for module in modules if importlib.util.find_spec(module) is None]:
        raise ExportError(f"{purpose} needs {' and '.join(missing)}: pip install -r requirements-export.txt")
