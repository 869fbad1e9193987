"""The figures about corrected shares in docs/evaluation.md, from what `python -m train unfolding` wrote."""

import json
from pathlib import Path
from typing import Any

from reports.data_sets import DATA_SETS
from reports.markdown import markdown

ALL = "all"


def corrected_table(results: Path) -> str:
    """Samples of all test splits together, by their number of people."""
    by_size = _measured(results)["people"][ALL]
    return _table("people in a sample", {f"{int(size):,}": figures for size, figures in by_size.items()})


def corrected_sets_table(results: Path) -> str:
    """Samples of one test split each, from the number of people on from which the page corrects."""
    measured = _measured(results)
    names = {data.key: data.name for data in DATA_SETS}
    rows = {
        f"{names.get(data, data)}, {int(size):,} people": figures
        for data, by_size in measured["people"].items()
        for size, figures in by_size.items()
        if data != ALL and int(size) >= (measured["fewest"] or 0)
    }
    return _table("people from one data set", rows)


def corrected_mixes_table(results: Path) -> str:
    """The same samples as in the first table that are large enough, by kind of people."""
    mixes = _measured(results)["mixes"]
    return _table("large samples of", dict(sorted(mixes.items(), key=lambda mix: mix[1]["closer"])))


def _table(title: str, figures: dict[str, dict[str, Any]]) -> str:
    rows = [
        (
            name,
            f"{of['samples']}",
            f"{of['raw']:.1%}",
            f"{of['corrected']:.1%}",
            f"{of['closer']:.0%}",
            f"{of['contained']:.0%}",
            f"{of['contained_large']:.0%}",
            f"{of['closer_female']:.0%}",
            f"{of['contained_female']:.0%}",
        )
        for name, of in figures.items()
    ]
    header = (
        title, "samples", "distance as estimated", "corrected", "ages closer", "coverage",
        "coverage of brackets with 2% or more", "share of women closer", "its coverage",
    )  # fmt: skip
    return markdown(header, rows)


def _measured(results: Path) -> dict[str, Any]:
    return dict(json.loads((results / "unfolding.json").read_text()))
