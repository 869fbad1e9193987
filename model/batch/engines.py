"""Runs the parts of a large run: in processes on this machine, or on a Ray cluster.

Both pass each part to `model.batch.parts.annotate_part` in a process with its own models and one thread, so both give
the same rows. Parts come back in the order in which they are finished.
"""

import functools
import itertools
import logging
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import cv2
from joblib import cpu_count

from model.batch.parts import AnnotationError, Annotations, Part, annotate_part
from model.detection.detector import MtcnnDetector
from model.estimator import Estimator
from model.predictor import Predictor

Load = Callable[[], Predictor]
Done = Generator[tuple[Part, Annotations], None, None]
Engine = Callable[[Iterable[Part], int | None], Done]
"""Takes parts and the number of workers (None: one per core); yields each part with what was found in it."""

WINDOW = 1024
"""Parts that Ray is given at a time, since it keeps all of its input in memory."""


@dataclass(frozen=True)  # so that a copy in another process equals it and finds what was loaded
class LoadPredictor:
    """Loads a predictor on one thread: with one process per core, more threads would only get in each other's way.

    calibration: a file, as for `Estimator`, under a path that all processes can read.
    """

    calibration: Path | None = None

    def __call__(self) -> Predictor:
        cv2.setNumThreads(1)
        return Predictor(MtcnnDetector(threads=1), Estimator(threads=1, calibration=self.calibration))


load_predictor = LoadPredictor()


def run_local(parts: Iterable[Part], workers: int | None = None, load: Load = load_predictor) -> Done:
    """Runs on this machine, by default with one process for each core available to this process.

    Raises:
        AnnotationError: if a worker was killed.
        ModelError: if the trained model is missing or unreadable.
    """
    workers = workers or cpu_count()
    context = multiprocessing.get_context("spawn")  # the networks' threads do not survive a fork
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(workers, context, initializer=_end_with_parent) as pool:
        try:
            yield from _as_done(pool, parts, load, ahead=2 * workers)
        except BrokenProcessPool as error:
            raise AnnotationError(
                "A worker was killed, perhaps because memory ran out. Run the same command again to resume, with fewer "
                f"--workers than {workers}."
            ) from error
        except BaseException:  # interrupted or closed: do not wait for the photos in progress
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise


def _as_done(pool: ProcessPoolExecutor, parts: Iterable[Part], load: Load, ahead: int) -> Done:
    """Keeps no more than `ahead` parts submitted, so that memory does not grow with the number of photos."""
    parts = iter(parts)
    in_progress: dict[Future[Annotations], Part] = {}
    while True:
        for part in itertools.islice(parts, ahead - len(in_progress)):
            in_progress[_submit(pool, load, part)] = part
        if not in_progress:
            return
        done, _ = wait(in_progress, return_when=FIRST_COMPLETED)
        for future in done:
            yield in_progress.pop(future), future.result()


def _submit(pool: ProcessPoolExecutor, load: Load, part: Part) -> Future[Annotations]:
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        return pool.submit(_annotate, load, part)
    # Submitting may start a worker, which inherits the signals blocked here: Ctrl-C is for this process alone, which
    # gets it afterwards. The resource tracker unblocks them when it starts, so it is started first.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(_annotate, load, part)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _annotate(load: Load, part: Part) -> Annotations:
    return annotate_part(_loaded(load), part)


@functools.cache  # one per process, loaded by its first part, so that a missing model is reported like any other error
def _loaded(load: Load) -> Predictor:
    return load()


def _end_with_parent() -> None:
    """Ends this worker if its parent is killed; otherwise it would wait for parts for ever, with models in memory."""

    def watch() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def run_ray(parts: Iterable[Part], workers: int | None = None, load: Load = load_predictor) -> Done:
    """Runs on a Ray cluster with Ray Data, by default with one actor for each core of the cluster.

    The cluster is the one named by RAY_ADDRESS or started by `ray start`, or else a local one on this machine. Its
    machines need the same packages, and the photos under the same paths; this package and its model are sent to them.

    Raises:
        AnnotationError: if Ray is not installed, cannot be reached or fails.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.data
    except ImportError:
        raise AnnotationError(
            "--engine ray needs Ray, which is not installed. Install it with: pip install -r requirements-ray.txt"
        ) from None
    package = str(Path(__file__).resolve().parents[1])
    try:
        ray.init(runtime_env={"py_modules": [package]}, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError) as error:
        raise AnnotationError(f"The Ray cluster cannot be reached: {error}") from error
    ray.data.DataContext.get_current().enable_progress_bars = False  # the run has its own bar
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    worker: Any = RayWorker  # Ray takes a class where its types ask for a function
    try:
        workers = workers or int(ray.cluster_resources()["CPU"])
        parts = iter(parts)
        while window := [{"part": pickle.dumps(part)} for part in itertools.islice(parts, WINDOW)]:
            dataset = ray.data.from_items(window, override_num_blocks=len(window)).map(
                worker,
                fn_constructor_args=(load,),
                compute=ray.data.ActorPoolStrategy(min_size=1, max_size=min(workers, len(window))),
            )
            for row in dataset.iter_rows():
                yield pickle.loads(row["done"])
    except ray.exceptions.RayError as error:
        reason = str(error).strip().splitlines()[-1]  # the lines before it are a traceback from another machine
        raise AnnotationError(f"Ray failed: {reason}. Run the same command again to resume.") from error
    finally:
        ray.shutdown()


class RayWorker:
    """A predictor in the form that Ray Data expects: rows in, rows out.

    Parts and annotations are pickled, since file names may contain bytes that Arrow's strings do not allow.
    """

    def __init__(self, load: Load) -> None:
        self.predictor = load()

    def __call__(self, row: dict[str, bytes]) -> dict[str, bytes]:
        part: Part = pickle.loads(row["part"])
        return {"done": pickle.dumps((part, annotate_part(self.predictor, part)))}


ENGINES: dict[str, Callable[..., Done]] = {"local": run_local, "ray": run_ray}
