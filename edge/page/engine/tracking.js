// Follows faces from frame to frame, with steady boxes and labels: model/video/tracking.py in JavaScript. A track is
// { number, face, lastSeen, sightings, geometry, velocity, estimate, weight }; times are in seconds.

import rules from "../rules.js";
import { boxIou } from "./boxes.js";
import { femaleLogOdds, genderOf } from "./calibration.js";
import { round } from "./pictures.js";

const { minIou, minSightings, maxUnseen, maxStep, smoothingTime, alpha, beta } = rules.tracking;
const { noticeableAge, noticeableOdds, noticeableWarning } = rules.tracking;
const WARNINGS = Object.keys(rules.quality.warnings);

export class Tracker {
  constructor() {
    this.tracks = [];
    this.started = 0;
    this.time = -Infinity;
  }

  // Takes in the faces of a frame and returns the tracks to show, oldest first: those seen recently and more than once.
  update(faces, time) {
    const elapsed = this.tracks.length ? time - this.time : 0;
    const moved = this.tracks.map((track) => predict(track, elapsed));
    const pairs = match(moved, faces, time);
    const kept = moved.map((track, i) => (pairs.has(i) ? update(track, faces[pairs.get(i)], time) : track));
    const known = new Set(pairs.values());
    faces.forEach((face, j) => known.has(j) || kept.push(start(++this.started, face, time)));
    this.tracks = kept.filter((track) => isAlive(track, time));
    this.time = time;
    return this.tracks.filter(({ sightings }) => sightings >= minSightings);
  }
}

// Pairs boxes one to one, those that overlap most first. The longer a face has not been seen, the less certain its place.
function match(tracks, faces, time) {
  const candidates = [];
  tracks.forEach((track, i) => {
    const factor = 1 + time - track.lastSeen;
    const box = enlarged(corners(track.geometry), factor);
    faces.forEach((face, j) => {
      const overlap = boxIou(box, enlarged(corners(geometryOf(face)), factor));
      if (overlap >= minIou) candidates.push({ i, j, overlap });
    });
  });
  const pairs = new Map();
  const taken = new Set();
  for (const { i, j } of candidates.sort((a, b) => b.overlap - a.overlap)) {
    if (pairs.has(i) || taken.has(j)) continue;
    pairs.set(i, j);
    taken.add(j);
  }
  return pairs;
}

function enlarged([left, top, right, bottom], factor) {
  const [x, y] = [((right - left) * (factor - 1)) / 2, ((bottom - top) * (factor - 1)) / 2];
  return [left - x, top - y, right + x, bottom + y];
}

function start(number, face, time) {
  const geometry = geometryOf(face);
  return {
    number, face, geometry, lastSeen: time, sightings: 1, velocity: [0, 0], estimate: estimateOf(face), weight: 1,
  };
}

// The track where the face should be after `elapsed` seconds; old sightings count less.
function predict(track, elapsed) {
  const step = Math.min(elapsed, maxStep);
  const geometry = track.geometry.map(([x, y]) => [x + track.velocity[0] * step, y + track.velocity[1] * step]);
  const weight = track.weight * Math.exp(-elapsed / smoothingTime);
  return { ...track, geometry, weight, face: placed(track.face, geometry) };
}

// The track after a sighting; it has already been moved to the time of the sighting.
function update(track, face, time) {
  const residual = geometryOf(face).map(([x, y], i) => [x - track.geometry[i][0], y - track.geometry[i][1]]);
  const geometry = track.geometry.map(([x, y], i) => [x + alpha * residual[i][0], y + alpha * residual[i][1]]);
  // The second sighting gives the velocity itself, later ones correct it.
  const gain = (track.sightings === 1 ? 1 : beta) / Math.max(time - track.lastSeen, 1e-3) / residual.length;
  const velocity = track.velocity.map((v, axis) => v + gain * residual.reduce((sum, step) => sum + step[axis], 0));
  const weight = track.weight + 1;
  const sighted = estimateOf(face);
  const estimate = track.estimate.map((value, i) => value + (sighted[i] - value) / weight);
  const before = estimateOf(track.face);
  const shown = isNoticeable(estimate, before) ? estimate : before;
  return {
    ...track, geometry, velocity, estimate, weight, lastSeen: time, sightings: track.sightings + 1,
    face: withEstimate(placed(face, geometry), shown),
  };
}

function isNoticeable(estimate, shown) {
  const change = estimate.map((value, i) => Math.abs(value - shown[i]));
  const warned = change.slice(4).some((share) => share > noticeableWarning);
  return change[0] > noticeableAge || change[3] > noticeableOdds || warned;
}

const isAlive = ({ lastSeen, sightings }, time) =>
  lastSeen === time || (sightings >= minSightings && time - lastSeen <= maxUnseen);

function geometryOf({ box: [x, y, width, height], landmarks }) {
  return [[x, y], [x + width, y + height], ...landmarks];
}

const corners = ([low, high]) => [...low, ...high];

function placed(face, geometry) {
  const [x, y, right, bottom] = corners(geometry);
  const box = [round(x), round(y), Math.max(1, round(right - x)), Math.max(1, round(bottom - y))];
  return { ...face, box, landmarks: geometry.slice(2) };
}

// Age, ends of its interval, log odds of "female", and for each warning whether the face has it.
function estimateOf(face) {
  const warned = WARNINGS.map((code) => Number(face.warnings.includes(code)));
  return [face.age, face.ageLow, face.ageHigh, femaleLogOdds(face), ...warned];
}

function withEstimate(face, [age, ageLow, ageHigh, odds, ...shares]) {
  const warnings = WARNINGS.filter((_, i) => shares[i] > 0.5);
  return { ...face, age, ageLow, ageHigh, ...genderOf(1 / (1 + Math.exp(-odds))), warnings };
}
