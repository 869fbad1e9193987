// Cuts chips out of pictures as model/alignment.py does, and estimates age and gender from a chip.

import { loadModel } from "./litert.js";

export const CHIP_SIZE = 200; // pixels
// Where BlazeFace finds left eye, right eye, nose and mouth in UTKFace's chips: means over 200 chips, pixels. They
// differ from those of model/alignment.py, since every detector places the landmarks a little differently.
export const CHIP_LANDMARKS = [[61, 58], [138, 60], [99, 105], [98, 143]];
const GENDERS = ["male", "female"];
const CERTAIN_GENDER = 0.8; // probability from which a gender is stated, as in model/face.py
export const UNCERTAIN = "uncertain";
const URL_OF_MODEL = new URL("age_gender.tflite", import.meta.url).href;

const canvas = new OffscreenCanvas(CHIP_SIZE, CHIP_SIZE);
const context = canvas.getContext("2d", { willReadFrequently: true });

// A function that estimates `age` in years and `gender` from a chip (ImageData, 200 x 200), as the mean over the chip
// and its mirror image, and the `statedGender`, which is "uncertain" if the gender is not probable enough.
export async function loadEstimator() {
  const run = await loadModel(URL_OF_MODEL);
  return async (chip) => {
    const straight = await run({ chips: pixels(chip.data, false) });
    const mirrored = await run({ chips: pixels(chip.data, true) });
    const female = (straight.gender[1] + mirrored.gender[1]) / 2;
    const gender = GENDERS[Number(female >= 0.5)];
    const statedGender = Math.max(female, 1 - female) >= CERTAIN_GENDER ? gender : UNCERTAIN;
    return { age: (straight.age[0] + mirrored.age[0]) / 2, gender, statedGender };
  };
}

// The chip of one face: the picture moved, turned and scaled until its landmarks lie where a chip has them.
export function cutChip(picture, landmarks) {
  const [a, b, x, y] = similarityTransform(landmarks, CHIP_LANDMARKS);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "rgb(127 127 127)";
  context.fillRect(0, 0, CHIP_SIZE, CHIP_SIZE);
  context.imageSmoothingQuality = "high";
  context.setTransform(a, b, -b, a, x, y);
  context.drawImage(picture, 0, 0);
  return context.getImageData(0, 0, CHIP_SIZE, CHIP_SIZE);
}

// The map (x, y) -> (ax - by + u, bx + ay + v) as [a, b, u, v], least squares over all points (Umeyama, 1991).
export function similarityTransform(source, target) {
  const [sx, sy] = mean(source);
  const [tx, ty] = mean(target);
  let [a, b, norm] = [0, 0, 0];
  source.forEach(([x, y], i) => {
    const [px, py, qx, qy] = [x - sx, y - sy, target[i][0] - tx, target[i][1] - ty];
    a += px * qx + py * qy;
    b += px * qy - py * qx;
    norm += px * px + py * py;
  });
  a /= norm;
  b /= norm;
  return [a, b, tx - a * sx + b * sy, ty - b * sx - a * sy];
}

function mean(points) {
  return [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
}

// RGBA bytes to RGB floats, 0-255.
function pixels(data, mirror) {
  return Float32Array.from({ length: 3 * CHIP_SIZE * CHIP_SIZE }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const column = pixel % CHIP_SIZE;
    return data[4 * (mirror ? pixel - column + CHIP_SIZE - 1 - column : pixel) + (i % 3)];
  });
}
