"""From any number of photos to one table of faces, in a run that can be interrupted at any moment and resumes.

The photos are split into parts (`model.batch.parts`), an engine runs these (`model.batch.engines`), and finished parts
are kept on disk until the table is made of them (`model.batch.run_folder`).
"""

import contextlib
from pathlib import Path

from tqdm import tqdm

from model.batch.engines import Engine, run_local
from model.batch.parts import AnnotationError
from model.batch.run_folder import RunFolder, Summary
from model.writing import describe_os_error


def annotate_photos(
    paths: list[Path],
    output: Path,
    engine: Engine = run_local,
    workers: int | None = None,
    calibration: Path | None = None,
) -> Summary:
    """Writes one row per face to a Parquet table, with a progress bar.

    Beside it, `….unreadable.csv` lists the files that could not be read, each with the reason. Memory depends on the
    number of workers and not on that of photos, except for a list of the names in the largest folder.

    Args:
        paths: pictures, and folders to search through.
        output: the table to write, with the columns and types of `model.batch.run_folder.SCHEMA`.
        engine: what runs the parts.
        workers: processes that analyse photos at the same time; None means one per core.
        calibration: the file that the engine's predictors use; None means the one beside the model.

    Raises:
        AnnotationError: if the run cannot start or continue.
        ModelError: if the trained model is missing or unreadable.
    """
    try:
        run = RunFolder(output, paths, calibration)
        with run.locked():
            photos = run.begin()
            left = sum(len(part.files) for part in run.missing())
            if left:
                with (
                    contextlib.closing(engine(run.missing(), workers)) as done,
                    # The mean rate over the whole run, since several workers may finish their parts at once.
                    tqdm(total=photos, initial=photos - left, unit=" photos", smoothing=0, disable=None) as bar,
                ):
                    for part, found in done:
                        run.keep(part.number, found)
                        bar.update(len(part.files))
            return run.finish()
    except OSError as error:
        raise AnnotationError(
            f"The run stopped: {describe_os_error(error)}. Once that is fixed, the same command resumes the run."
        ) from error
