// Steady faces in a video whose frames may change their size: the rules of model/video/analyser.py in JavaScript.

import rules from "../rules.js";
import { round } from "./pictures.js";
import { Tracker } from "./tracking.js";

const { unit: UNIT } = rules.tracking;

export function followFaces() {
  let tracker = new Tracker();
  return {
    // The faces to show in a frame, those seen for the longest time first, each with its `number`; `time` in seconds.
    update(faces, { width, height }, time) {
      const tracks = tracker.update(faces.map((face) => rescaled(face, UNIT / width, UNIT / height)), time);
      return tracks.map(({ face, number }) => ({ ...rescaled(face, width / UNIT, height / UNIT), number }));
    },
    restart() {
      tracker = new Tracker();
    },
  };
}

function rescaled(face, xFactor, yFactor) {
  const [x, y, width, height] = face.box;
  const [left, right] = [round(x * xFactor), round((x + width) * xFactor)];
  const [top, bottom] = [round(y * yFactor), round((y + height) * yFactor)];
  return {
    ...face,
    box: [left, top, Math.max(1, right - left), Math.max(1, bottom - top)],
    landmarks: face.landmarks.map(([px, py]) => [px * xFactor, py * yFactor]),
  };
}
