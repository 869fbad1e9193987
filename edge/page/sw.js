// Serves the page without a network. Its small files are kept when it is installed, the large ones by the page itself
// while it downloads them. It also isolates the page from others, without which browsers allow no threads; servers of
// static files cannot say so themselves.

importScripts("files.js");

const { version, shell, networks, runtimes } = self.FILES;
const SHELL = `shell-${version}`;
const LARGE = "large";

self.addEventListener("install", (event) => {
  const files = [...shell, "files.js"].map((name) => new Request(name, { cache: "no-cache" }));
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(files)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forget().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  if (new URL(event.request.url).origin === self.location.origin) event.respondWith(answer(event.request));
});

async function answer(request) {
  const kept = await caches.match(request, { ignoreSearch: true });
  return isolated(kept ?? (await fetch(request)));
}

function isolated(response) {
  if (response.type === "opaqueredirect" || response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

// Deletes what earlier versions of the page have kept.
async function forget() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== SHELL).map((name) => caches.delete(name)));
  const wanted = new Set([...Object.values(networks), ...Object.values(runtimes).map(({ binary }) => binary)].map(
    (name) => new URL(name, self.location).href,
  ));
  const large = await caches.open(LARGE);
  const kept = await large.keys();
  await Promise.all(kept.filter(({ url }) => !wanted.has(url)).map((request) => large.delete(request)));
}
