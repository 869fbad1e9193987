"""What the photos say about the model: figures, charts, the photos one by one, and downloads."""

import json
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components.cards import show_cards
from components.chart_card import show
from components.evaluate.charts import ages, group_points, group_rows, measures_of
from components.wording import count, percent
from model.calibration import Calibration
from model.errors import UserError
from reports.own_people.analysis import Evaluation
from reports.own_people.figures import FEWEST_FOR_INTERVAL, Figure, overall, scores, summary
from reports.own_people.page import as_html
from reports.own_people.photo_table import as_csv, photo_table
from reports.own_people.refitting import refit, refitted_coverage

BAR, ROOM = 30, 90  # pixels: height of a group in the chart, and of all that is around them


def show_results(evaluation: Evaluation) -> None:
    """Draws all of it."""
    calibration, reason, unseen = _refitted(evaluation)
    table, figures = evaluation.predictions, scores(evaluation.predictions)
    of_all = overall(figures)
    show_cards(_cards(of_all))
    lines = summary(table, unseen)
    st.markdown("\n".join(f"- {line}" for line in lines))
    _show_downloads(evaluation, calibration, reason, unseen)
    photos, error = photo_table(evaluation), of_all["age_mae"]["value"]
    show(
        ages(photos),
        f"Estimated against true age: off by {error:.1f} years" + " on average" * (len(table) > 1),
        photos.drop(columns="file"),
        "own-ages",
        caption="Each point is a photo, with its 80% interval. On the dashed line, the estimate is the true age.",
    )
    if len(table) >= FEWEST_FOR_INTERVAL:
        _show_groups(figures)
    st.header("Photos")
    _show_photos(photos)


def _refitted(evaluation: Evaluation) -> tuple[Calibration | None, str, float | None]:
    """The calibration and its coverage of unseen photos, or why there is none."""
    try:
        return refit(evaluation), "", refitted_coverage(evaluation)
    except UserError as error:
        return None, str(error), None


def _cards(figures: Mapping[str, Figure]) -> dict[str, tuple[str, str]]:
    error, bias, coverage = (figures[name] for name in ("age_mae", "age_bias", "interval_coverage"))
    cards = {
        "Photos": (f"{error['photos']:,}", "with a face and a true age"),
        "Age error (years)": (f"{error['value']:.1f}", _years(error)),
        "Bias (years)": (f"{bias['value']:+.1f}".replace("-", "−"), _years(bias)),
        "80% interval coverage": _share(coverage),
    }
    if gender := figures.get("gender_accuracy"):
        cards["Gender accuracy"] = _share(gender)
    return cards


def _years(figure: Figure) -> str:
    if pd.isna(figure["low"]):
        return "too few photos for an interval"
    return f"95% interval {figure['low']:.1f} to {figure['high']:.1f}".replace("-", "−")


def _share(figure: Figure) -> tuple[str, str]:
    """In percent, or as a count of few photos; and its interval."""
    photos, interval = figure["photos"], f"95% interval {figure['low']:.0%} to {figure['high']:.0%}"
    if photos < FEWEST_FOR_INTERVAL:
        return f"{figure['value'] * photos:.0f} of {photos}", interval
    return percent(figure["value"]), f"of {count(photos, 'photo')}; {interval}"


def _show_downloads(evaluation: Evaluation, calibration: Calibration | None, reason: str, unseen: float | None) -> None:
    with st.container(horizontal=True, key="own-downloads"):
        st.download_button(
            "Report (HTML)", lambda: as_html(evaluation, unseen), "report.html", "text/html",
            icon=":material/description:", on_click="ignore", type="primary",
        )  # fmt: skip
        st.download_button(
            "Photos (CSV)", lambda: as_csv(evaluation), "photos.csv", "text/csv",
            icon=":material/table:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Your calibration (JSON)",
            json.dumps(calibration.to_json(), indent=2) + "\n" if calibration else "",
            "calibration.json",
            "application/json",
            icon=":material/tune:",
            on_click="ignore",
            disabled=calibration is None,
            help=reason or "Intervals and gender probabilities fitted to your photos.",
        )
    st.caption(
        "Use your calibration with `python -m model predict PHOTOS --calibration calibration.json`."
        if calibration
        else reason
    )


def _show_groups(figures: pd.DataFrame) -> None:
    st.header("By age, gender and group")
    measures = measures_of(figures)
    name = st.segmented_control(
        "Figure", list(measures), default="Age error", required=True, key="own_measure", persist_state="session"
    )
    measure = measures[name if name in measures else "Age error"]
    rows = group_rows(figures, measure)
    show(
        group_points(rows, measure),
        f"{measure.label}, with 95% intervals",
        rows,
        "own-groups",
        caption="In parentheses: photos. Groups whose intervals overlap widely may differ by chance alone.",
        height=ROOM + BAR * len(rows),
    )


def _show_photos(photos: pd.DataFrame) -> None:
    st.dataframe(
        photos,
        hide_index=True,
        placeholder="–",
        column_config={
            "file": "File",
            "age": st.column_config.NumberColumn("True age (years)", format="%.1f"),
            "predicted_age": st.column_config.NumberColumn("Estimate (years)", format="%.1f"),
            "error": st.column_config.NumberColumn("Estimate − true age (years)", format="%+.1f"),
            "age_low": st.column_config.NumberColumn("80% interval from", format="%.0f"),
            "age_high": st.column_config.NumberColumn("80% interval to", format="%.0f"),
            "inside": st.column_config.CheckboxColumn("Age in interval"),
            "gender": "Gender given",
            "female_probability": st.column_config.NumberColumn("Probability of female", format="percent"),
            "group": "Group",
        },
        alt="Table of the photos with true age, estimate, 80% interval and gender, largest errors first",
    )
