import numpy as np
import pandas as pd
import pytest

from train.sampling import draw_photos

PHOTOS = pd.DataFrame({"age": [25] * 900 + [65] * 100, "data": "one"})


def test_all_photos_are_drawn_once_if_no_count_is_given() -> None:
    rows = draw_photos(PHOTOS, 0, 0.5, np.random.default_rng(1))
    assert sorted(rows) == list(range(1000))
    assert list(rows) != sorted(rows)


@pytest.mark.parametrize(("balance", "share"), [(0.0, 0.1), (1.0, 0.5)])
def test_rare_brackets_are_drawn_more_often_with_balance(balance: float, share: float) -> None:
    rows = draw_photos(PHOTOS, 100, balance, np.random.default_rng(1))
    assert len(set(rows)) == 100
    assert (rows >= 900).mean() == pytest.approx(share, abs=0.12)


def test_the_same_chance_draws_the_same_photos() -> None:
    first, second = (draw_photos(PHOTOS, 50, 0.3, np.random.default_rng(4)) for _ in range(2))
    assert list(first) == list(second)
