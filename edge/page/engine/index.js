// Everything that analyses pictures, loaded once.

import rules from "../rules.js";
import { Calibration } from "./calibration.js";
import { Cascade } from "./cascade.js";
import { Detector } from "./detector.js";
import { Estimator } from "./estimator.js";
import { Predictor } from "./predictor.js";
import { startNetworks } from "./runtime.js";

// Predictors { thorough, quick } for photos and for video, and the `device` that they run on, in words.
export async function loadPredictors(progress = () => {}) {
  const [{ networks, device }, calibration] = await Promise.all([startNetworks(progress), readCalibration()]);
  const cascade = new Cascade(networks);
  const estimator = new Estimator(networks.estimator, calibration);
  return {
    thorough: new Predictor(new Detector(cascade), estimator),
    quick: new Predictor(new Detector(cascade, rules.detector.videoSide, true), estimator),
    device,
  };
}

async function readCalibration() {
  const response = await fetch(new URL("../calibration.json", import.meta.url));
  if (!response.ok) throw new Error("calibration.json is missing on the server");
  return new Calibration(await response.json());
}
