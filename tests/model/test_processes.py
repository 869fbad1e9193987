"""One predictor in threads, event loops and processes of every kind."""

import asyncio
import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from helpers.paths import ROOT
from numpy.typing import NDArray

from model import Predictor

PATIENCE = 100

Faces = list[tuple[float, float]]
_shared: list[Predictor] = []  # what a fork inherits


def find(predictor: Predictor, image: NDArray[np.uint8]) -> Faces:
    return [(face.age, face.confidence) for face in predictor.predict(image)]


def find_with_inherited(image: NDArray[np.uint8]) -> Faces:
    return find(_shared[0], image)


@pytest.fixture
def expected(predictor: Predictor, collins: NDArray[np.uint8]) -> Iterator[Faces]:
    """What the parent finds; it has used the predictor before, so its threads are there."""
    _shared.append(predictor)
    yield find(predictor, collins)
    _shared.clear()


def test_predictor_works_in_forks_that_inherit_it(expected: Faces, collins: NDArray[np.uint8]) -> None:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(find_with_inherited, [collins] * 4).get(PATIENCE) == [expected] * 4
    assert find_with_inherited(collins) == expected


def test_fork_of_a_fork_works_and_ends() -> None:
    code = """if True:
        import os, sys
        from model import Predictor, read_image
        predictor, photo = Predictor(), read_image("samples/grace-hopper.jpg")
        def ages(): return [face.age for face in predictor.predict(photo)]
        expected = ages()
        for generation in range(2):
            if child := os.fork():
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            assert ages() == expected
    """
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=PATIENCE).returncode == 0


def test_fork_that_does_not_predict_ends_as_usual(predictor: Predictor) -> None:
    code = """if True:
        import os, sys
        from model import Predictor
        predictor = Predictor()
        if child := os.fork():
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=PATIENCE).returncode == 0


def test_predictor_can_be_sent_to_a_pool_of_new_processes(
    predictor: Predictor, expected: Faces, collins: NDArray[np.uint8]
) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.starmap_async(find, [(predictor, collins)] * 2).get(PATIENCE) == [expected] * 2


def test_joblib_runs_its_methods(predictor: Predictor, expected: Faces, collins: NDArray[np.uint8]) -> None:
    found = joblib.Parallel(n_jobs=2, timeout=PATIENCE)(joblib.delayed(predictor.predict)(collins) for _ in range(3))
    assert [[(face.age, face.confidence) for face in faces] for faces in found] == [expected] * 3


def test_process_loads_a_predictor_once_however_often_it_arrives(predictor: Predictor) -> None:
    content = pickle.dumps(predictor)
    assert pickle.loads(content) is pickle.loads(content)  # noqa: S301
    assert len(content) < 1000


def test_threads_and_event_loops_share_a_predictor(
    predictor: Predictor, expected: Faces, collins: NDArray[np.uint8]
) -> None:
    async def find_several() -> list[Faces]:
        return await asyncio.gather(*(asyncio.to_thread(find, predictor, collins) for _ in range(3)))

    assert asyncio.run(find_several()) == [expected] * 3
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(find, [predictor] * 3, [collins] * 3)) == [expected] * 3


def test_notebook_uses_a_predictor_in_a_pool() -> None:
    import nbformat
    from nbclient import NotebookClient

    cells = [
        "from model import Predictor, read_image\nimport multiprocessing\n"
        "predictor, photo = Predictor(), read_image('samples/grace-hopper.jpg')\nfaces = predictor.predict(photo)",
        "with multiprocessing.get_context('fork').Pool(1) as pool:\n"
        "    again = pool.apply_async(predictor.predict, (photo,)).get(90)\nassert again == faces",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": ROOT}}).execute()
