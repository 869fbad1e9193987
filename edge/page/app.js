// The page: takes a photo or camera frames, has them analysed, and shows the answers.

import { startAnalyser } from "./analyser.js";
import { openCamera } from "./camera.js";
import { keepForLater } from "./offline.js";
import { showFaces, showPicture } from "./view.js";
import rules from "./rules.js";

const MAX_SIDE = 1600; // pixels of the picture that is shown
const NO_FACE = "No face found. Try a picture with a larger face that looks at the camera.";
const NO_CAMERA = "The camera cannot be used. Allow it for this page; it works on secure (HTTPS) pages and on localhost.";
const find = (id) => document.getElementById(id);

const analyser = startAnalyser({ onProgress: showProgress, onReady: showReady, onFailure: say });
let camera; // while it is on
let shown = 0; // counts what was asked for: answers to older questions are dropped

function start() {
  find("photo").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    if (file) showPhoto(file);
    target.value = ""; // so that the same photo can be chosen again
  });
  for (const button of document.querySelectorAll("[data-sample]")) {
    button.addEventListener("click", async () => showPhoto(await (await fetch(button.dataset.sample)).blob()));
  }
  find("camera").addEventListener("click", () => (camera ? stopCamera() : startCamera()));
  find("flip").addEventListener("click", () => startCamera(camera.other));
  find("about").textContent = `Model ${rules.model.version}, ${rules.model.sha256.slice(0, 8)}`;
  keepForLater().then((kept) => kept && (find("about").textContent += " · works offline"));
}

async function showPhoto(file) {
  stopCamera();
  const asked = ++shown;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file); // upright: the browser applies the EXIF orientation
  } catch {
    say(`${file.name ?? "This file"} is not a picture that this browser can read. Try a JPEG or PNG.`);
    return;
  }
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(1, Math.round(length * scale)));
  const copy = await createImageBitmap(bitmap, { resizeWidth: width, resizeHeight: height, resizeQuality: "high" });
  say("Looking for faces…");
  showPicture(copy, [], width, height);
  const answer = await analyser.analyse("photo", bitmap);
  if (asked !== shown) return;
  if (answer.error) return say(`The picture could not be analysed: ${answer.error}. Try another picture.`);
  showFaces(copy, answer);
  say(answer.faces.length ? `${count(answer.faces.length)} in ${seconds(answer.milliseconds)}.` : NO_FACE);
}

async function startCamera(facing) {
  stopCamera();
  const asked = ++shown;
  try {
    camera = await openCamera(facing);
  } catch {
    return say(NO_CAMERA);
  }
  find("camera").textContent = "Stop the camera";
  find("flip").hidden = !camera.several;
  say("Looking for faces…");
  analyser.restart();
  const rate = rateMeter();
  let waiting; // the frame that is being analysed while the next one is taken, so that the worker never waits
  for await (const { bitmap, time } of camera.frames()) {
    const copy = await createImageBitmap(bitmap);
    const next = { copy, time, answer: analyser.analyse("frame", bitmap, time) };
    const answer = await waiting?.answer;
    if (asked !== shown) return;
    if (answer?.error) return say(`The video could not be analysed: ${answer.error}. Stop the camera and use it again.`);
    if (answer) {
      showFaces(waiting.copy, answer, { live: true, mirrored: camera.mirrored });
      say(answer.faces.length ? count(answer.faces.length) : "No face");
      find("rate").textContent = `· ${rate(waiting.time)} frames per second`;
    }
    waiting = next;
  }
}

function stopCamera() {
  if (!camera) return;
  camera.stop();
  camera = undefined;
  shown++;
  find("camera").textContent = "Use the camera";
  find("flip").hidden = true;
  find("rate").textContent = "";
  say("");
}

// Frames per second over the last three seconds.
function rateMeter() {
  let times = [];
  return (time) => {
    times = [...times, time].filter((earlier) => earlier > time - 3);
    return times.length > 1 ? ((times.length - 1) / (time - times[0])).toFixed(0) : "0";
  };
}

function showProgress(bytes) {
  if (!find("status").dataset.busy) say(`Loading the model: ${(bytes / 1e6).toFixed(1)} MB…`);
}

function showReady(device) {
  if (find("status").textContent.startsWith("Loading")) say("");
  document.body.dataset.device = device;
  find("about").textContent += ` · ${device}`;
}

const count = (number) => `${number} ${number === 1 ? "face" : "faces"}`;
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} seconds`;

function say(text) {
  if (find("status").textContent !== text) find("status").textContent = text; // or it would be read out again
  if (text && !text.startsWith("Loading")) find("status").dataset.busy = "yes";
}

start();
