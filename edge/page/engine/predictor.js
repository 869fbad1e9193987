// From a picture to its faces with ages and genders: model/predictor.py in JavaScript.

import rules from "../rules.js";
import { align } from "./alignment.js";
import { findWarnings } from "./quality.js";

export class Predictor {
  constructor(detector, estimator) {
    Object.assign(this, { detector, estimator });
  }

  // The faces of a picture of bytes, largest first.
  async predict(picture) {
    const found = await this.detector.detect(picture);
    return this.complete(found, found.map(({ landmarks }) => align(picture, landmarks)));
  }

  // One face per chip, in their order; nothing is detected.
  async predictAligned(chips) {
    const { size, landmarks } = rules.chip;
    return this.complete(chips.map(() => ({ box: [0, 0, size, size], landmarks, confidence: 1 })), chips);
  }

  async complete(found, chips) {
    const estimates = await this.estimator.estimate(chips);
    return found.map((face, i) => ({
      ...face,
      ...estimates[i],
      warnings: findWarnings(face.landmarks, face.confidence, chips[i]),
    }));
  }
}
