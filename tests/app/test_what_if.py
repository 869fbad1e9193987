"""The page with the sliders, and its robustness curves from a file that the command wrote."""

import json
from pathlib import Path

import pytest
from helpers.pages import open_page, press, texts
from streamlit.testing.v1 import AppTest

from components import published
from components.photo.predictions import analyse_sample
from components.photo.samples import SAMPLES
from components.wording import years_more
from model import Predictor
from model.inspection.perturbations import PERTURBATIONS, perturb


@pytest.fixture
def app() -> AppTest:
    return open_page("what_if")


def test_page_opens_on_a_sample_with_nothing_changed(app: AppTest) -> None:
    assert not app.exception
    assert {slider.key: slider.value for slider in app.slider} == {n: p.neutral for n, p in PERTURBATIONS.items()}
    before, after = app.metric
    assert before.value == after.value
    assert not after.delta
    assert "Move a slider" in app.info[0].value
    assert not any("the estimated age ranges" in heading.value for heading in app.header)


def test_slider_changes_the_estimates_as_the_model_says(app: AppTest, predictor: Predictor) -> None:
    app.slider(key="blur").set_value(8.0).run()
    assert not app.exception
    result = analyse_sample(SAMPLES[0].file)
    expected = predictor.predict_aligned(perturb(result.chips[0], {"blur": 8.0})[None])[0]
    assert app.metric[1].value == f"{expected.age_low:.0f}–{expected.age_high:.0f}"
    assert app.metric[1].delta == years_more(round(expected.age) - round(result.faces[0].age))
    assert f"Best guess **{expected.age:.0f}**" in texts(app)


def test_curve_follows_the_slider_moved_last(app: AppTest) -> None:
    app.slider(key="brightness").set_value(50).run()
    assert app.header[0].value.startswith("Brightness: the estimated age ranges from ")
    app.slider(key="jpeg").set_value(10).run()
    assert app.header[0].value.startswith("JPEG quality: the estimated age ranges from ")


def test_curve_is_kept_while_only_its_own_slider_moves(app: AppTest) -> None:
    app.slider(key="blur").set_value(2.0).run()
    kept = app.session_state["response"]
    app.slider(key="blur").set_value(4.0).run()
    assert app.session_state["response"] is kept
    app.slider(key="brightness").set_value(50).run()
    assert app.session_state["response"] is not kept


def test_reset_returns_every_slider(app: AppTest) -> None:
    app.slider(key="blur").set_value(4.0)
    app.slider(key="rotation").set_value(30).run()
    press(app, "Reset")
    assert {slider.key: slider.value for slider in app.slider} == {n: p.neutral for n, p in PERTURBATIONS.items()}
    assert app.metric[0].value == app.metric[1].value


def test_face_of_the_photo_page_is_used() -> None:
    app = press(open_page("photo"), "Eileen Collins")
    face = next(iter(app.session_state["results"].values())).faces[0]
    app.switch_page("pages/what_if.py").run()
    assert not app.exception
    assert app.metric[0].value == f"{face.age_low:.0f}–{face.age_high:.0f}"


def test_missing_robustness_file_names_its_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = _with_results(monkeypatch, tmp_path)
    assert not app.exception
    assert app.warning[0].value.endswith("`robustness.json` does not exist yet.")
    assert "python -m train robustness" in texts(app)


def test_robustness_curves_are_drawn_from_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    figure = {"value": 0.5, "low": 0.4, "high": 0.6}
    metrics = dict.fromkeys(("age_mae", "gender_accuracy", "interval_coverage"), figure)
    rows = {name: [{"strength": s} | metrics for s in p.strengths] for name, p in PERTURBATIONS.items()}
    measured = {"split": "test", "photos": 1234, "perturbations": rows}
    (tmp_path / "robustness.json").write_text(json.dumps(measured))
    app = _with_results(monkeypatch, tmp_path)
    assert not app.exception
    assert "1,234 photos of the test split" in texts(app)
    assert texts(app).count("errors hardly grow") == len(PERTURBATIONS)
    assert len(app.get("plotly_chart")) == len(PERTURBATIONS)
    app.segmented_control(key="robustness").set_value("Gender accuracy").run()
    assert app.query_params["robustness"] == "Gender accuracy"
    assert not app.exception


def _with_results(monkeypatch: pytest.MonkeyPatch, folder: Path) -> AppTest:
    """The page with another results folder, read afresh."""
    monkeypatch.setattr(published, "RESULTS", folder)
    published.read_report.clear()
    app = open_page("what_if")
    published.read_report.clear()
    return app


def test_every_slider_follows_into_the_address_and_back(app: AppTest) -> None:
    app.slider(key="occlusion").set_value(6).run()
    app.slider(key="blur").set_value(3.0).run()
    app.slider(key="occlusion").set_value(12).run()
    assert (app.query_params["occlusion"], app.query_params["blur"]) == ("12", "3.0")
    shared = open_page("what_if", occlusion="12", blur="3.0", curve="Gender")
    assert (shared.slider(key="occlusion").value, shared.slider(key="blur").value) == (12, 3.0)
    assert any("the estimated age ranges" in heading.value for heading in shared.header)
    press(shared, "Reset")
    assert {"occlusion", "blur"}.isdisjoint(shared.query_params)


@pytest.mark.parametrize("nonsense", ["", "x", "nan", "1e999", "-5", "999"])
def test_nonsense_in_the_address_does_no_harm(nonsense: str) -> None:
    app = open_page("what_if", blur=nonsense, rotation=nonsense, face=nonsense, curve=nonsense)
    assert not app.exception
