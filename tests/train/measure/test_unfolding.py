"""The check of corrected shares on samples with other ages than training's."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.answers import answered

from model.errors import UserError
from reports.unfolding import confusion_counts
from train.measure import unfolding
from train.measure.confusion import COLUMNS, read_test_faces
from train.measure.unfolding import ALL, MIXES, check, fewest_people


def faces(count: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return answered(rng.integers(0, 90, count), rng.random(count) < 0.5, rng)


@pytest.fixture(scope="module")
def checked() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unfolding, "SIZES", (40, 300))
        return check(confusion_counts(faces(4000, 1)), faces(6000, 2), 12, progress=False)


def test_corrected_shares_of_large_samples_are_closer_than_estimated_ones(checked: dict[str, Any]) -> None:
    assert set(checked["people"]) == {ALL, "synthetic"}
    small, large = (checked["people"][ALL][size] for size in ("40", "300"))
    assert small["samples"] == large["samples"] == 12
    assert large["closer"] >= 0.9
    assert large["corrected"] < 0.7 * large["raw"]
    assert large["corrected"] < small["corrected"]


def test_intervals_contain_the_truth(checked: dict[str, Any]) -> None:
    for figures in checked["people"][ALL].values():
        assert figures["contained"] > 0.85
    assert checked["people"][ALL]["40"]["width"] > checked["people"][ALL]["300"]["width"]


def test_mixes_are_those_of_large_samples(checked: dict[str, Any]) -> None:
    assert set(checked["mixes"]) <= set(MIXES)
    sizes = [size for size in (40, 300) if size >= checked["fewest"]]
    assert sum(figures["samples"] for figures in checked["mixes"].values()) == 12 * len(sizes)


def test_correction_starts_where_all_larger_samples_come_closer() -> None:
    def sizes(**closer: float) -> dict[str, Any]:
        return {size[1:]: {"closer": share} for size, share in closer.items()}

    assert fewest_people(sizes(n50=0.95, n100=0.8, n200=0.9, n1000=1.0), 0.9) == 200
    assert fewest_people(sizes(n50=0.7, n1000=0.89), 0.9) is None


def test_samples_have_the_ages_that_they_are_said_to_have() -> None:
    people = faces(6000, 3)
    pool = unfolding._Pool(people)
    samples = [sample for seed in range(40) if (sample := pool.draw(200, np.random.default_rng(seed)))]
    for sample in samples:
        assert len(set(sample.rows)) == 200
        assert sample.ages.sum() == pytest.approx(1)
    drawn = np.mean([(people["gender"].iloc[sample.rows] == "female").mean() for sample in samples])
    assert drawn == pytest.approx(np.mean([sample.female for sample in samples]), abs=0.02)
    children = [np.mean(people["youngest"].iloc[sample.rows] < 10) for sample in samples]
    assert np.mean(children) == pytest.approx(np.mean([sample.ages[:2].sum() for sample in samples]), abs=0.02)


def test_too_few_test_faces_are_one_sentence() -> None:
    with pytest.raises(UserError, match="too few test faces"):
        check(confusion_counts(faces(200, 4)), faces(30, 5), 1, progress=False)


def test_test_faces_come_from_the_results_of_each_data_set(tmp_path: Path) -> None:
    people = faces(20, 6)
    exact = people.drop(columns=["data", "youngest", "oldest"]).assign(age=people["youngest"])
    exact.to_parquet(tmp_path / "test_predictions.parquet")
    people.drop(columns="data").assign(gender=None).to_parquet(tmp_path / "test_predictions-fairface.parquet")
    read = read_test_faces(tmp_path, ["utkface", "fairface"])
    assert list(read) == COLUMNS
    assert read["data"].tolist() == ["utkface"] * 20, "faces without gender are left out"
    assert (read["youngest"] == people["youngest"]).all()
