// The camera as a sequence of frames.

const SIZE = { width: { ideal: 640 }, height: { ideal: 480 } };

// Opens the camera that looks at the "user" or into the "environment".
export async function openCamera(facing = "user") {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, ...SIZE } });
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, srcObject: stream });
  await video.play();
  const devices = await navigator.mediaDevices.enumerateDevices();
  return {
    mirrored: facing === "user", // people expect to see themselves as in a mirror
    several: devices.filter(({ kind }) => kind === "videoinput").length > 1,
    other: facing === "user" ? "environment" : "user",
    stop() {
      stream.getTracks().forEach((track) => track.stop());
      video.srcObject = null;
    },
    // The newest frame each time one is asked for, { bitmap, time in seconds }, until the camera is stopped.
    async *frames() {
      while (video.srcObject) {
        await new Promise(requestAnimationFrame);
        if (!video.srcObject || !video.videoWidth) continue;
        yield { bitmap: await createImageBitmap(video), time: performance.now() / 1000 };
      }
    },
  };
}
