// The page: takes a photo or camera frames, and shows boxes and estimates.

import { loadDetector } from "./detector.js";
import { UNCERTAIN, cutChip, loadEstimator } from "./estimator.js";

const MAX_SIDE = 1600; // pixels; larger photos are reduced to it
const camera = document.querySelector("#camera");
const faces = document.querySelector("#faces");
const photo = document.querySelector("#photo");
const picture = document.querySelector("#picture");
const status = document.querySelector("#status");
const context = picture.getContext("2d");
const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });

let detect, estimate;

async function start() {
  try {
    [detect, estimate] = await Promise.all([loadDetector(), loadEstimator()]);
  } catch (error) {
    say(`The page could not start: ${error.message}.`);
    return;
  }
  photo.addEventListener("change", () => photo.files.length && showPhoto(photo.files[0]));
  camera.addEventListener("click", () => (video.srcObject ? stopCamera() : startCamera()));
  photo.disabled = camera.disabled = false;
  say("Ready.");
}

async function showPhoto(file) {
  stopCamera();
  photo.value = ""; // so that the same photo can be chosen again
  let bitmap;
  try {
    bitmap = await createImageBitmap(file); // upright: the browser applies the EXIF orientation
  } catch {
    say(`${file.name} is not a picture that this browser can read. Try a JPEG or PNG.`);
    return;
  }
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  await analyse(bitmap, Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
}

async function startCamera() {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
  } catch {
    say("The camera cannot be used. Allow it for this page; it works on secure (HTTPS) pages and on localhost.");
    return;
  }
  camera.textContent = "Stop the camera";
  await video.play();
  while (video.srcObject) {
    await analyse(video, video.videoWidth, video.videoHeight);
    await new Promise(requestAnimationFrame);
  }
}

function stopCamera() {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  camera.textContent = "Use the camera";
}

// Draws a picture at the given size and analyses its faces.
async function analyse(source, width, height) {
  const frame = new OffscreenCanvas(width, height);
  frame.getContext("2d").drawImage(source, 0, 0, width, height);
  const started = performance.now();
  const found = await detect(frame, width, height);
  for (const face of found) Object.assign(face, await estimate(cutChip(frame, face.landmarks)));
  const milliseconds = Math.round(performance.now() - started);
  if (source === video && !video.srcObject) return; // stopped in the meantime

  picture.hidden = false;
  Object.assign(picture, { width, height });
  context.drawImage(frame, 0, 0);
  found.forEach((face, i) => mark(face, i + 1, width));
  faces.replaceChildren(...found.map(describe));
  say(
    found.length
      ? `${found.length} ${found.length === 1 ? "face" : "faces"} in ${milliseconds} milliseconds.`
      : "No face found. Try a picture with a larger face that looks at the camera.",
  );
}

function mark({ box: [x, y, width, height] }, number, pictureWidth) {
  const line = Math.max(2, pictureWidth / 250);
  context.lineWidth = line;
  context.strokeStyle = context.fillStyle = "#58b5d9";
  context.strokeRect(x, y, width, height);
  context.font = `600 ${8 * line}px system-ui, sans-serif`;
  context.fillText(number, x + 2 * line, y + 9 * line);
}

function describe({ age, statedGender }, i) {
  const item = document.createElement("li");
  const gender = statedGender === UNCERTAIN ? "gender uncertain" : statedGender;
  item.textContent = `${i + 1}: ${gender}, about ${Math.round(age)} years`;
  return item;
}

function say(text) {
  status.textContent = text;
}

start();
