"""Label files of published data sets."""

from pathlib import Path

import pandas as pd

from train.data.archives import DataError


def read_csv(path: Path, columns: list[str]) -> pd.DataFrame:
    """The named columns of a label file, without the rows that lack a value.

    Raises:
        DataError: if the file is missing, damaged or has other columns.
    """
    try:
        return pd.read_csv(path, usecols=columns).dropna(ignore_index=True)
    except FileNotFoundError:
        raise _missing(path) from None
    except ValueError as error:  # no such columns, and whatever is wrong with a damaged file
        raise DataError(f"{path} cannot be read ({error}). Restore the published file.") from error


def read_splits(folder: Path, files: dict[str, str], columns: list[str]) -> pd.DataFrame:
    """The rows of the label file of each split, with the name of the `split`.

    Raises:
        DataError: as `read_csv`.
    """
    tables = [read_csv(folder / file, columns).assign(split=split) for split, file in files.items()]
    return pd.concat(tables, ignore_index=True)


def read_lines(path: Path) -> list[str]:
    """The lines of a text file that are not blank.

    Raises:
        DataError: if it is missing.
    """
    try:
        return [line for line in path.read_text().splitlines() if line.strip()]
    except FileNotFoundError:
        raise _missing(path) from None


def _missing(path: Path) -> DataError:
    return DataError(f"{path} is missing. The label files belong beside the folders with the photos.")
