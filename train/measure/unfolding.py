"""Checks the corrected shares of `reports.unfolding` on samples of test faces with other ages than training's.

Each sample has a mix of ages and a share of women of its own, drawn at random from the kinds in `MIXES`; its faces are
drawn without replacement, so it is a sample of people whom the model has not seen. The mix is the truth that the
estimated and the corrected shares are compared with. Their distance is the total variation: the share of people who
would have to be in another bracket.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from model.errors import UserError
from model.labels import AGE_BRACKETS, GENDERS
from reports.unfolding import corrected_ages, corrected_female_share, count_answers, draw_confusions, unfold

SIZES = (50, 100, 200, 300, 400, 1000)
ALL = "all"
CLOSER, CLOSER_ALONE = 0.9, 0.85
"""In how many samples the corrected shares must be closer for the page to show them: samples of all data sets together,
and samples of each."""

OLDEST = 89  # years, of a mix
LARGE = 0.02  # share of a bracket
MOST_OF_A_KIND = 0.7
"""A sample may take so much of the test faces of one bracket and gender; rarer mixes are drawn again."""

TRIES = 100
Range = tuple[float, float]
Ages = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Part:
    """A normal distribution of ages: its mean and standard deviation (years) and weight are drawn from these ranges."""

    mean: Range
    deviation: Range
    weight: Range = (1, 1)


MIXES: dict[str, tuple[Part, ...]] = {
    "young adults": (Part((20, 30), (4, 9)),),
    "middle-aged people": (Part((40, 55), (6, 12)),),
    "old people": (Part((62, 78), (6, 12)),),
    "teenagers": (Part((13, 18), (2, 5)),),
    "mostly children": (Part((3, 9), (2, 5), (0.7, 0.9)), Part((30, 45), (6, 12), (0.1, 0.3))),
    "parents and children": (Part((4, 9), (2, 4), (0.3, 0.7)), Part((32, 42), (4, 8), (0.3, 0.7))),
    "all ages alike": (Part((45, 45), (1000, 1000)),),
    "any ages": (Part((2, 80), (4, 15), (0, 1)),) * 3,
}
FEMALE: tuple[Range, ...] = ((0.5, 0.5), (0.5, 0.5), (0.1, 0.9), (0.75, 0.95), (0.05, 0.25))
"""Ranges of the share of women and girls, one of which is taken: even, any, mostly women, mostly men."""


@dataclass(frozen=True)
class Sample:
    """People drawn from test faces.

    mix: a key of `MIXES`.
    rows: of the test faces.
    ages: true share of each bracket, 0-1.
    female: true share of women and girls, 0-1.
    """

    mix: str
    rows: NDArray[np.intp]
    ages: NDArray[np.float64]
    female: float


def check(counts: pd.DataFrame, faces: pd.DataFrame, draws: int, progress: bool = True) -> dict[str, Any]:
    """How close raw and corrected shares come to the truth, for samples of all sizes.

    Args:
        counts: of the validation faces, see `reports.unfolding.COUNTS`.
        faces: test faces with `data`, `youngest`, `oldest`, `gender`, `predicted_age` and `female_probability`.
        draws: number of samples for each size and data set.
        progress: whether to show a bar.

    Returns:
        `people`, by data set (and for `ALL` together) and by size, with figures of `_summary`; `mixes`, the same by
        kind of mix for samples of all data sets that are large enough; and `fewest`, from which number of people on
        corrected shares are closer often enough (`CLOSER`, `CLOSER_ALONE`), or None.

    Raises:
        UserError: if there are too few faces for any sample.
    """
    confusions = draw_confusions(counts)
    sets = {ALL: faces} | {str(name): part.reset_index(drop=True) for name, part in faces.groupby("data")}
    rows = []
    with tqdm(total=len(sets) * len(SIZES) * draws, desc="Samples", disable=None if progress else True) as bar:
        for name, part in sets.items():
            pool = _Pool(part)
            for size in SIZES:
                for draw in range(draws):
                    bar.update()
                    if sample := pool.draw(size, np.random.default_rng((size, draw))):
                        rows.append({"data": name, "size": size} | _compare(part.iloc[sample.rows], sample, confusions))
    if not rows:
        raise UserError(f"There are too few test faces for samples of {min(SIZES)} people.")
    table = pd.DataFrame(rows)
    people = {
        str(name): {str(size): _summary(samples) for size, samples in of_set.groupby("size")}
        for name, of_set in table.groupby("data")
    }
    fewest_of_sets = [
        fewest_people(by_size, CLOSER if name == ALL else CLOSER_ALONE) for name, by_size in people.items()
    ]
    fewest = None if None in fewest_of_sets else max(size for size in fewest_of_sets if size is not None)
    enough = table[(table["data"] == ALL) & (table["size"] >= (fewest or max(SIZES)))]
    mixes = {str(mix): _summary(samples) for mix, samples in enough.groupby("mix")}
    return {"fewest": fewest, "people": people, "mixes": mixes}


def fewest_people(by_size: dict[str, dict[str, Any]], closer: float) -> int | None:
    """From which size on corrected shares are closer in such a share of the samples, 0-1; None if they never are."""
    fewest = None
    for size in sorted(map(int, by_size), reverse=True):
        if by_size[str(size)]["closer"] < closer:
            break
        fewest = size
    return fewest


class _Pool:
    """Test faces to draw samples from."""

    def __init__(self, faces: pd.DataFrame) -> None:
        rng = np.random.default_rng(0)
        youngest, oldest = (np.minimum(faces[name].to_numpy(), OLDEST) for name in ("youngest", "oldest"))
        self._year = rng.integers(youngest, oldest + 1).astype(float)  # a face with a bracket may be of any age in it
        self._kind = _bracket_of(self._year) * len(GENDERS) + faces["gender"].map(GENDERS.index).to_numpy(int)
        self._of_kind = np.bincount(self._kind, minlength=len(AGE_BRACKETS) * len(GENDERS))

    def draw(self, size: int, rng: np.random.Generator) -> Sample | None:
        """A sample of so many people; None if there are not enough faces for any mix that was tried."""
        for _ in range(TRIES):
            mix = str(rng.choice(list(MIXES)))
            density = _density(MIXES[mix], rng)
            female = float(rng.uniform(*FEMALE[rng.integers(len(FEMALE))]))
            years = np.arange(OLDEST + 1.0)
            ages = np.bincount(_bracket_of(years), density(years)).astype(float)
            ages = ages / ages.sum()
            counts = rng.multinomial(size, np.outer(ages, (1 - female, female)).ravel())
            if (counts <= MOST_OF_A_KIND * self._of_kind).all():
                rows = [self._take(kind, count, density, rng) for kind, count in enumerate(counts) if count]
                return Sample(mix, np.concatenate(rows), ages, female)
        return None

    def _take(self, kind: int, count: int, density: Ages, rng: np.random.Generator) -> NDArray[np.intp]:
        rows = np.flatnonzero(self._kind == kind)
        weights = density(self._year[rows]) + 1e-9
        return rng.choice(rows, count, replace=False, p=weights / weights.sum())


def _density(parts: tuple[Part, ...], rng: np.random.Generator) -> Ages:
    drawn = [(rng.uniform(*part.mean), rng.uniform(*part.deviation), rng.uniform(*part.weight)) for part in parts]

    def density(years: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.sum([w / s * np.exp(-0.5 * ((years - m) / s) ** 2) for m, s, w in drawn], axis=0)

    return density


def _bracket_of(years: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.searchsorted([first for first, _ in AGE_BRACKETS], years, side="right") - 1


def _compare(people: pd.DataFrame, sample: Sample, confusions: NDArray[np.float64]) -> dict[str, Any]:
    """One sample's distances, and which of its intervals contain the truth."""
    estimated = _bracket_of(people["predicted_age"].to_numpy(float))
    raw = np.bincount(estimated, minlength=len(AGE_BRACKETS)) / len(people)
    shares = unfold(count_answers(people["predicted_age"], people["female_probability"]), confusions)
    ages = corrected_ages(shares, len(people))
    female, low, high = corrected_female_share(shares, len(people))
    contained = ages["low"].le(sample.ages) & ages["high"].ge(sample.ages)
    return {
        "mix": sample.mix,
        "raw": np.abs(raw - sample.ages).sum() / 2,
        "corrected": np.abs(ages["share"] - sample.ages).sum() / 2,
        "contained": contained.mean(),
        "contained_large": contained[sample.ages >= LARGE].mean(),
        "width": (ages["high"] - ages["low"]).mean(),
        "raw_female": abs((people["female_probability"] >= 0.5).mean() - sample.female),
        "corrected_female": abs(female - sample.female),
        "contained_female": low <= sample.female <= high,
    }


def _summary(samples: pd.DataFrame) -> dict[str, Any]:
    """Figures of samples, shares 0-1.

    `closer`: of how many samples the corrected shares are closer to the truth; `raw` and `corrected`: mean distances;
    `contained`: how many 95% intervals contain the truth, `contained_large`: of brackets with at least `LARGE`;
    `width`: mean width of the intervals; and of the share of women, the same with `female`.
    """
    figures: dict[str, Any] = {"samples": len(samples)}
    for of in ("", "_female"):
        figures["closer" + of] = round(float((samples["corrected" + of] < samples["raw" + of]).mean()), 4)
    means = samples.drop(columns=["data", "size", "mix"]).mean()
    return figures | {str(name): round(float(mean), 4) for name, mean in means.items()}
