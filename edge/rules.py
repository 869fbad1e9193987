"""What the page must share with Python: constants, thresholds and sentences, written into `rules.js`."""

import json
from typing import Any

from model import alignment, calibration, face, labels, palette
from model.detection import cascade, detector, filling, orientation
from model.estimator import BATCH_SIZE
from model.inspection import quality
from model.onnx.keras import KerasGraph
from model.video import analyser, tracking


def rules_script(network: KerasGraph, model: dict[str, str]) -> str:
    """A JavaScript module that exports the rules.

    Args:
        network: that the page runs.
        model: what identifies it: its version and digest.
    """
    return f"export default {json.dumps(_rules(network, model), indent=2)};\n"


def _rules(network: KerasGraph, model: dict[str, str]) -> dict[str, Any]:
    return {
        "model": model,
        "network": {"size": network.size, "outputs": list(network.outputs), "batch": BATCH_SIZE},
        "chip": {"size": alignment.CHIP_SIZE, "landmarks": alignment.CHIP_LANDMARKS.tolist()},
        "genders": labels.GENDERS,
        "maxAge": labels.MAX_AGE,
        "coverage": calibration.COVERAGE,
        "certainGender": face.CERTAIN_GENDER,
        "uncertain": face.UNCERTAIN,
        "colours": palette.GENDER_COLORS,
        "textColours": palette.TEXT_COLORS,
        "cascade": {
            "minFace": cascade.MIN_FACE,
            "window": cascade.WINDOW,
            "stride": cascade.STRIDE,
            "pyramidStep": cascade.PYRAMID_STEP,
            "windowScores": cascade.WINDOW_SCORES,
            "cropsAtOnce": cascade.CROPS_AT_ONCE,
            "tiny": cascade.TINY,
        },
        "detector": {
            "maxSide": detector.MAX_SIDE,
            "videoSide": analyser.DETECTION_SIDE,
            "minSide": detector.MIN_SIDE,
            "hintScale": detector.HINT_SCALE,
            "thoroughHintScale": detector.THOROUGH_HINT_SCALE,
            "minHintSide": detector.MIN_HINT_SIDE,
            "minConfidence": detector.MIN_CONFIDENCE,
            "large": detector.LARGE,
            "maxTilt": detector.MAX_TILT,
            "sureConfidence": detector.SURE_CONFIDENCE,
        },
        "orientation": {
            "samePlace": orientation.SAME_PLACE,
            "tiltDoubt": orientation.TILT_DOUBT,
            "otherWayConfidence": orientation.OTHER_WAY_CONFIDENCE,
            "hintConfidence": orientation.HINT_CONFIDENCE,
        },
        "filling": {
            "side": filling.SIDE,
            "canvas": filling.CANVAS,
            "grey": filling.GREY,
            "minShare": filling.MIN_SHARE,
            "windowScores": filling.WINDOW_SCORES,
            "uprightWays": filling.UPRIGHT_WAYS,
            "allWays": filling.ALL_WAYS,
        },
        "quality": {
            "minConfidence": detector.SURE_CONFIDENCE,
            "maxInterval": quality.MAX_INTERVAL,
            "minEyeDistance": quality.MIN_EYE_DISTANCE,
            "minSharpness": quality.MIN_SHARPNESS,
            "maxTurn": quality.MAX_TURN,
            "maxTilt": quality.MAX_TILT,
            "warnings": quality.WARNINGS,
        },
        "tracking": {
            "unit": analyser.UNIT,
            "minIou": tracking.MIN_IOU,
            "minSightings": tracking.MIN_SIGHTINGS,
            "maxUnseen": tracking.MAX_UNSEEN,
            "maxStep": tracking.MAX_STEP,
            "smoothingTime": tracking.SMOOTHING_TIME,
            "alpha": tracking.ALPHA,
            "beta": tracking.BETA,
            "noticeableAge": float(tracking.NOTICEABLE[0]),
            "noticeableOdds": float(tracking.NOTICEABLE[3]),
            "noticeableWarning": float(tracking.NOTICEABLE[4]),
        },
    }
