// Cuts chips out of photos: model/alignment.py in JavaScript.

import rules from "../rules.js";
import { AREA, part, resize, round, warp } from "./pictures.js";

const { size: SIZE, landmarks: CHIP_LANDMARKS } = rules.chip;

// The chip of one face, given its five landmarks. Beyond the edge of the photo, its border pixels are repeated.
export function align(picture, landmarks) {
  let transform = similarityTransform(landmarks, CHIP_LANDMARKS);
  const shrink = Math.hypot(transform[0], transform[1]);
  // Below half size, bilinear sampling skips pixels, which turns skin into noise: average them first.
  if (shrink < 0.5) [picture, transform] = shrunkAround(picture, landmarks, shrink, transform);
  return warp(picture, inverse(transform), SIZE, SIZE);
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

// The way back, as `warp` wants it.
function inverse([a, b, u, v]) {
  const norm = a * a + b * b;
  const [c, s] = [a / norm, b / norm];
  return [c, s, -c * u - s * v, -s, c, s * u - c * v];
}

// The part of the photo that the chip shows, averaged to about chip size, and the transform for that part.
function shrunkAround(picture, landmarks, shrink, transform) {
  const { width, height } = picture;
  const [a, b, c, d, e, f] = inverse(transform);
  const corners = [[0, 0], [SIZE, 0], [0, SIZE], [SIZE, SIZE]].map(([x, y]) => [a * x + b * y + c, d * x + e * y + f]);
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const x0 = clip(Math.floor(Math.min(...xs)) - 2, 0, width - 1);
  const y0 = clip(Math.floor(Math.min(...ys)) - 2, 0, height - 1);
  const x1 = clip(Math.ceil(Math.max(...xs)) + 2, x0 + 1, width);
  const y1 = clip(Math.ceil(Math.max(...ys)) + 2, y0 + 1, height);
  const size = [x1 - x0, y1 - y0].map((length) => Math.max(1, round(length * shrink)));
  const small = resize(part(picture, x0, y0, x1, y1), ...size, AREA);
  const [sx, sy] = [size[0] / (x1 - x0), size[1] / (y1 - y0)];
  // Pixel centres, not corners, map onto each other.
  const moved = landmarks.map(([x, y]) => [(x - x0 + 0.5) * sx - 0.5, (y - y0 + 0.5) * sy - 0.5]);
  return [small, similarityTransform(moved, CHIP_LANDMARKS)];
}

const clip = (value, low, high) => Math.min(Math.max(value, low), high);

const mean = (points) => [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
