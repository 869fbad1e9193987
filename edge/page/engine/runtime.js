// Downloads the networks and ONNX Runtime, and starts them: on the graphics card where that is faster, or else in
// WebAssembly, with threads where the page is isolated from others.

import "../files.js"; // sets FILES
import rules from "../rules.js";

const { networks: NETWORKS, runtimes: RUNTIMES } = self.FILES;
const ROOT = new URL("..", import.meta.url);
const MAX_THREADS = 4; // and at most half of the cores: threads wait for each other, and video needs some, too
const TRIALS = 3; // runs by which processor and graphics card are compared

// Functions { proposal, refinement, output, estimator } from (floats, shape) to a list of outputs { data, dims }, and
// what runs them, in words. `progress` is told the bytes that have arrived.
export async function startNetworks(progress) {
  const graphics = await hasGraphics();
  const runtime = RUNTIMES[graphics ? "webgpu" : "wasm"];
  const names = Object.keys(NETWORKS);
  const [ort, wasmBinary, ...files] = await Promise.all([
    import(new URL(runtime.script, ROOT)),
    download(runtime.binary, progress),
    ...names.map((name) => download(NETWORKS[name], progress)),
  ]);
  const numThreads = self.crossOriginIsolated ? Math.min(MAX_THREADS, Math.ceil(navigator.hardwareConcurrency / 2)) : 1;
  const wasmPaths = { mjs: new URL(runtime.loader, ROOT).href };
  Object.assign(ort.env.wasm, { numThreads, wasmBinary, wasmPaths });
  const networks = {};
  for (const [i, name] of names.entries()) networks[name] = await start(ort, files[i], "wasm");
  let device = `WebAssembly, ${numThreads} ${numThreads === 1 ? "thread" : "threads"}`;
  const faster = graphics && (await fasterOnGraphics(ort, files[names.indexOf("estimator")], networks.estimator));
  if (faster) {
    networks.estimator = faster;
    device = `WebGPU and ${device}`;
  }
  return { networks, device };
}

async function start(ort, content, provider) {
  const options = { executionProviders: [provider], graphOptimizationLevel: "all" };
  const session = await ort.InferenceSession.create(new Uint8Array(content), options);
  const [input] = session.inputNames;
  return async (floats, shape) => {
    const results = await session.run({ [input]: new ort.Tensor("float32", floats, shape) });
    return session.outputNames.map((name) => results[name]);
  };
}

async function hasGraphics() {
  if (!("gpu" in navigator) || !("Suspending" in WebAssembly)) return false;
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
}

// The network on the graphics card if it is faster there and agrees with the processor, or nothing.
async function fasterOnGraphics(ort, content, onProcessor) {
  try {
    const onGraphics = await start(ort, content, "webgpu");
    const [height, width] = rules.network.size;
    const shape = [1, height, width, 3];
    const grey = new Float32Array(height * width * 3).fill(128);
    const [age] = await onGraphics(grey, shape);
    const [expected] = await onProcessor(grey, shape);
    if (!(Math.abs(age.data[0] - expected.data[0]) < 0.1)) return null;
    return (await timed(onGraphics, grey, shape)) < (await timed(onProcessor, grey, shape)) ? onGraphics : null;
  } catch {
    return null; // drivers fail in many ways; WebAssembly does the work then
  }
}

async function timed(network, floats, shape) {
  const started = performance.now();
  for (let i = 0; i < TRIALS; i++) await network(floats, shape);
  return performance.now() - started;
}

// A compressed file of this folder, unpacked. What has been downloaded once is kept for use without a network.
async function download(name, progress) {
  const url = new URL(name, ROOT).href;
  const cache = await self.caches?.open("large").catch(() => undefined);
  let response = await cache?.match(url);
  if (!response) {
    response = await fetch(url);
    if (!response.ok) throw new Error(`${name} is missing on the server`);
    cache?.put(url, response.clone()).catch(() => undefined); // no room left: the page works, but only online
  }
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        progress(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
