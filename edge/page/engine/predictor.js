// From a picture to its faces with ages and genders: model/predictor.py in JavaScript.

import rules from "../rules.js";
import { align } from "./alignment.js";
import { findWarnings, mayBeFace } from "./quality.js";

export class Predictor {
  constructor(detector, estimator) {
    Object.assign(this, { detector, estimator });
  }

  // The faces of a picture of bytes, largest first.
  async predict(picture) {
    const found = await this.detector.detect(picture);
    const faces = await this.complete(found, found.map(({ landmarks }) => align(picture, landmarks)));
    return faces.filter(mayBeFace);
  }

  // One face per chip, in their order; nothing is detected.
  async predictAligned(chips) {
    const { size, landmarks } = rules.chip;
    return this.complete(chips.map(() => ({ box: [0, 0, size, size], landmarks, confidence: 1 })), chips);
  }

  async complete(found, chips) {
    const estimates = await this.estimator.estimate(chips);
    return found.map((detection, i) => {
      const face = { ...detection, ...estimates[i] };
      return { ...face, warnings: findWarnings(face, chips[i]) };
    });
  }
}
