// Photo to faces, in pixels of the photo: model/detection/detector.py in JavaScript.

import rules from "../rules.js";
import { scaled, sizeOf, tiltOf } from "./faces.js";
import { findFillingFace } from "./filling.js";
import { settle, turnedBack } from "./orientation.js";
import { CUBIC, halved, LINEAR, resize, round, turn } from "./pictures.js";

const { minSide, minConfidence, sureConfidence, hintScale, thoroughHintScale, minHintSide, large, maxTilt } = rules.detector;

export class Detector {
  // `maxSide`: longest side of the copy that is searched, pixels. `uprightOnly`: leaves out the search in the photo
  // lying on its other sides, for pictures known to be upright.
  constructor(cascade, maxSide = rules.detector.maxSide, uprightOnly = false) {
    Object.assign(this, { cascade, maxSide, uprightOnly });
  }

  // Faces { box: [x, y, width, height], landmarks, confidence }, the largest first.
  async detect(picture) {
    const copy = bounded(picture, this.maxSide);
    const faces = scaled(await this.find(copy), picture, copy).map((face) => asDetection(face, picture));
    return faces.sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
  }

  // The faces of the copy whichever way they lie, and one that fills it where no other is sure.
  async find(copy) {
    const found = this.uprightOnly ? await this.cascade.find(copy) : await this.findAnyWayUp(copy);
    const faces = found.filter(({ confidence }) => confidence >= minConfidence);
    if (faces.some(isSure)) return faces;
    const ways = this.uprightOnly ? rules.filling.uprightWays : rules.filling.allWays;
    return settle([...faces, ...(await findFillingFace(this.cascade, copy, minConfidence, ways))]);
  }

  // Searches the copy as it is and, unless a large face is upright, a smaller one lying on its other sides. The copy is
  // turned at its full size only where the smaller one shows a face then, since most photos are upright.
  async findAnyWayUp(copy) {
    const upright = await this.cascade.find(copy);
    if (await this.showsUprightFace(copy, upright)) return settle(upright);
    const scale = upright.some(isSure) ? hintScale : thoroughHintScale;
    const small = bounded(copy, Math.max(minHintSide, round(Math.max(copy.width, copy.height) * scale)));
    const hints = [...upright];
    for (const turns of [1, 2, 3]) hints.push(...scaled(await this.findTurned(small, turns), copy, small));
    const shown = new Set(settle(hints, rules.orientation.hintConfidence).map(({ turns }) => turns));
    const faces = [...upright];
    for (const turns of [1, 2, 3]) if (shown.has(turns)) faces.push(...(await this.findTurned(copy, turns)));
    return settle(faces);
  }

  // Whether a sure and large face looks most like one as it lies.
  async showsUprightFace(copy, faces) {
    const least = large * Math.max(copy.width, copy.height);
    const sure = faces.filter((face) => isSure(face) && tiltOf(face) <= maxTilt && sizeOf(face) >= least);
    const ways = await this.cascade.weighWays(copy, sure.map(({ box }) => box));
    return ways.some((odds) => Math.max(...odds) === odds[0]);
  }

  async findTurned(picture, turns) {
    return turnedBack(await this.cascade.find(turn(picture, turns)), turns, picture);
  }
}

const isSure = ({ confidence }) => confidence >= sureConfidence;

// A copy within the bounds; a very long, thin picture keeps to the upper one.
function bounded(picture, maxSide) {
  const { width, height } = picture;
  const upper = maxSide / Math.max(width, height);
  const scale = Math.min(Math.max(Math.min(1, upper), minSide / Math.min(width, height)), upper);
  if (scale === 1) return picture;
  const size = [width, height].map((length) => Math.max(1, round(length * scale)));
  return scale < 1 ? resize(halved(picture, ...size), ...size, LINEAR) : resize(picture, ...size, CUBIC);
}

// The box rounded and within the photo.
function asDetection({ box, landmarks, confidence }, { width, height }) {
  const limits = [width, height];
  const low = [0, 1].map((i) => clip(round(box[i]), 0, limits[i] - 1));
  const high = [0, 1].map((i) => clip(round(box[2 + i]), low[i] + 1, limits[i]));
  return { box: [...low, high[0] - low[0], high[1] - low[1]], landmarks, confidence };
}

const clip = (value, low, high) => Math.min(Math.max(value, low), high);
