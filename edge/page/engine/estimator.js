// Ages with intervals and genders from chips: model/estimator.py in JavaScript.

import rules from "../rules.js";
import { genderOf } from "./calibration.js";
import { LINEAR, resize, toFloats } from "./pictures.js";

const [HEIGHT, WIDTH] = rules.network.size;
const MIN_VARIANCE = 1e-3; // years squared

export class Estimator {
  // `network`: a function from (floats, shape) to its outputs.
  constructor(network, calibration) {
    Object.assign(this, { network, calibration });
  }

  // { age, ageLow, ageHigh, gender, genderProbability, statedGender } of each chip.
  async estimate(chips) {
    const estimates = [];
    for (let start = 0; start < chips.length; start += rules.network.batch) {
      estimates.push(...(await this.estimateTogether(chips.slice(start, start + rules.network.batch))));
    }
    return estimates;
  }

  async estimateTogether(chips) {
    const pixels = new Float32Array(chips.length * WIDTH * HEIGHT * 3);
    chips.forEach((chip, i) => interleave(resize(toFloats(chip), WIDTH, HEIGHT, LINEAR), pixels, i));
    const results = await this.network(pixels, [chips.length, HEIGHT, WIDTH, 3]);
    const outputs = Object.fromEntries(rules.network.outputs.map((name, k) => [name, results[k]]));
    return chips.map((_, i) => {
      const [row, [age], genders] = ["age_distribution", "age", "gender"].map((name) => rowOf(outputs[name], i));
      const [ageLow, ageHigh] = this.calibration.interval(age, deviation(age, row));
      return { age, ageLow, ageHigh, ...genderOf(this.calibration.female(genders[rules.genders.indexOf("female")])) };
    });
  }
}

const rowOf = (output, i) => output && output.data.subarray(i * output.dims[1], (i + 1) * output.dims[1]);

// The standard deviation of an age distribution, years; 1 for a network without distributions.
function deviation(age, distribution) {
  if (!distribution) return 1;
  const variance = distribution.reduce((sum, probability, year) => sum + probability * (year - age) ** 2, 0);
  return Math.sqrt(Math.max(variance, MIN_VARIANCE));
}

// The planes of a picture as pixels in one array, at the place of the picture number `index`.
function interleave({ width, height, data }, pixels, index) {
  const size = width * height;
  for (let i = 0, to = index * size * 3; i < size; i++) {
    for (let plane = 0; plane < 3; plane++, to++) pixels[to] = data[plane * size + i];
  }
}
