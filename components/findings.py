"""What charts show, in one short sentence from the numbers drawn: their titles, and words on the data."""

import pandas as pd

from components.filters import capitalized
from components.performance.charts import FEWEST_IN_CELL, Measure
from components.performance.tables import area_under, calibration_error
from model.calibration import COVERAGE
from reports.metrics import FEWEST_PHOTOS, right_gender, stated_gender


def distribution(brackets: pd.DataFrame, unit: str = "photos") -> str:
    """Which bracket has the most photos, or another unit, a column of `brackets`; each has its `share`."""
    largest = brackets.nlargest(1, unit).iloc[0]
    return f"{largest['bracket']} is the largest bracket: {largest['share']:.0%} of {brackets[unit].sum():,} {unit}"


def composition(table: pd.DataFrame) -> str:
    """Which part's share changes most from bracket to bracket; from `dataset_tables.composition`."""
    shares = table.pivot(index="bracket", columns="part", values="share")
    if len(shares) == 1:
        part = str(shares.iloc[0].idxmax())
        return f"{capitalized(part)} has the largest share of {shares.index[0]}: {shares.iloc[0].max():.0%}"
    part = str((shares.max() - shares.min()).idxmax())
    share = shares[part]
    low, high = f"{share.min():.0%} of those aged {share.idxmin()}", f"{share.max():.0%} of those aged {share.idxmax()}"
    return f"{capitalized(part)}: from {low} to {high}"


def middle_half(ages: pd.Series) -> str:
    """Between which ages the middle half of the faces lies."""
    low, high = ages.quantile([0.25, 0.75])
    return f"Half of the faces look {low:.0f} to {high:.0f} years old"


def genders(table: pd.DataFrame) -> str:
    """Where the share of women is lowest and highest; from `demographics.genders_by_age`."""
    women = table[table["gender"] == "female"].set_index("bracket")["share"]
    if women.nunique() == 1:
        return f"{women.iloc[0]:.0%} are judged female at every age"
    low, high = f"{women.min():.0%} of those who look {women.idxmin()}", f"{women.max():.0%} at {women.idxmax()}"
    return f"Judged female: {low}, {high}"


def imbalance(brackets: pd.DataFrame, photos: pd.DataFrame, rounding: float) -> list[str]:
    """How uneven the data is, in sentences; from `dataset_tables`, for all photos."""
    dense, thin = brackets.nlargest(1, "per_year").iloc[0], brackets.nsmallest(1, "per_year").iloc[0]
    commonest = photos["age"].value_counts()
    half = commonest.cumsum().searchsorted(len(photos) / 2) + 1
    ethnicities = photos["ethnicity"].value_counts()
    women = (photos["gender"] == "female").mean()
    return [
        f"A year of age between {dense['bracket']} has {dense['per_year']:,.0f} photos, one in {thin['bracket']} has "
        f"{thin['per_year']:,.0f}: {dense['per_year'] / thin['per_year']:.0f} times fewer to learn from.",
        f"{half} ages make up half of all photos; the commonest is {commonest.index[0]}, with {commonest.iloc[0]:,}.",
        f"Ages from 20 to 90 that end in 0 or 5 are {rounding:.1f} times as frequent as the years around them: "
        "people who label photos round.",
        f"{women:.0%} are labelled female. {ethnicities.index[0]} is the most frequent ethnicity with "
        f"{ethnicities.iloc[0] / len(photos):.0%}, {ethnicities.index[-1]} the rarest with "
        f"{ethnicities.iloc[-1] / len(photos):.0%}.",
    ]


def differences(pairs: pd.DataFrame) -> str:
    """How far apart the labels of near-identical photos are; from `dataset_tables.label_pairs`."""
    apart = (pairs["difference"] > 0).mean()
    mean = pairs["difference"].mean()
    return f"{apart:.0%} of near-identical pairs differ in age; the mean difference is {mean:.1f} years"


def noise(table: pd.DataFrame) -> str:
    """Where labels disagree most; from `dataset_tables.noise`."""
    worst = table.nlargest(1, "difference").iloc[0]
    return f"Labels disagree most at {worst['bracket']}: by {worst['difference']:.1f} years on average"


def groups(scores: pd.DataFrame, column: str, name: str, measure: Measure) -> str:
    """The lowest and the highest group of the measure `name`; from `performance_tables.scores_by`."""
    enough = scores[scores["photos"] >= FEWEST_PHOTOS]
    scores = (scores if enough.empty else enough).sort_values(measure.column)

    def said(row: pd.Series) -> str:
        value = row[measure.column] * measure.factor
        number = f"{value:+.1f}" if measure.target == 0 else f"{value:.1f}"
        return f"{capitalized(row[column])} ({number}{measure.unit})"

    if len(scores) == 1:
        return f"{name}: {said(scores.iloc[0])}"
    return f"{name}: lowest for {said(scores.iloc[0])}, highest for {said(scores.iloc[-1])}"


def cumulative_scores(curve: pd.DataFrame) -> str:
    """How many photos are within five and ten years; from `performance_tables.cumulative_scores`."""
    share = curve.set_index("years")["share"]
    return f"{share[5]:.0%} of photos are judged within 5 years, {share[10]:.0%} within 10"


def age_density(predictions: pd.DataFrame) -> str:
    """Where half of the predictions lie."""
    error = predictions["predicted_age"] - predictions["age"]
    return f"Half of the predictions lie within {error.abs().median():.1f} years of the label"


def accuracy_grid(table: pd.DataFrame) -> str:
    """The cell with the lowest accuracy; from `performance_tables.accuracy_grid`."""
    enough = table[table["photos"] >= FEWEST_IN_CELL]
    if enough.empty:
        return f"No group has {FEWEST_IN_CELL} photos"
    worst = enough.nsmallest(1, "accuracy").iloc[0]
    return f"Gender is right least often for {worst['ethnicity']}, {worst['bracket']} years: {worst['accuracy']:.0%}"


def confusion(table: pd.DataFrame) -> str:
    """Which mistake is the more frequent; from `performance_tables.confusion`."""
    wrong = table[table["labelled"] != table["predicted"]].set_index("labelled")["share"]
    women, men = wrong["female"], wrong["male"]
    if pd.isna(women) or pd.isna(men):
        name, share = ("Men", men) if pd.isna(women) else ("Women", women)
        return f"{name} are taken for the other gender in {share:.1%} of photos"
    return f"{women:.1%} of women are taken for men, {men:.1%} of men for women"


def roc(curve: pd.DataFrame) -> str:
    """What the area under the curve means; from `performance_tables.roc`."""
    return f"Of a woman and a man, the woman looks more female to the model in {area_under(curve):.1%} of pairs"


def stated_genders(predictions: pd.DataFrame) -> str:
    """How often a gender is stated, and how often that is right."""
    stated, right = stated_gender(predictions), right_gender(predictions)
    if not stated.any():
        return "The app calls the gender uncertain in all of these photos."
    said = f"The app states a gender in {stated.mean():.0%} of these photos, and is right in {right[stated].mean():.1%}"
    rest = f" In the others it says “uncertain”: its guess would be right in {right[~stated].mean():.0%}."
    return f"{said} of them.{'' if stated.all() else rest}"


def reliability(table: pd.DataFrame) -> str:
    """How far off the probabilities are; from `performance_tables.reliability`."""
    return f"The stated probability is off by {100 * calibration_error(table):.1f} points on average"


def coverage(scores: pd.DataFrame) -> str:
    """How often the intervals hold; from `performance_tables.overall_scores`."""
    held = scores["value"]["interval_coverage"]
    return f"The {COVERAGE:.0%} interval holds {held:.0%} of the labelled ages"


def learning(table: pd.DataFrame, metric: str) -> str:
    """The best validation epoch; from `model/results/history.csv`."""
    column = f"val_{metric}"
    best = (table.nsmallest(1, column) if metric == "age_mae" else table.nlargest(1, column)).iloc[0]
    said = f"{best[column]:.2f} years" if metric == "age_mae" else f"{best[column]:.1%}"
    return f"Best on validation in epoch {best['epoch']:.0f} of {table['epoch'].max()}: {said}"


def study(experiments: pd.DataFrame) -> str:
    """The experiment with the lowest age error."""
    best = experiments.nsmallest(1, "validation_age_mae").iloc[0]
    said = f"{best['validation_age_mae']:.2f} years, {best['validation_gender_accuracy']:.1%} of genders right"
    return f"Lowest age error of {len(experiments)} configurations: {best['name']}, {said}"


def comparison(table: pd.DataFrame) -> str:
    """Where this model stands; from `performance_tables.comparison`."""
    place = int(table.index[table["system"] == "This model"][0])
    error = table["age_mae"][place]
    better = f"{place} of {len(table) - 1} report less" if place else "none reports less"
    return f"This model is off by {error:.2f} years; {better}, on other photos"
