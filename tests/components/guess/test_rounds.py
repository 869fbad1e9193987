import pytest

from components.guess.game import describe
from components.guess.rounds import MODEL, Round, Score, total


def test_closest_to_the_true_age_wins_and_may_be_the_model() -> None:
    assert Round({"Ann": 70, "Bo": 90}, 83.2, 77).winners() == [MODEL]
    assert Round({"Ann": 76, "Bo": 90}, 83.2, 77).winners() == ["Ann"]
    assert Round({"Ann": 83, "Bo": 71}, 83.2, 77).winners() == ["Ann", "Bo", MODEL]


def test_round_without_a_true_age_has_no_winner_and_does_not_count() -> None:
    one = Round({"Ann": 70}, 83.2)
    assert one.winners() == []
    assert total([one]) == {}


def test_score_counts_wins_and_mean_errors_and_lists_the_best_first() -> None:
    rounds = [Round({"Ann": 30, "Bo": 40}, 34, 31), Round({"Ann": 60}, 50, 50), Round({"Ann": 20}, 21)]
    scores = total(rounds)
    assert scores[MODEL] == Score(1, 1.5)
    assert scores["Ann"] == Score(1, 5.5)
    assert scores["Bo"] == Score(0, 9)
    assert list(scores) == [MODEL, "Ann", "Bo"]


@pytest.mark.parametrize(
    ("one", "end"),
    [(Round({"Ann": 82}, 83.2), "Ann and the model are 1 year apart."),
     (Round({"Ann": 80, "Bo": 90}, 84), "Ann and the model are 4 years apart."),
     (Round({"Ann": 84, "Bo": 90}, 83.7), "Ann and the model agree."),
     (Round({"Ann": 77, "Bo": 90}, 83.2, 77), "true age: **77**  \nClosest: **Ann**")],
)  # fmt: skip
def test_reveal_says_who_was_closest(one: Round, end: str) -> None:
    assert describe(one).startswith("Ann: **")
    assert describe(one).endswith(end)
