"""A face chip to age, 80% interval and gender, with NumPy and LiteRT or ONNX Runtime: nothing of this project.

python -m train export --format litert
python docs/examples/estimate.py exports/age_gender.tflite chip.png
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image


def run(model: Path, chips: np.ndarray) -> dict[str, np.ndarray]:
    if model.suffix == ".onnx":
        from onnxruntime import InferenceSession

        session = InferenceSession(model)
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, {"chips": chips}), strict=True))
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(str(model)).get_signature_runner()(chips=chips)


model, picture = map(Path, sys.argv[1:])
contract = json.loads(model.with_suffix(".json").read_text())
calibration = contract["calibration"]
out = run(model, np.asarray(Image.open(picture).convert("RGB"), np.float32)[None])  # 200 x 200 pixels

age, probability = float(out["age"][0, 0]), out["age_distribution"][0]
std = np.sqrt(probability @ (np.arange(len(probability)) - age) ** 2) ** calibration["std_power"]
low, high = (age + np.interp(age, calibration["ages"], calibration[end]) * std for end in ("age_low", "age_high"))
odds = np.log(np.clip(out["gender"][0], 1e-7, 1)) / calibration["gender_temperature"]
genders = dict(zip(contract["genders"], np.exp(odds) / np.exp(odds).sum(), strict=True))
gender = max(genders, key=lambda name: genders[name])
stated = gender if genders[gender] >= contract["certain_gender"] else contract["uncertain"]
youngest, oldest = contract["years"]
interval = [max(youngest, float(low)), min(oldest, float(high))]
print(json.dumps({"age": age, "interval": interval, "stated_gender": stated}))
