"""The data sets that the network was evaluated on: what their result files are called and what their labels are."""

from dataclasses import dataclass

import pandas as pd


def suffix_of(key: str) -> str:
    """Of the result files of a data set, such as `-aaf` in `report-aaf.json`, by its name in training commands."""
    return "" if key == "utkface" else f"-{key}"


def predictions_file(key: str) -> str:
    """The file name of the predictions for the test photos of a data set, by its name in training commands."""
    return f"test_predictions{suffix_of(key)}.parquet"


def report_file(key: str) -> str:
    """The file name of the report on a data set, by its name in training commands."""
    return f"report{suffix_of(key)}.json"


@dataclass(frozen=True)
class DataSet:
    """A test set.

    name: as people write it.
    key: its name in training commands.
    ages: the kind of its age labels in one word: apparent, brackets or stated.
    about: what these ages are, in one sentence.
    group: the column that says which group of people a face belongs to, or None.
    aligned: whether its photos are faces that were cut out and aligned before, so that none has to be found.
    """

    name: str
    key: str
    ages: str
    about: str
    group: str | None
    aligned: bool = False

    @property
    def suffix(self) -> str:
        """Of its result files."""
        return suffix_of(self.key)

    @property
    def predictions(self) -> str:
        """The file name of the predictions for its test photos."""
        return predictions_file(self.key)

    @property
    def report(self) -> str:
        """The file name of its report."""
        return report_file(self.key)


UTKFACE = DataSet(
    "UTKFace", "utkface", "apparent",
    "Ages are apparent: how old people who label photos think a face looks.", "ethnicity", aligned=True,
)  # fmt: skip
FAIRFACE = DataSet(
    "FairFace", "fairface", "brackets",
    "Ages are brackets, such as 20–29, in which people who label photos place a face.", "group",
)  # fmt: skip
ALL_AGE_FACES = DataSet(
    "All-Age-Faces", "aaf", "stated",
    "Ages are stated: the data set gives one for each photo, but not where it comes from. The people are mostly East "
    "Asian.", None,
)  # fmt: skip
FAIRFACE_GROUPS = (
    "White", "Black", "Indian", "East Asian", "Southeast Asian", "Middle Eastern", "Latino Hispanic",
)  # fmt: skip
DATA_SETS = (UTKFACE, FAIRFACE, ALL_AGE_FACES)
BY_NAME = {data.name: data for data in DATA_SETS}


def with_groups(predictions: pd.DataFrame, data: DataSet) -> pd.DataFrame:
    """The predictions of a data set with its groups, `ethnicity` in every file, in the column `data.group`."""
    if data.group != "group":
        return predictions
    names = predictions["ethnicity"].astype(str).str.replace("_", " ")
    groups = pd.Categorical(names, [name for name in FAIRFACE_GROUPS if (names == name).any()])
    return predictions.drop(columns="ethnicity").assign(group=groups)
