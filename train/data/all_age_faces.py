"""All-Age-Faces (Cheng et al., ICASSP 2019): 13,322 faces of mostly East Asian people aged 2 to 80.

The folder has `original images`, named NNNNNAaa.jpg (number, age in years), and `image sets` with the published lists
`train.txt` and `val.txt`. Numbers up to 07380 are women, the rest are men. The origin of the ages is not documented,
so they are called "stated". The published validation part is used for the report only; a tenth of the train part
takes its place for tuning.
"""

import re
from pathlib import Path

import pandas as pd

from model.labels import GENDERS
from train.data.archives import DataError
from train.data.duplicates import held_back
from train.data.label_files import read_lines

VALIDATION_SHARE = 10  # one in so many train photos is kept for tuning
LAST_WOMAN = 7380
NAME = re.compile(r"(?P<number>\d{5})A(?P<age>\d{2,3})\.jpg")


def read_all_age_faces(folder: Path) -> pd.DataFrame:
    """A row a photo: `file`, `split`, `age`, `gender`.

    Raises:
        DataError: if a list is missing or names a file of another kind.
    """
    rows = []
    for split, name in (("train", "train.txt"), ("test", "val.txt")):
        for line in read_lines(folder / "image sets" / name):
            file = line.split()[0]
            if (match := NAME.fullmatch(file)) is None:
                raise DataError(
                    f"{name} in {folder} names {file!r}, not a file like 00000A02.jpg. Is it All-Age-Faces?"
                )
            tuning = split == "train" and held_back(file, VALIDATION_SHARE)
            gender = "female" if int(match["number"]) <= LAST_WOMAN else "male"
            rows.append((f"original images/{file}", "validation" if tuning else split, int(match["age"]), gender))
    table = pd.DataFrame(rows, columns=["file", "split", "age", "gender"]).astype({"age": "int16"})
    return table.assign(gender=pd.Categorical(table["gender"], GENDERS))
