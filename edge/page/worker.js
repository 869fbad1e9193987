// Analyses pictures apart from the page, which stays smooth. Takes { id, kind, bitmap, time }: "photo", "frame" of a
// video, or "restart" before another video. Answers { id, faces, milliseconds } or { id, error }.

import { blank, fromRgba } from "./engine/pictures.js";
import { loadPredictors } from "./engine/index.js";
import { followFaces } from "./engine/video.js";

const MAX_PIXELS = 16_000_000; // canvases of phones hold no more; larger photos are reduced to it

let canvas;
let received = 0;
const loading = loadPredictors((bytes) => postMessage({ progress: (received += bytes) }));
const follow = followFaces();

let last = warmUp(); // one after another: the networks run once at a time
self.addEventListener("message", ({ data }) => {
  last = last.then(() => answer(data));
});

// The first run is slow; done before a picture comes, nobody waits for it.
async function warmUp() {
  try {
    const { thorough, quick, device } = await loading;
    await quick.predictAligned([blank(200, 200, Uint8ClampedArray)]);
    await thorough.detector.cascade.find(blank(96, 96, Uint8ClampedArray));
    postMessage({ ready: device });
  } catch (error) {
    postMessage({ failed: error.message });
  }
}

async function answer({ id, kind, bitmap, time }) {
  try {
    if (kind === "restart") return follow.restart();
    const { thorough, quick } = await loading;
    const started = performance.now();
    const picture = pixelsOf(bitmap);
    const found = await (kind === "photo" ? thorough : quick).predict(picture);
    const faces = kind === "photo" ? found : follow.update(found, picture, time);
    const { width, height } = picture;
    postMessage({ id, faces, width, height, milliseconds: performance.now() - started });
  } catch (error) {
    postMessage({ id, error: error.message });
  }
}

// The pixels on a white ground, and the bitmap freed.
function pixelsOf(bitmap) {
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (bitmap.width * bitmap.height)));
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(1, Math.round(length * scale)));
  if (canvas?.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return fromRgba(context.getImageData(0, 0, width, height));
}
