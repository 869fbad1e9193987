"""Any number of photos to one table of faces, by a run that can be cut off at any moment and goes on.

The photos go through in parts (`model.batch.parts`), an engine runs these (`model.batch.engines`), and what is done is
kept on disk until the table is made of it (`model.batch.run_folder`).
"""

import contextlib
from pathlib import Path

from tqdm import tqdm

from model.batch.engines import Engine, run_local
from model.batch.parts import AnnotationError
from model.batch.run_folder import RunFolder, Summary
from model.writing import describe_os_error


def annotate_photos(paths: list[Path], output: Path, engine: Engine = run_local, workers: int | None = None) -> Summary:
    """Writes a row for each face in photos to a Parquet table, with a progress bar.

    Beside it, `….unreadable.csv` lists the files that could not be read, each with the reason. Memory is bounded by
    the workers, whatever the number of photos, but for a list of the names in the largest folder.

    Args:
        paths: pictures, and folders to search through.
        output: the table to make, with the columns and types of `model.batch.run_folder.SCHEMA`.
        engine: what runs the parts.
        workers: processes that judge photos at the same time; None is one a core.

    Raises:
        AnnotationError: if the run cannot begin or go on.
        ModelError: if the trained model is missing or unreadable.
    """
    try:
        run = RunFolder(output, paths)
        with run.locked():
            photos = run.begin()
            left = sum(len(part.files) for part in run.missing())
            if left:
                with (
                    contextlib.closing(engine(run.missing(), workers)) as done,
                    # The mean rate over the whole run, since several workers may end their parts at once.
                    tqdm(total=photos, initial=photos - left, unit=" photos", smoothing=0, disable=None) as bar,
                ):
                    for part, found in done:
                        run.keep(part.number, found)
                        bar.update(len(part.files))
            return run.finish()
    except OSError as error:
        raise AnnotationError(
            f"The run stopped: {describe_os_error(error)}. When that is mended, the same command goes on from here."
        ) from error
