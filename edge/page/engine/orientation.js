// Which way up a photo lies: model/detection/orientation.py in JavaScript.

import rules from "../rules.js";
import { nonMaxSuppression } from "./boxes.js";
import { logOdds, sizeOf, tiltOf } from "./faces.js";

const { samePlace, tiltDoubt, otherWayConfidence } = rules.orientation;

// Faces found in a picture after quarter turns to the left, in pixels of the picture, whose size is given.
export function turnedBack(faces, turns, { width, height }) {
  const back = ([x, y], last) => {
    const [right, bottom] = [width - last, height - last];
    return [[x, y], [right - y, x], [right - x, bottom - y], [y, bottom - x]][turns];
  };
  return faces.map(({ box, landmarks, confidence }) => {
    const [ax, ay] = back(box.slice(0, 2), 0);
    const [bx, by] = back(box.slice(2), 0);
    return {
      box: [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)],
      landmarks: landmarks.map((point) => back(point, 1)),
      confidence,
      turns,
    };
  });
}

// One face at each place, and of those that lie otherwise than most of the photo only the sure ones.
export function settle(faces, sure = otherWayConfidence) {
  const belief = faces.map((face) => logOdds(face.confidence) - tiltOf(face) / tiltDoubt);
  const order = faces.map((face, i) => belief[i] + Math.log(Math.max(sizeOf(face), 1)));
  const kept = nonMaxSuppression(faces.map(({ box }) => box), order, samePlace, "smaller");
  const evidence = [0, 0, 0, 0];
  for (const i of kept) evidence[faces[i].turns] += Math.max(belief[i], 0) * sizeOf(faces[i]);
  const most = evidence.indexOf(Math.max(...evidence));
  return kept.map((i) => faces[i]).filter(({ turns, confidence }) => turns === most || confidence >= sure);
}
