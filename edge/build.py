"""Builds the page: its own files, the networks, ONNX Runtime for browsers, and what the service worker keeps."""

import gzip
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from edge.networks import detector_files, estimator_graph, halved
from edge.rules import rules_script
from model.errors import UserError
from model.estimator import MODEL_PATH
from model.provenance import sha256_of
from model.version import VERSION

FOLDER = Path(__file__).parent
PAGE = FOLDER / "page"
SAMPLES = FOLDER.parent / "samples"
RUNTIME = FOLDER / "node_modules" / "onnxruntime-web" / "dist"
RUNTIMES = {
    "wasm": ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"),
    "webgpu": ("ort.jspi.min.mjs", "ort-wasm-simd-threaded.jspi.mjs", "ort-wasm-simd-threaded.jspi.wasm"),
}
"""For each way to compute: ONNX Runtime, the loader of its WebAssembly, and that WebAssembly. A browser takes one."""


class BuildError(UserError):
    """The page cannot be built; the message says what to do."""


@dataclass(frozen=True)
class Build:
    """What was written, and the most that one visitor downloads of it, in millions of bytes."""

    folder: Path
    megabytes: float


def build(output: Path) -> Build:
    """Writes the page into a folder, which is there whole or not at all; an earlier one is replaced.

    Raises:
        BuildError: if npm is missing or cannot fetch the runtime, or `output` is no folder of an earlier build.
        ModelError: if the trained model or MTCNN's weights are missing or unreadable.
    """
    if output.exists() and not (output / "files.js").is_file():
        raise BuildError(f"{output} already exists and is no build of this page. Name another --output.")
    fetch_runtime()
    unfinished = output.with_name(f".{output.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copytree(PAGE, unfinished)
        megabytes = _fill(unfinished)
        shutil.rmtree(output, ignore_errors=True)
        unfinished.rename(output)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Build(output, megabytes)


def fetch_runtime() -> None:
    """Installs the version of ONNX Runtime that the lock file names, unless it is there.

    Raises:
        BuildError: if there is no npm, or it fails.
    """
    lock = json.loads((FOLDER / "package-lock.json").read_text())["packages"]["node_modules/onnxruntime-web"]
    installed = RUNTIME.parent / "package.json"
    if installed.is_file() and json.loads(installed.read_text())["version"] == lock["version"]:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError("Building the page needs npm, which fetches ONNX Runtime. Install Node.js.")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    finished = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if finished.returncode:
        reason = finished.stderr.strip().rpartition("\n")[2] or f"exit status {finished.returncode}"
        raise BuildError(f"npm could not fetch ONNX Runtime: {reason}. Check the network and run the command again.")


def _fill(folder: Path) -> float:
    """Adds everything that is not in the page's own folder; returns the megabytes of the larger download."""
    network = estimator_graph()
    (folder / "rules.js").write_text(rules_script(network, {"version": VERSION, "sha256": sha256_of(MODEL_PATH)}))
    shutil.copy(MODEL_PATH.with_name("calibration.json"), folder)
    shutil.copytree(SAMPLES, folder / "samples", ignore=shutil.ignore_patterns("*.md"))
    networks = {**detector_files(), "estimator": halved(network.onnx)}
    large = {name: _compress(folder / "networks", f"{name}.onnx", content) for name, content in networks.items()}
    runtimes = {}
    (folder / "runtime").mkdir()
    for name, (script, loader, binary) in RUNTIMES.items():
        for file in (script, loader):
            shutil.copy(RUNTIME / file, folder / "runtime")
        wasm = _compress(folder / "runtime", binary, (RUNTIME / binary).read_bytes())
        runtimes[name] = {"script": f"runtime/{script}", "loader": f"runtime/{loader}", "binary": wasm}
    written = [path for path in folder.rglob("*") if path.is_file()]
    shell = sorted(path for path in written if path.suffix != ".gz" and path.name != "sw.js")
    names = ["./", *(path.relative_to(folder).as_posix() for path in shell)]
    files = {"version": f"{VERSION}-{_digest(shell)}", "shell": names, "networks": large, "runtimes": runtimes}
    (folder / "files.js").write_text(f"self.FILES = {json.dumps(files, indent=2)};\n")
    each = [_size(folder / runtime["binary"]) for runtime in runtimes.values()]
    once = sum(map(_size, shell)) + sum(_size(folder / name) for name in (*large.values(), "files.js", "sw.js"))
    return (once + max(each)) / 1e6


def _compress(folder: Path, name: str, content: bytes) -> str:
    """Writes a large file, compressed, under a name that changes with it; returns its address within the page."""
    stem, _, suffix = name.rpartition(".")
    packed = gzip.compress(content, 9, mtime=0)
    folder.mkdir(exist_ok=True)
    path = folder / f"{stem}.{hashlib.sha256(content).hexdigest()[:8]}.{suffix}.gz"
    path.write_bytes(packed)
    return f"{folder.name}/{path.name}"


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:8]


def _size(path: Path) -> int:
    return path.stat().st_size
