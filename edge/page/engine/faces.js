// Faces found in one picture: model/detection/faces.py in JavaScript. Each face is { box, landmarks, confidence, turns }:
// [left, top, right, bottom]; left eye, right eye, nose and mouth corners; 0-1; and the quarter turns to the left that
// put it upright, 0-3.

// The same faces in a copy of their picture that has another size.
export function scaled(faces, size, old) {
  const [x, y] = [size.width / old.width, size.height / old.height];
  return faces.map((face) => ({
    ...face,
    box: face.box.map((value, i) => value * (i % 2 ? y : x)),
    // Pixel centres map onto each other, hence the halves.
    landmarks: face.landmarks.map(([px, py]) => [(px + 0.5) * x - 0.5, (py + 0.5) * y - 0.5]),
  }));
}

export function logOdds(probability, least = 1e-6) {
  const p = Math.min(Math.max(probability, least), 1 - least);
  return Math.log(p / (1 - p));
}

// Degrees, 0-180, by which a face is tilted after its quarter turns.
export function tiltOf({ landmarks: [leftEye, rightEye, , leftMouth, rightMouth], turns }) {
  const across = [rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]];
  const down = [0, 1].map((i) => leftMouth[i] + rightMouth[i] - leftEye[i] - rightEye[i]);
  const angle = (Math.atan2(across[1] - down[0] / 2, across[0] + down[1] / 2) * 180) / Math.PI;
  return Math.abs(modulo(angle - 90 * turns + 180, 360) - 180);
}

// The side of the square as large as the box, pixels.
export const sizeOf = ({ box: [left, top, right, bottom] }) => Math.sqrt((right - left) * (bottom - top));

const modulo = (value, divisor) => ((value % divisor) + divisor) % divisor;
