// What may be said from raw outputs: model/calibration.py and the stated gender of model/face.py in JavaScript.

import rules from "../rules.js";
import { logOdds } from "./faces.js";

const LEAST = 1e-7; // probability, as the log odds of genders are kept finite in Python

export class Calibration {
  // `values`: the content of calibration.json.
  constructor(values) {
    Object.assign(this, values);
  }

  // The ends of the interval, years, from an age and the standard deviation of its distribution.
  interval(age, deviation) {
    const scale = deviation ** this.std_power;
    return [this.age_low, this.age_high].map((ends) => {
      const end = age + interpolate(age, this.ages, ends) * scale;
      return Math.min(Math.max(end, 0), rules.maxAge);
    });
  }

  // The calibrated probability of "female" from the network's raw one.
  female(raw) {
    return 1 / (1 + Math.exp(-logOdds(raw, LEAST) / this.gender_temperature));
  }
}

// { gender, genderProbability, statedGender } from the calibrated probability of "female".
export function genderOf(female) {
  const gender = rules.genders[Number(female >= 0.5)];
  const genderProbability = Math.max(female, 1 - female);
  const statedGender = genderProbability >= rules.certainGender ? gender : rules.uncertain;
  return { gender, genderProbability, statedGender };
}

export const femaleProbability = ({ gender, genderProbability }) =>
  gender === "female" ? genderProbability : 1 - genderProbability;

export const femaleLogOdds = (face) => logOdds(femaleProbability(face), LEAST);

// Linear between the points, constant beyond them, as numpy.interp.
function interpolate(x, xs, ys) {
  const right = xs.findIndex((value) => value >= x);
  if (right <= 0) return right ? ys.at(-1) : ys[0];
  const share = (x - xs[right - 1]) / (xs[right] - xs[right - 1]);
  return ys[right - 1] + share * (ys[right] - ys[right - 1]);
}
