// Runs .tflite files with LiteRT in WebAssembly. Everything is loaded from this folder.

import { Tensor, loadAndCompile, loadLiteRt } from "@litertjs/core";

const WASM = new URL("vendor/litert/litert_wasm_compat_internal.js", import.meta.url).href;

let started;

// Loads a model and returns a function from and to objects of Float32Arrays by tensor name.
export async function loadModel(url) {
  started ??= loadLiteRt(WASM);
  await started;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} is missing`);
  const model = await loadAndCompile(new Uint8Array(await response.arrayBuffer()), { accelerator: "wasm" });
  const shapes = Object.fromEntries(model.getInputDetails().map(({ name, shape }) => [name, [...shape]]));
  return async (values) => {
    const inputs = {};
    for (const name in values) inputs[name] = new Tensor(values[name], shapes[name]);
    const outputs = await model.run(inputs);
    const results = {};
    for (const name in outputs) results[name] = outputs[name].toTypedArray().slice();
    // Tensors are in WebAssembly's memory, which JavaScript does not free.
    for (const tensor of [...Object.values(inputs), ...Object.values(outputs)]) tensor.delete();
    return results;
  };
}
