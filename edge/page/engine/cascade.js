// MTCNN's three stages over one picture: model/detection/cascade.py in JavaScript, with the same networks.

import rules from "../rules.js";
import { moved, nonMaxSuppression, squared } from "./boxes.js";
import { halved, LINEAR, resize, sample, turn } from "./pictures.js";

const { minFace: MIN_FACE, window: WINDOW, stride: STRIDE, windowScores: WINDOW_SCORES, tiny: TINY } = rules.cascade;

export class Cascade {
  // `networks`: functions { proposal, refinement, output } from (floats, shape) to their outputs.
  constructor(networks) {
    this.networks = networks;
  }

  // Upright faces of a picture of bytes, the surest first.
  async find(picture, { minConfidence = 0.5, windowScores = WINDOW_SCORES, minFace = MIN_FACE } = {}) {
    const floats = normalised(picture);
    const windows = await this.propose(floats, minFace, windowScores[0]);
    return this.placeLandmarks(floats, await this.refine(floats, windows, windowScores[1]), minConfidence);
  }

  // For each of some boxes, the log-odds that it shows an upright face after 0 to 3 quarter turns to the left.
  async weighWays(picture, boxes) {
    const size = 3 * 48 * 48;
    const crops = crop(normalised(picture), boxes.map(squared), 48);
    const ways = boxes.map(() => []);
    for (const i of boxes.keys()) {
      const upright = { width: 48, height: 48, data: crops.subarray(i * size, (i + 1) * size) };
      for (const turns of [0, 1, 2, 3]) {
        const [, , probabilities] = await this.networks.output(turn(upright, turns).data, [1, 3, 48, 48]);
        ways[i].push(oddsOf(probabilities.data));
      }
    }
    return ways;
  }

  async propose(picture, minFace, minScore) {
    const [boxes, scores] = [[], []];
    for (const [scale, level] of pyramid(picture, minFace)) {
      const found = await this.proposeAt(scale, level, minScore);
      boxes.push(...found.boxes);
      scores.push(...found.scores);
    }
    return nonMaxSuppression(boxes, scores, 0.7).map((i) => squared(boxes[i]));
  }

  async proposeAt(scale, { width, height, data }, minScore) {
    const [offsets, probabilities] = await this.networks.proposal(data, [1, 3, height, width]);
    const [rows, columns] = offsets.dims.slice(2);
    const size = rows * columns;
    const [boxes, scores] = [[], []];
    for (let i = 0; i < size; i++) {
      const score = probabilities.data[size + i];
      if (score <= minScore) continue;
      const corner = [(i % columns) * STRIDE, Math.floor(i / columns) * STRIDE];
      // Pixels counted from 1, as the package does.
      const box = [corner[0] + 1, corner[1] + 1, corner[0] + WINDOW, corner[1] + WINDOW];
      boxes.push(box.map((side, k) => (side + offsets.data[k * size + i] * (WINDOW - 1)) / scale));
      scores.push(score);
    }
    const kept = nonMaxSuppression(boxes, scores, 0.5);
    return { boxes: kept.map((i) => boxes[i]), scores: kept.map((i) => scores[i]) };
  }

  async refine(picture, boxes, minScore) {
    const [offsets, probabilities] = await this.runOnCrops("refinement", picture, boxes, 24);
    const sure = boxes.map((_, i) => i).filter((i) => probabilities[i][1] > minScore);
    const better = sure.map((i) => moved(boxes[i], offsets[i]));
    const scores = sure.map((i) => probabilities[i][1]);
    return nonMaxSuppression(better, scores, 0.7).map((i) => squared(better[i]));
  }

  // O-Net on each box, and once more on the box that comes of it; the confidence is the mean of both log-odds.
  async placeLandmarks(picture, boxes, minConfidence) {
    const likely = (await this.look(picture, boxes)).filter(({ odds }) => odds > 0);
    const kept = suppressed(likely, "odds");
    const second = await this.look(picture, kept.map(({ box }) => squared(box)));
    const faces = second.map(({ box, landmarks, odds }, i) => ({
      box,
      landmarks,
      confidence: 1 / (1 + Math.exp(-(kept[i].odds + odds) / 2)),
      turns: 0,
    }));
    const limits = [picture.width - 1, picture.height - 1];
    return suppressed(faces.filter(({ confidence }) => confidence > minConfidence), "confidence").map((face) => ({
      ...face,
      box: face.box.map((side, i) => Math.min(Math.max(side, 0), limits[i % 2])),
    }));
  }

  // Better boxes with landmarks and the log-odds that each is a face.
  async look(picture, boxes) {
    const [offsets, points, probabilities] = await this.runOnCrops("output", picture, boxes, 48);
    return boxes.map((box, i) => {
      const [width, height] = [box[2] - box[0] + 1, box[3] - box[1] + 1];
      const landmarks = [0, 1, 2, 3, 4].map((k) => [
        points[i][k] * width + box[0] - 1,
        points[i][5 + k] * height + box[1] - 1,
      ]);
      return { box: moved(box, offsets[i]), landmarks, odds: oddsOf(probabilities[i]) };
    });
  }

  // For each output of a network, an array with one row per box.
  async runOnCrops(name, picture, boxes, side) {
    const outputs = [[], [], []];
    const step = rules.cascade.cropsAtOnce;
    for (let start = 0; start < boxes.length; start += step) {
      const some = boxes.slice(start, start + step);
      const results = await this.networks[name](crop(picture, some, side), [some.length, 3, side, side]);
      results.forEach(({ data, dims }, k) => {
        some.forEach((_, i) => outputs[k].push(data.subarray(i * dims[1], (i + 1) * dims[1])));
      });
    }
    return outputs;
  }
}

// The picture with values from -1 to 1.
function normalised(picture) {
  const data = new Float32Array(picture.data.length);
  for (let i = 0; i < data.length; i++) data[i] = (picture.data[i] - 127.5) / 128;
  return { ...picture, data };
}

const oddsOf = ([noFace, face]) => Math.log(Math.max(face, TINY)) - Math.log(Math.max(noFace, TINY));

function suppressed(faces, score) {
  const scores = faces.map((face) => face[score]);
  return nonMaxSuppression(faces.map(({ box }) => box), scores, 0.7, "smaller").map((i) => faces[i]);
}

// The scales at which P-Net's window fits faces from `minFace` pixels to the shorter side, and the picture there.
function* pyramid(picture, minFace) {
  const { width, height } = picture;
  for (let scale = WINDOW / minFace; Math.min(width, height) * scale >= WINDOW; scale *= rules.cascade.pyramidStep) {
    const [levelWidth, levelHeight] = [Math.trunc(width * scale), Math.trunc(height * scale)];
    picture = halved(picture, levelWidth, levelHeight);
    yield [scale, resize(picture, levelWidth, levelHeight, LINEAR)];
  }
}

// Squares of `side` pixels cut out bilinearly, as tf.image.crop_and_resize does; 0 beyond the picture's edge.
function crop(picture, boxes, side) {
  const size = side * side;
  const crops = new Float32Array(boxes.length * 3 * size);
  boxes.forEach((box, n) => {
    const [x0, y0, x1, y1] = box.map((value, i) => {
      const length = i % 2 ? picture.height : picture.width;
      return (value / length) * (length - 1);
    });
    const [stepX, stepY] = [(x1 - x0) / (side - 1), (y1 - y0) / (side - 1)];
    for (let i = 0; i < size; i++) {
      const x = x0 + stepX * (i % side);
      const y = y0 + stepY * Math.floor(i / side);
      sample(picture, x, y, 0, crops, 3 * n * size + i, size);
    }
  });
  return crops;
}
