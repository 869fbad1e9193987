"""The report on one's own photos as one HTML file that needs no network and contains no photo."""

from html import escape

import pandas as pd

from model.palette import BLUE, VERMILION
from model.version import VERSION
from reports.metrics import FEWEST_PHOTOS, METRICS
from reports.own_people.analysis import Evaluation
from reports.own_people.figures import FEWEST_FOR_INTERVAL, figure_text, scores, summary

LARGEST = 20  # errors that are listed
SIDE, AGES = 480, 100  # pixels and years of the chart
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: 0.25rem 0.75rem; text-align: left; border-bottom: 1px solid #8888; }
svg { max-width: 100%; height: auto; }
"""


def as_html(evaluation: Evaluation, refitted: float | None) -> str:
    """The report.

    Args:
        evaluation: of the photos.
        refitted: how often a refitted interval contains the age of photos that it was not fitted to, 0-1; None if
            nothing was refitted.
    """
    table = evaluation.predictions
    figures = scores(table)
    lines = "".join(f"<li>{escape(line)}</li>" for line in summary(table, refitted))
    warning = f"Estimated by release {VERSION}. Not for decisions about people, nor for age checks."
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        "<title>Ages and genders on your own photos</title>"
        f"<style>{STYLE}</style></head><body><h1>Ages and genders on your own photos</h1>",
        f"<p>{_photos(evaluation)} {warning}</p>",
        f"<h2>In short</h2><ul>{lines}</ul>",
        f"<h2>Estimated against true age</h2>{_scatter(table)}",
        "<h2>All figures</h2><p>In parentheses: 95% intervals, Wilson's for shares, Student's for years; "
        f"a mean of fewer than {FEWEST_FOR_INTERVAL} photos has none.</p>{_groups(figures)}",
        f"<h2>Largest errors</h2>{_errors(table)}",
        f"<h2>Photos without an estimate</h2>{_failures(evaluation.failures)}",
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _photos(evaluation: Evaluation) -> str:
    found, failed = len(evaluation.predictions), len(evaluation.failures)
    return (
        f"{found:,} of {found + failed:,} labelled photos have a face. {len(evaluation.several):,} have several; the "
        "largest one counts."
    )


def _groups(figures: pd.DataFrame) -> str:
    metrics = [name for name in METRICS if name in set(figures["metric"])]
    rows = []
    for (grouping, group), part in figures.groupby(["grouping", "group"], sort=False):
        by_metric = {str(row["metric"]): row for row in part.to_dict("records")}
        photos = part["photos"].max()
        cells = [figure_text(by_metric[name]) if name in by_metric else "–" for name in metrics]
        name = str(group) if grouping == "all" else f"{grouping} {group}"
        rows.append((name, f"{photos:,}{', few' if photos < FEWEST_PHOTOS else ''}", *cells))
    return _table(("", "photos", *(METRICS[metric].text for metric in metrics)), rows)


def _errors(table: pd.DataFrame) -> str:
    error = table["predicted_age"] - table["age"]
    worst = table.loc[error.abs().nlargest(LARGEST).index]
    rows: list[tuple[str, ...]] = [
        (
            str(row["file"]),
            f"{row['age']:.0f}",
            f"{row['predicted_age']:.0f}",
            f"{row['age_low']:.0f}–{row['age_high']:.0f}",
        )
        for row in worst.to_dict("records")
    ]
    return _table(("file", "age", "estimate", "80% interval"), rows)


def _failures(failures: dict[str, str]) -> str:
    return _table(("file", "reason"), list(failures.items())) if failures else "<p>None.</p>"


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(_valid(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _valid(text: str) -> str:
    """The text without the halves of characters that stand for bytes of a file name that are not UTF-8."""
    return text.encode(errors="replace").decode()


def _scatter(table: pd.DataFrame) -> str:
    """True age to the right, estimate up, the interval as a line."""

    def place(years: float) -> float:
        return round(min(max(years, 0), AGES) / AGES * SIDE, 1)

    marks = []
    for row in table.to_dict("records"):
        x, y = place(row["age"]), SIDE - place(row["predicted_age"])
        low, high = SIDE - place(row["age_low"]), SIDE - place(row["age_high"])
        marks.append(f"<line x1='{x}' x2='{x}' y1='{low}' y2='{high}' stroke='#8888'/>")
        marks.append(f"<circle cx='{x}' cy='{y}' r='3' fill='{BLUE}'/>")
    ticks = "".join(
        f"<text x='{place(years)}' y='{SIDE + 18}' text-anchor='middle'>{years}</text>"
        f"<text x='-8' y='{SIDE - place(years) + 5}' text-anchor='end'>{years}</text>"
        for years in range(0, AGES + 1, 20)
    )
    return (
        f"<svg role='img' aria-label='Estimated against true age' viewBox='-50 -10 {SIDE + 70} {SIDE + 55}' "
        f"width='{SIDE + 70}' font-size='14' fill='currentColor'>"
        f"<rect width='{SIDE}' height='{SIDE}' fill='none' stroke='#8888'/>"
        f"<line x1='0' y1='{SIDE}' x2='{SIDE}' y2='0' stroke='{VERMILION}' stroke-dasharray='6'/>"
        f"{''.join(marks)}{ticks}"
        f"<text x='{SIDE / 2}' y='{SIDE + 40}' text-anchor='middle'>True age (years)</text>"
        f"<text transform='translate(-38 {SIDE / 2}) rotate(-90)' text-anchor='middle'>Estimated age (years)</text>"
        "</svg>"
    )
