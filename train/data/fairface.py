"""FairFace (Kärkkäinen and Joo, WACV 2021): age brackets that people estimated, balanced over seven groups.

The folder has `fairface_label_train.csv` and `fairface_label_val.csv` (file, age, gender, race, service_test) beside
the folders `train` and `val`. The published validation part is used for the report only; a twentieth of the train
part takes its place for tuning.
"""

from pathlib import Path

import pandas as pd

from model.labels import AGE_BRACKETS, GENDERS
from train.data.archives import DataError
from train.data.duplicates import held_back
from train.data.label_files import read_splits

VALIDATION_SHARE = 20  # one in so many train photos is kept for tuning

BRACKETS = {f"{first}-{last}": (first, last) for first, last in AGE_BRACKETS} | {
    "more than 70": AGE_BRACKETS[-1],
    # As spreadsheets save 3-9 and 10-19, which they take for dates.
    "03-Sep": (3, 9),
    "3-Sep": (3, 9),
    "Oct-19": (10, 19),
}


def read_fairface(folder: Path) -> pd.DataFrame:
    """A row a photo: `file`, `split`, `youngest`, `oldest`, `gender`, `ethnicity`.

    Raises:
        DataError: if a label file is missing, damaged or has an unknown bracket.
    """
    files = {"train": "fairface_label_train.csv", "test": "fairface_label_val.csv"}
    table = read_splits(folder, files, ["file", "age", "gender", "race"])
    if unknown := sorted(set(table["age"]) - set(BRACKETS)):
        raise DataError(
            f"FairFace's label files in {folder} have the age {unknown[0]!r}, which is no bracket. Restore the "
            f"published files."
        )
    bounds = pd.DataFrame([BRACKETS[age] for age in table["age"]], columns=["youngest", "oldest"], dtype="int16")
    tuning = (table["split"] == "train") & table["file"].map(lambda file: held_back(file, VALIDATION_SHARE))
    return (
        table[["file"]]
        .assign(split=table["split"].mask(tuning, "validation"))
        .join(bounds)
        .assign(
            gender=pd.Categorical(table["gender"].str.lower(), GENDERS),
            ethnicity=table["race"].astype("category"),
        )
    )
