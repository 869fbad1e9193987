// Reasons in the picture itself to trust an estimate less: model/inspection/quality.py in JavaScript.

import rules from "../rules.js";

const { minConfidence, maxInterval, minEyeDistance, minSharpness, maxTurn, maxTilt, warnings: SENTENCES } = rules.quality;

// Whether the detector or the estimate of the age is sure enough for a find to count as a face.
export const mayBeFace = ({ confidence, ageLow, ageHigh }) =>
  confidence >= minConfidence || ageHigh - ageLow <= maxInterval;

// Codes of the warnings in their order, mostly none, of a face with its age interval, from its chip.
export function findWarnings({ landmarks, confidence, ageLow, ageHigh }, chip) {
  const [left, right, nose] = landmarks;
  const small = Math.hypot(right[0] - left[0], right[1] - left[1]) < minEyeDistance;
  const found = {
    "unsure detection": confidence < minConfidence || ageHigh - ageLow > maxInterval,
    small,
    blurred: !small && sharpness(chip) < minSharpness, // a small face is always soft: one warning is enough
    turned: turnOf(left, right, nose) > maxTurn,
    tilted: Math.abs((Math.atan2(right[1] - left[1], right[0] - left[0]) * 180) / Math.PI) > maxTilt,
  };
  return Object.keys(SENTENCES).filter((code) => found[code]);
}

// The distance of the nose from the middle of the eyes, along their line, in eye distances.
function turnOf(left, right, nose) {
  const axis = [right[0] - left[0], right[1] - left[1]];
  const length = axis[0] ** 2 + axis[1] ** 2;
  const off = [0, 1].map((i) => nose[i] - (left[i] + right[i]) / 2);
  return length ? Math.abs(off[0] * axis[0] + off[1] * axis[1]) / length : 0;
}

// Variance of the Laplacian of the grey chip at half its size.
export function sharpness(chip) {
  const [width, height] = [chip.width / 2, chip.height / 2];
  const grey = halfGrey(chip);
  let [sum, squares] = [0, 0];
  for (let y = 0; y < height; y++) {
    const [row, above, below] = [y, mirror(y - 1, height), mirror(y + 1, height)].map((line) => line * width);
    for (let x = 0; x < width; x++) {
      const beside = grey[row + mirror(x - 1, width)] + grey[row + mirror(x + 1, width)];
      const value = beside + grey[above + x] + grey[below + x] - 4 * grey[row + x];
      sum += value;
      squares += value * value;
    }
  }
  const mean = sum / (width * height);
  return squares / (width * height) - mean * mean;
}

// Grey in OpenCV's fixed-point weights, then the mean of four pixels; both rounded to bytes.
function halfGrey({ width, height, data }) {
  const size = width * height;
  const grey = (i) => (data[i] * 4899 + data[size + i] * 9617 + data[2 * size + i] * 1868 + 8192) >> 14;
  const half = new Uint8ClampedArray(size / 4);
  for (let y = 0, to = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2, to++) {
      const i = y * width + x;
      half[to] = (grey(i) + grey(i + 1) + grey(i + width) + grey(i + width + 1) + 2) >> 2;
    }
  }
  return half;
}

const mirror = (i, length) => (i < 0 ? -i : i >= length ? 2 * length - 2 - i : i); // about the pixel at the edge
