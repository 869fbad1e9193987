// The worker that analyses pictures, as functions.

const TOO_OLD = "The page could not start: this browser may be too old. Update it, or use another one.";
const LOAD_AGAIN = "Load the page again; the first time, it needs a network.";

// `onFailure` gets sentences for the user. `analyse(kind, bitmap, time)` promises the answer of the worker, and takes the
// bitmap away from the page.
export function startAnalyser({ onProgress, onReady, onFailure }) {
  // Started from a blob, the worker inherits the page's policy: it can reach its own server and nothing else.
  const source = `import ${JSON.stringify(new URL("worker.js", import.meta.url).href)};`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const waiting = new Map();
  let asked = 0;
  worker.addEventListener("error", () => onFailure(TOO_OLD));
  worker.addEventListener("message", ({ data }) => {
    if ("progress" in data) onProgress(data.progress);
    else if ("ready" in data) onReady(data.ready);
    else if ("failed" in data) onFailure(`The model could not be loaded: ${data.failed}. ${LOAD_AGAIN}`);
    else {
      waiting.get(data.id)(data);
      waiting.delete(data.id);
    }
  });
  return {
    analyse(kind, bitmap, time) {
      const id = ++asked;
      worker.postMessage({ id, kind, bitmap, time }, [bitmap]);
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    restart: () => worker.postMessage({ kind: "restart" }),
  };
}
