// Finds faces with BlazeFace, short range (Bazarevsky et al., arXiv 1907.05047): boxes and landmarks.

import { loadModel } from "./litert.js";

const SIDE = 128; // pixels of the network's input
const GRIDS = [[16, 2], [8, 6]]; // cells per row, anchors per cell
const MIN_SCORE = 0.6; // probability that this is a face
const MAX_OVERLAP = 0.3; // intersection over union above which two boxes show one face
const CLOSE_UP = 2; // side of the second look, in widths of the face
const URL_OF_MODEL = new URL("vendor/blazeface/face_detection_short_range.tflite", import.meta.url).href;

// Centres of the anchors, as fractions of the side.
const ANCHORS = GRIDS.flatMap(([cells, perCell]) =>
  Array.from({ length: cells * cells * perCell }, (_, i) => {
    const cell = Math.floor(i / perCell);
    return [((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells];
  }),
);

const canvas = new OffscreenCanvas(SIDE, SIDE);
const context = canvas.getContext("2d", { willReadFrequently: true });

// A function that finds the faces of a picture (anything that can be drawn), largest first. Each has, in pixels of
// the picture, `box` [x, y, width, height] and `landmarks` [left eye, right eye, nose, mouth] as the viewer sees them.
export async function loadDetector() {
  const run = await loadModel(URL_OF_MODEL);

  // The faces in a square part of a picture, highest score first.
  const look = async (picture, square) => {
    const { regressors, classificators } = await run({ input: shrink(picture, square) });
    const candidates = [];
    classificators.forEach((logit, i) => {
      const score = 1 / (1 + Math.exp(-logit));
      const offsets = regressors.subarray(16 * i, 16 * i + 16);
      if (score >= MIN_SCORE) candidates.push({ score, ...decode(offsets, ANCHORS[i], square) });
    });
    return candidates.sort((a, b) => b.score - a.score);
  };

  return async (picture, width, height) => {
    const side = Math.max(width, height);
    const faces = [];
    for (const face of await look(picture, [(width - side) / 2, (height - side) / 2, side])) {
      if (faces.every((kept) => boxIou(kept.box, face.box) < MAX_OVERLAP)) faces.push(face);
    }
    // The landmarks of a small face are coarse: look again at a close-up.
    for (const face of faces) {
      const [x, y, w, h] = face.box;
      const near = CLOSE_UP * w;
      const [closer] = await look(picture, [x + (w - near) / 2, y + (h - near) / 2, near]);
      if (closer && boxIou(closer.box, face.box) > MAX_OVERLAP) Object.assign(face, closer);
    }
    return faces.sort((a, b) => b.box[2] - a.box[2]);
  };
}

// A square part of a picture as RGB from -1 to 1; grey beyond the edges of the picture.
function shrink(picture, [x, y, side]) {
  const scale = SIDE / side;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "rgb(127 127 127)";
  context.fillRect(0, 0, SIDE, SIDE);
  context.imageSmoothingQuality = "high";
  context.setTransform(scale, 0, 0, scale, -x * scale, -y * scale);
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => data[4 * Math.floor(i / 3) + (i % 3)] / 127.5 - 1);
}

// `offsets` are in pixels of the input, from the anchor: centre and size of the box, then six points.
function decode(offsets, [anchorX, anchorY], [x, y, side]) {
  const point = (i) => [x + side * (anchorX + offsets[i] / SIDE), y + side * (anchorY + offsets[i + 1] / SIDE)];
  const [width, height] = [(side * offsets[2]) / SIDE, (side * offsets[3]) / SIDE];
  const [centreX, centreY] = point(0);
  return {
    box: [centreX - width / 2, centreY - height / 2, width, height],
    landmarks: [4, 6, 8, 10].map(point), // the last two points are the ears
  };
}

function boxIou([ax, ay, aw, ah], [bx, by, bw, bh]) {
  const width = Math.max(0, Math.min(ax + aw, bx + bw) - Math.max(ax, bx));
  const height = Math.max(0, Math.min(ay + ah, by + bh) - Math.max(ay, by));
  return (width * height) / (aw * ah + bw * bh - width * height);
}
