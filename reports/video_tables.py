"""The figures of docs/video.md, from the results that `python -m train video` and `python -m train tracks` write."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reports.markdown import markdown

QUALITIES = {"best": "best third", "middle": "middle third", "poorest": "poorest third"}


def when_measured(table: Callable[[dict[str, Any]], str]) -> Callable[[Path], str]:
    """The table from the result file, or a line that says how to measure it if there is none yet."""

    def from_results(results: Path) -> str:
        file = results / "video.json"
        return table(json.loads(file.read_text())) if file.exists() else "Not measured yet: `python -m train video`\n"

    return from_results


@when_measured
def errors_table(measured: dict[str, Any]) -> str:
    """Mean errors of single frames and of people."""
    age, gender = measured["age_mae"], measured["gender_accuracy"]
    rows = [
        ("one frame", _years(age["single_frames"]), f"{gender['single_frames']:.1%}"),
        ("plain mean of a person's frames", _years(age["plain_mean"]), "–"),
        ("**weighted by quality, as shipped**", _years(age["weighted_mean"]), f"{gender['people']:.1%}"),
    ]
    heading = f"{measured['people']:,} people, {measured['sightings']:,} faces"
    return markdown((heading, "age MAE (years)", "gender accuracy"), rows)


@when_measured
def quality_table(measured: dict[str, Any]) -> str:
    """Errors and coverage by quality of the picture."""
    rows = [
        (
            text,
            _years(measured["mae_by_quality"][name]["single_frames"]),
            _years(measured["mae_by_quality"][name]["weighted_mean"]),
            _coverage(measured["coverage_by_quality"][name]),
        )
        for name, text in QUALITIES.items()
    ]
    return markdown(("measured quality", "MAE of one frame", "MAE of a person", "80% interval coverage"), rows)


@when_measured
def coverage_table(measured: dict[str, Any]) -> str:
    """Coverage of 80% intervals, by how many frames there were and by age."""
    coverage = measured["coverage"]
    rows = [
        ("single frames", coverage["single_frames"]),
        ("**people**", coverage["people"]),
        ("people, if their frames were taken as independent", coverage["if_frames_were_independent"]),
        *((f"people from {count} frame{'s' * (count != '1')}", share) for count, share in _items("frames", measured)),
        *((f"people aged {bracket}", share) for bracket, share in _items("age", measured)),
    ]
    lines = [(text, _coverage(share), f"{share['of']:,}") for text, share in rows]
    return markdown(("whose interval", "coverage (95% interval)", "how many"), lines)


def tracks_table(results: Path) -> str:
    """What happens to the tracks of this and other trackers where people cross."""
    file = results / "tracks.json"
    if not file.exists():
        return "Not measured yet: `python -m train tracks`\n"
    measured = json.loads(file.read_text())
    rows = [
        (name, *(str(row[count]) for count in ("switches", "split", "lost")), f"{row['times']:.1f}")
        for name, row in measured["trackers"].items()
    ]
    rows[0] = f"**{rows[0][0]}, as shipped**", *rows[0][1:]
    heading = f"{measured['people']:,} people in {measured['clips']:,} clips"
    return markdown((heading, "identity switches", "counted more than once", "lost", "processor time"), rows)


def _items(by: str, measured: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return list(measured[f"coverage_by_{by}"].items())


def _years(value: float) -> str:
    return f"{value:.2f}"


def _coverage(share: dict[str, Any]) -> str:
    return f"{share['value']:.0%} ({share['low']:.0%} to {share['high']:.0%})"
