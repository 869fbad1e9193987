"""AFAD (Niu et al., CVPR 2016): Asian faces with the real ages of a social network's profiles.

The folder has AGE/111/*.jpg for men and AGE/112/*.jpg for women. There is no published split: the number that begins a
file's name decides, 80/10/10.
"""

from pathlib import Path

import pandas as pd

from model.labels import GENDERS
from train.data.archives import DataError
from train.data.duplicates import split_of


def read_afad(folder: Path) -> pd.DataFrame:
    """A row a photo: `file`, `split`, `age`, `gender`; all files of one number are in one split.

    Raises:
        DataError: if no file lies where AFAD has it.
    """
    genders = {"111": "male", "112": "female"}
    files = [path for path in sorted(folder.glob("[0-9]*/11[12]/*.jpg")) if path.parts[-3].isdigit()]
    if not files:
        raise DataError(f"{folder} holds no file like 25/112/638660-1.jpg. Is this AFAD?")
    return pd.DataFrame(
        {
            "file": [path.relative_to(folder).as_posix() for path in files],
            "split": [split_of(path.name.partition("-")[0]) for path in files],
            "age": pd.Series([int(path.parts[-3]) for path in files], dtype="int16"),
            "gender": pd.Categorical([genders[path.parts[-2]] for path in files], GENDERS),
        }
    )
