// Keeps the page for use without a network.

// Promises whether the page is kept now; false where the browser does not allow it.
export async function keepForLater() {
  if (!("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register("sw.js");
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false; // private windows, and pages that are not secure
  }
}
