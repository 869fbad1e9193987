"""What the charts of the Demographics page show, each in one sentence computed from the numbers drawn."""

import pandas as pd


def middle_half(ages: pd.Series, unit: str) -> str:
    """Between which ages the middle half lies; `unit` is what is counted, faces or people."""
    low, high = ages.quantile([0.25, 0.75])
    return f"Half of the {unit} look between {low:.0f} and {high:.0f} years old"


def correction(table: pd.DataFrame) -> str:
    """Which bracket the correction changes most; from `tables.beside`."""
    row = table.loc[(table["corrected"] - table["estimated"]).abs().nlargest(1).index].iloc[0]
    return f"{row['bracket']}: {row['corrected']:.0%} corrected, {row['estimated']:.0%} as estimated"


def genders(table: pd.DataFrame) -> str:
    """Where the share of faces stated to be female is lowest and highest; from `tables.genders_by_age`."""
    women = table[table["gender"] == "female"].set_index("bracket")["share"]
    if women.nunique() == 1:
        return f"{women.iloc[0]:.0%} are estimated to be female at every age"
    low, high = f"{women.min():.0%} at age {women.idxmin()}", f"{women.max():.0%} at age {women.idxmax()}"
    return f"Estimated to be female: from {low} to {high}"
