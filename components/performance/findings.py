"""What the charts of the Model performance page show, each in one sentence computed from the numbers drawn."""

import pandas as pd

from components.filters import capitalized
from components.performance.charts import Measure
from components.performance.gender_charts import FEWEST_IN_CELL
from model.calibration import COVERAGE
from reports.metrics import FEWEST_PHOTOS, area_under, calibration_error, right_gender, stated_gender


def groups(scores: pd.DataFrame, column: str, name: str, measure: Measure) -> str:
    """The groups with the lowest and the highest value of the measure called `name`; from `tables.scores_by`."""
    enough = scores[scores["photos"] >= FEWEST_PHOTOS]
    scores = (scores if enough.empty else enough).sort_values(measure.column)

    def described(row: pd.Series) -> str:
        value = row[measure.column] * measure.factor
        number = f"{value:+.1f}" if measure.target == 0 else f"{value:.1f}"
        return f"{capitalized(row[column])} ({number}{measure.unit})"

    if len(scores) == 1:
        return f"{name}: {described(scores.iloc[0])}"
    return f"{name}: lowest for {described(scores.iloc[0])}, highest for {described(scores.iloc[-1])}"


def cumulative_scores(curve: pd.DataFrame, brackets: bool = False) -> str:
    """How many photos are within five and ten years of the age or the bracket; from `tables.cumulative_scores`."""
    share = curve.set_index("years")["share"]
    if brackets:
        return f"{share[5]:.0%} of ages are at most 5 years outside the labelled bracket, {share[10]:.0%} at most 10"
    return f"{share[5]:.0%} of ages are estimated to within 5 years, {share[10]:.0%} to within 10"


def age_density(predictions: pd.DataFrame) -> str:
    """Where half of the predictions lie."""
    error = predictions["predicted_age"] - predictions["age"]
    return f"Half of the predictions lie within {error.abs().median():.1f} years of the label"


def bracket_confusion(table: pd.DataFrame) -> str:
    """How often the bracket is right, and how often a neighbouring one; from `tables.bracket_confusion`."""
    apart = (table["labelled"].cat.codes - table["predicted"].cat.codes).abs()
    right, beside = (table.loc[apart == steps, "photos"].sum() / table["photos"].sum() for steps in (0, 1))
    return f"The bracket is right for {right:.0%} of photos, and a neighbouring one for {beside:.0%}"


def accuracy_grid(table: pd.DataFrame) -> str:
    """The cell with the lowest accuracy; from `tables.accuracy_grid`."""
    enough = table[table["photos"] >= FEWEST_IN_CELL]
    if enough.empty:
        return f"No group has {FEWEST_IN_CELL} photos"
    worst = enough.nsmallest(1, "accuracy").iloc[0]
    return (
        f"Gender accuracy is lowest for {capitalized(worst['group'])}, age {worst['bracket']}: {worst['accuracy']:.0%}"
    )


def confusion(table: pd.DataFrame) -> str:
    """How often each gender is mistaken for the other; from `reports.metrics.confusion`."""
    wrong = table[table["labelled"] != table["predicted"]].set_index("labelled")["share"]
    women, men = wrong["female"], wrong["male"]
    if pd.isna(women):
        return f"{men:.1%} of men are mistaken for women"
    if pd.isna(men):
        return f"{women:.1%} of women are mistaken for men"
    return f"{women:.1%} of women are mistaken for men, {men:.1%} of men for women"


def roc(curve: pd.DataFrame) -> str:
    """What the area under the curve means; from `reports.metrics.roc`."""
    return f"Given a woman and a man, the model finds the woman more female {area_under(curve):.1%} of the time"


def stated_genders(predictions: pd.DataFrame) -> str:
    """How often a gender is stated, and how often that is right."""
    stated, right = stated_gender(predictions), right_gender(predictions)
    if not stated.any():
        return "The app calls the gender uncertain in all of these photos."
    first = f"The app states a gender in {stated.mean():.0%} of these photos and is right in {right[stated].mean():.1%}"
    rest = f" In the others it says “uncertain”: its guess would be right in {right[~stated].mean():.0%}."
    return f"{first} of them.{'' if stated.all() else rest}"


def reliability(table: pd.DataFrame) -> str:
    """How far the probabilities are off; from `reports.metrics.reliability`."""
    return f"The stated probability is off by {100 * calibration_error(table):.1f} percentage points on average"


def coverage(scores: pd.DataFrame) -> str:
    """How often the intervals contain the label; from `tables.overall_scores`."""
    covered = scores["value"]["interval_coverage"]
    return f"The {COVERAGE:.0%} interval contains {covered:.0%} of the labelled ages"


def learning(table: pd.DataFrame, metric: str) -> str:
    """The best validation epoch; from `model/results/history.csv`."""
    column = f"val_{metric}"
    best = (table.nsmallest(1, column) if metric == "age_mae" else table.nlargest(1, column)).iloc[0]
    value = f"{best[column]:.2f} years" if metric == "age_mae" else f"{best[column]:.1%}"
    return f"Best on validation in epoch {best['epoch']:.0f} of {table['epoch'].max()}: {value}"


def study(experiments: pd.DataFrame) -> str:
    """The experiment with the lowest age error; from `model/results/experiments.csv`."""
    best = experiments.nsmallest(1, "validation_age_mae").iloc[0]
    values = f"{best['validation_age_mae']:.2f} years, gender accuracy {best['validation_gender_accuracy']:.1%}"
    return f"Lowest age error of {len(experiments)} configurations: {best['name']}, {values}"


def comparison(table: pd.DataFrame) -> str:
    """Where this model stands; from `tables.comparison`."""
    this, baseline = table["system"] == "This model", table["system"].str.startswith("Always")
    error, others = table.loc[this, "age_mae"].iloc[0], table.loc[~(this | baseline), "age_mae"]
    better = f"{(others < error).sum() or 'none'} of {len(others)} other systems have a smaller error"
    return f"This model is off by {error:.2f} years on average; {better}, on other photos"
