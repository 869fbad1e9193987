import numpy as np
import pandas as pd

from train.targets import make_targets, mix


def test_distribution_targets_peak_at_the_label() -> None:
    photos = pd.DataFrame(
        {"age": [0, 33, 116], "gender": pd.Categorical(["male", "female", "male"], ["male", "female"])}
    )
    targets = make_targets(photos, 2.5, has_distribution=True)
    np.testing.assert_allclose(targets["age_distribution"].sum(1), 1, rtol=1e-5)
    assert targets["age_distribution"].argmax(1).tolist() == [0, 33, 116]
    assert targets["gender"].tolist() == [[1, 0], [0, 1], [1, 0]]


def test_mixup_blends_chips_and_targets_by_the_same_shares() -> None:
    values = np.array([0, 100, 200], np.uint8)
    chips = np.broadcast_to(values[:, None, None, None], (3, 4, 4, 3))
    mixed, targets = mix(chips, {"age": values[:, None].astype("float32")}, 0.4, np.random.default_rng(3))
    assert mixed.dtype == np.uint8
    np.testing.assert_allclose(mixed[:, 0, 0, 0], targets["age"][:, 0], atol=0.51)
    assert not np.array_equal(mixed, chips)
