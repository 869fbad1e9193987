"""APPA-REAL (Agustsson et al., FG 2017; Clapés et al., CVPR Workshops 2018): photos with real ages.

The folder has `gt_avg_train.csv`, `gt_avg_valid.csv` and `gt_avg_test.csv` (file_name, …, real_age) beside the folders
`train`, `valid` and `test`, whose NAME_face.jpg are the faces. Genders come with the later files
`allcategories_train.csv` and so on (file, gender, …); without these, gender is not trained.
"""

from pathlib import Path

import pandas as pd

from model.labels import GENDERS
from train.data.label_files import read_csv, read_splits


def read_appa_real(folder: Path) -> pd.DataFrame:
    """A row a photo: `file`, `split`, `age`, and `gender`, which is missing where no label file gives it.

    Raises:
        DataError: if a label file is missing or damaged.
    """
    parts = {"train": "train", "validation": "valid", "test": "test"}
    files = {split: f"gt_avg_{part}.csv" for split, part in parts.items()}
    table = read_splits(folder, files, ["file_name", "real_age"])
    genders: dict[str, str] = {}
    for path in sorted(folder.glob("**/allcategories_*.csv")):
        more = read_csv(path, ["file", "gender"])
        genders |= dict(zip(more["file"], more["gender"], strict=True))
    return pd.DataFrame(
        {
            "file": table["split"].map(parts) + "/" + table["file_name"] + "_face.jpg",
            "split": table["split"],
            "age": table["real_age"].round().astype("int16"),
            "gender": pd.Categorical(table["file_name"].map(genders), GENDERS),
        }
    )
