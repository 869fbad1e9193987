"""The photos one by one, with labels, estimates and errors, as a table and as CSV."""

import pandas as pd

from model.formats import safe_cell
from reports.own_people.analysis import Evaluation


def photo_table(evaluation: Evaluation) -> pd.DataFrame:
    """A row a photo, largest errors first: `file`, `age`, `predicted_age`, `error` (estimated minus true age, years),
    `age_low`, `age_high`, `inside` (whether the interval contains the age), `gender`, `female_probability`, `group`.

    Its texts are safe in a spreadsheet.
    """
    table = evaluation.predictions
    error = table["predicted_age"] - table["age"]
    table = table.assign(
        file=_safe(table["file"]),
        error=error,
        inside=table["age"].between(table["age_low"], table["age_high"]),
        group=_safe(table["group"]),
    )
    columns = ["file", "age", "predicted_age", "error", "age_low", "age_high", "inside"]
    return table.loc[
        error.abs().sort_values(ascending=False, kind="stable").index,
        [*columns, "gender", "female_probability", "group"],
    ].reset_index(drop=True)


def as_csv(evaluation: Evaluation) -> str:
    """The table, and below it the photos without an estimate, with the reason under `problem`."""
    failures = pd.DataFrame(list(evaluation.failures.items()), columns=["file", "problem"])
    failures = failures.assign(file=_safe(failures["file"]))
    years = dict.fromkeys(("age", "predicted_age", "error", "age_low", "age_high"), 1)
    table = pd.concat([photo_table(evaluation).round({**years, "female_probability": 4}), failures], ignore_index=True)
    return table.to_csv(index=False, lineterminator="\n")


def _safe(texts: pd.Series) -> pd.Series:
    return texts.map(lambda text: safe_cell(str(text)), na_action="ignore")
