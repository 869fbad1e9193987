"""The evaluation on one's own photos: figures, the refitted calibration, the report, and the command."""

import csv
import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from helpers.paths import SAMPLES
from scipy.stats import t

from model.__main__ import main
from model.calibration import Calibration, load_calibration
from model.drawing import encode_jpeg
from model.errors import UserError
from model.estimator import RawEstimates
from model.image import read_image
from model.predictor import Predictor
from reports.own_people.analysis import (
    Evaluation,
    PhotoEstimate,
    analyse,
    estimate_photo,
    evaluate,
    predictions_table,
)
from reports.own_people.figures import mean_interval, scores, summary
from reports.own_people.labels import parse_labels, read_labels
from reports.own_people.page import as_html
from reports.own_people.photo_table import as_csv, photo_table
from reports.own_people.refitting import refit, refitted_coverage

NARROW = Calibration((0.0,), (-0.5,), (0.5,), 1.0)
"""Intervals that are too narrow for errors of one predictive standard deviation."""


def simulated(count: int, seed: int = 0) -> Evaluation:
    rng = np.random.default_rng(seed)
    ages = rng.uniform(20, 70, count)
    raw = RawEstimates(ages + rng.normal(3, 5, count), np.full(count, 5.0), rng.random(count))
    labels = pd.DataFrame(
        {
            "file": [f"{i}.jpg" for i in range(count)],
            "age": ages,
            "gender": pd.Categorical(np.where(rng.random(count) < raw.female, "female", "male"), ["male", "female"]),
            "group": ["north", "south"] * (count // 2),
        }
    )
    return Evaluation(predictions_table(labels, raw, NARROW), raw, {"gone.jpg": "No face found."}, ("3.jpg",))


def test_scores_are_the_means_of_each_group() -> None:
    evaluation = simulated(200)
    table = evaluation.predictions
    figures = scores(table).set_index(["group", "metric"])["value"]
    south = table[table["group"] == "south"]
    assert figures["south", "age_mae"] == pytest.approx((south["predicted_age"] - south["age"]).abs().mean(), abs=1e-4)
    assert figures["all photos", "age_bias"] == pytest.approx((table["predicted_age"] - table["age"]).mean(), abs=1e-4)


@pytest.mark.parametrize("photos", [5, 6, 10, 30, 1000])
def test_interval_of_a_mean_is_students(photos: int) -> None:
    values = pd.Series(np.random.default_rng(photos).normal(3, 5, photos))
    half = values.sem() * t.ppf(0.975, photos - 1)
    assert mean_interval(values) == pytest.approx((values.mean() - half, values.mean() + half), rel=0.01)


def test_four_photos_have_no_interval_in_years() -> None:
    assert np.isnan(mean_interval(pd.Series([1.0, 2.0, 3.0, 4.0]))).all()


def test_shares_of_small_groups_have_intervals_that_say_so() -> None:
    table = simulated(40).predictions.assign(age_low=0, age_high=100)  # all inside
    rows = scores(table)
    row = rows[(rows["group"] == "south") & (rows["metric"] == "interval_coverage")].iloc[0]
    assert (row["value"], row["high"]) == (1, 1)
    assert row["low"] == pytest.approx(0.839, abs=1e-3)  # 20 of 20


def test_photos_without_a_gender_count_for_age_alone() -> None:
    table = simulated(40).predictions
    table.loc[:9, "gender"] = None
    figures = scores(table).set_index(["group", "metric"])["photos"]
    assert figures["all photos", "age_mae"] == 40
    assert figures["all photos", "gender_accuracy"] == 30


def test_refitted_intervals_contain_unseen_ages() -> None:
    evaluation = simulated(600)
    before = evaluation.predictions
    assert before["age"].between(before["age_low"], before["age_high"]).mean() < 0.6
    assert refitted_coverage(evaluation) == pytest.approx(0.8, abs=0.05)
    again = predictions_table(before.drop(columns="bracket"), evaluation.raw, refit(evaluation))
    assert again["age"].between(again["age_low"], again["age_high"]).mean() == pytest.approx(0.8, abs=0.04)


def test_few_photos_or_one_gender_are_not_refitted() -> None:
    with pytest.raises(UserError, match="needs 100 photos"):
        refit(simulated(98))
    evaluation = simulated(120)
    evaluation.predictions["gender"] = pd.Categorical(["male"] * 120, ["male", "female"])
    with pytest.raises(UserError, match="male and photos labelled female"):
        refit(evaluation)


def test_summary_says_what_is_wrong_and_how_much_so_few_photos_show() -> None:
    lines = "\n".join(summary(simulated(300).predictions, 0.8))
    assert "Estimates are too old on average" in lines
    assert "less often than promised" in lines
    assert "contains the age in 80% of unseen photos" in lines
    assert "With 300 photos" in lines
    few = "\n".join(summary(simulated(12).predictions, None))
    assert "With 12 photos, the age error is known to within" in few
    assert "Fewer than 30 photos say little." in few


def test_summary_of_one_photo_claims_nothing() -> None:
    lines = summary(simulated(12).predictions.head(1), None)
    assert "One photo is an example" in lines[0]
    assert "which may be chance" in lines[2]
    assert "nan" not in "\n".join(lines)


def test_report_needs_no_network_and_runs_nothing_that_a_name_says() -> None:
    evaluation = simulated(40)
    evaluation.predictions["group"] = "<script>alert(1)</script>"
    page = as_html(evaluation, None)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    assert "gone.jpg" in page
    assert page.count("<circle") == 40


def test_raw_estimates_calibrated_are_those_of_the_face(predictor: Predictor, hopper: np.ndarray) -> None:
    (face,) = predictor.predict(hopper)
    raw = estimate_photo(predictor, (SAMPLES / "grace-hopper.jpg").read_bytes())
    calibration = predictor.estimator.calibration
    low, high = calibration.age_interval(np.array([raw.age]), np.array([raw.age_std]))
    assert (raw.age, low.item(), high.item()) == pytest.approx((face.age, face.age_low, face.age_high), rel=1e-4)
    female = calibration.female_probability(np.array([raw.female])).item()
    assert female == pytest.approx(face.female_probability, abs=1e-4)


def test_largest_face_counts_and_the_photo_is_named(predictor: Predictor, hopper: np.ndarray) -> None:
    small = cv2.resize(hopper, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    both = np.zeros((hopper.shape[0], hopper.shape[1] + small.shape[1], 3), np.uint8)
    both[:, : hopper.shape[1]] = hopper
    both[: small.shape[0], hopper.shape[1] :] = small
    estimate = estimate_photo(predictor, encode_jpeg(both, 95))
    assert estimate.faces == 2
    evaluation = evaluate(parse_labels(b"file,age\ntwo.jpg,77\n", "ages.csv"), {"two.jpg": estimate}, NARROW)
    assert evaluation.several == ("two.jpg",)
    assert estimate.age == pytest.approx(predictor.predict(hopper)[0].age, abs=3)


def test_photos_without_a_face_are_listed_and_no_face_at_all_is_said() -> None:
    labels = parse_labels(b"file,age\na.jpg,30\nb.jpg,40\n", "ages.csv")
    evaluation = evaluate(labels, {"a.jpg": PhotoEstimate(33, 4, 0.9, 1), "b.jpg": "No face found."}, NARROW)
    assert evaluation.predictions["file"].to_list() == ["a.jpg"]
    assert evaluation.failures == {"b.jpg": "No face found."}
    with pytest.raises(UserError, match="None of the 2 photos gave an estimate"):
        evaluate(labels, dict.fromkeys(("a.jpg", "b.jpg"), "No face found."), NARROW)


def test_csv_has_each_photo_once_and_no_formulas() -> None:
    evaluation = simulated(4)
    evaluation.predictions.loc[0, ["file", "group"]] = "=1+1.jpg", "@sum"
    assert photo_table(evaluation)[["file", "group"]].isin(["'=1+1.jpg", "'@sum"]).to_numpy().sum() == 2
    rows = list(csv.DictReader(as_csv(evaluation).splitlines()))
    assert sorted(row["file"] for row in rows) == ["'=1+1.jpg", "1.jpg", "2.jpg", "3.jpg", "gone.jpg"]
    assert rows[-1]["problem"] == "No face found."
    errors = [abs(float(row["error"])) for row in rows[:-1]]
    assert errors == sorted(errors, reverse=True)


def test_photos_are_analysed_and_the_others_named(predictor: Predictor, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "grace-hopper.jpg", tmp_path)
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "ages.csv").write_text("file,age\ngrace-hopper.jpg,77\ntext.jpg,5\nnone.jpg,5\n../outside.jpg,5\n")
    evaluation = analyse(read_labels(tmp_path / "ages.csv"), tmp_path, predictor)
    (row,) = evaluation.predictions.to_dict("records")
    face = predictor.predict(read_image(SAMPLES / "grace-hopper.jpg"))[0]
    assert row["predicted_age"] == pytest.approx(face.age)
    assert (row["age_low"], row["age_high"]) == pytest.approx((face.age_low, face.age_high), abs=1e-3)
    assert set(evaluation.failures) == {"text.jpg", "none.jpg", "../outside.jpg"}
    assert "not inside" in evaluation.failures["../outside.jpg"]


def test_names_that_are_not_utf8_or_move_the_cursor_harm_neither_report_nor_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / os.fsdecode(b"caf\xe9_30.jpg")).write_text("no picture")
    shutil.copy(SAMPLES / "grace-hopper.jpg", photos / "a_77.jpg")
    command = ["evaluate", str(photos), "--pattern", "{*}_{age}", "--output", str(tmp_path / "report.html")]
    assert main(command) == 0
    assert "caf?_30.jpg" in (tmp_path / "report.html").read_text()
    (photos / "\x1b[2J_300.jpg").write_text("no picture")
    assert main(command) == 1
    assert "\x1b" not in capsys.readouterr().err


def test_command_writes_a_report_that_any_browser_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("grace-hopper", "eileen-collins"):
        shutil.copy(SAMPLES / f"{name}.jpg", tmp_path / f"{name}_50_female.jpg")
    report = tmp_path / "out" / "report.html"
    assert main(["evaluate", str(tmp_path), "--pattern", "{*}_{age}_{gender}", "--output", str(report)]) == 0
    assert "2 photos with a face, 0 without" in capsys.readouterr().out
    assert report.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--labels", "ages.csv"], "is not a folder"),
        ([".", "--labels", "none.csv"], "cannot be read as a table of labels"),
    ],
)
def test_command_explains_what_is_missing(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", *arguments, "--output", "report.html"]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "report.html").exists()


def test_calibration_is_read_as_that_of_the_model(tmp_path: Path) -> None:
    refit(simulated(200)).save(tmp_path / "mine.json")
    assert load_calibration(tmp_path / "mine.json") == refit(simulated(200))
