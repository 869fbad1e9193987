"""The rounds of the game and their score."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MODEL = "Model"


@dataclass(frozen=True)
class Round:
    """One face.

    guesses: years, by the name of the player.
    model: the model's best guess, years.
    truth: the true age, years, if somebody knows it.
    """

    guesses: Mapping[str, float]
    model: float
    truth: float | None = None

    def errors(self) -> dict[str, float]:
        """How far each player and the model are off the true age, years; empty while it is not known."""
        if self.truth is None:
            return {}
        return {name: abs(age - self.truth) for name, age in {**self.guesses, MODEL: self.model}.items()}

    def winners(self) -> list[str]:
        """Who is closest to the true age, the model included; several if they are equally close."""
        errors = {name: round(error) for name, error in self.errors().items()}
        return [name for name, error in errors.items() if error == min(errors.values())]


@dataclass(frozen=True)
class Score:
    """Of one player or the model, over the rounds with a known age: how many were won, and the mean error, years."""

    won: int
    mean_error: float


def total(rounds: Iterable[Round]) -> dict[str, Score]:
    """The score of everybody over all rounds whose true age is known, the best first."""
    errors: dict[str, list[float]] = {}
    won: dict[str, int] = {}
    for one in rounds:
        for name, error in one.errors().items():
            errors.setdefault(name, []).append(error)
            won[name] = won.get(name, 0) + (name in one.winners())
    scores = {name: Score(won[name], sum(found) / len(found)) for name, found in errors.items()}
    return dict(sorted(scores.items(), key=lambda item: (-item[1].won, item[1].mean_error)))
