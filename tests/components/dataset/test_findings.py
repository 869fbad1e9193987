"""The sentences of the Data set page say what the numbers are."""

import pandas as pd
from helpers.page_tables import labels
from helpers.paths import RESULTS

from components.brackets import largest_bracket
from components.dataset import findings, tables


def test_largest_bracket_is_named_with_its_share() -> None:
    photos = labels([25] * 6 + [35] * 3 + [80])
    assert largest_bracket(tables.brackets(photos)) == "20–29 is the largest bracket: 60% of 10 photos"


def test_composition_names_the_part_whose_share_varies_most() -> None:
    photos = labels([25] * 6 + [35] * 3 + [80], letters="ffffffmmmm")
    assert findings.composition(tables.composition(photos, "gender")) in (
        "Female share ranges from 0% at age 30–39 to 100% at age 20–29",
        "Male share ranges from 0% at age 20–29 to 100% at age 30–39",
    )


def test_composition_of_one_bracket_names_its_largest_group() -> None:
    table = tables.composition(labels([25] * 4, letters="fffm"), "gender")
    assert findings.composition(table) == "Female is the largest group at age 20–29: 75%"


def test_imbalance_is_described_with_the_shipped_numbers() -> None:
    shipped = tables.with_brackets(pd.read_parquet(RESULTS / "labels.parquet"))
    sentences = findings.imbalance(tables.brackets(shipped), shipped, tables.rounding(shipped))
    commonest = shipped["age"].mode()[0]
    assert f"The most common is {commonest}, with {(shipped['age'] == commonest).sum():,} photos" in sentences[1]
    women = (shipped["gender"] == "female").mean()
    assert sentences[3].startswith(f"{women:.0%} of the photos are labelled female")
