// A face that fills the picture, which the usual search misses: model/detection/filling.py in JavaScript.

import rules from "../rules.js";
import { scaled, sizeOf } from "./faces.js";
import { AREA, CUBIC, resize, round, warp } from "./pictures.js";

const { side: SIDE, canvas: CANVAS, grey, minShare, windowScores } = rules.filling;

// The one face that fills the picture, in an array, or none. `ways`: degrees by which the picture is turned to the left.
export async function findFillingFace(cascade, picture, minConfidence, ways) {
  const scale = SIDE / Math.max(picture.width, picture.height);
  const size = [picture.width, picture.height].map((length) => Math.max(1, round(length * scale)));
  const small = resize(picture, ...size, scale < 1 ? AREA : CUBIC);
  const faces = [];
  for (const degrees of ways) faces.push(...(await findTilted(cascade, small, degrees, minConfidence)));
  const filling = faces.filter((face) => sizeOf(face) >= minShare * SIDE);
  return scaled(filling.sort((a, b) => b.confidence - a.confidence).slice(0, 1), picture, small);
}

// Faces in the small picture turned to the left, in its own pixels; each box keeps its size around its centre.
async function findTilted(cascade, small, degrees, minConfidence) {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [x, y, centre] = [(small.width - 1) / 2, (small.height - 1) / 2, (CANVAS - 1) / 2];
  // From the canvas back to the small picture: the inverse of a turn around the centres of both.
  const back = ([px, py]) => [
    cos * (px - centre) - sin * (py - centre) + x,
    sin * (px - centre) + cos * (py - centre) + y,
  ];
  const [startX, startY] = back([0, 0]);
  const canvas = warp(small, [cos, -sin, startX, sin, cos, startY], CANVAS, CANVAS, grey[0]);
  const minFace = round(minShare * SIDE);
  const turns = (((round(degrees / 90) % 4) + 4) % 4);
  return (await cascade.find(canvas, { minConfidence, windowScores, minFace })).map(({ box, landmarks, confidence }) => {
    const half = [(box[2] - box[0]) / 2, (box[3] - box[1]) / 2];
    if (turns % 2) half.reverse();
    const middle = back([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
    return {
      box: [middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1]],
      landmarks: landmarks.map(back),
      confidence,
      turns,
    };
  });
}
