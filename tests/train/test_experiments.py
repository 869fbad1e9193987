from dataclasses import fields, replace

import pytest

from train.data.utkface import UTKFACE
from train.experiments import BASE, EXPERIMENTS, UNSEEN
from train.recipes import RECIPES, SHIPPED, Config


@pytest.mark.parametrize(
    ("first", "last", "recipe", "data"),
    [("unseen", "128-pixels", UNSEEN, (UTKFACE, "fairface")), ("base", "mixup", BASE, (UTKFACE,))],
)
def test_experiments_change_one_thing(first: str, last: str, recipe: Config, data: tuple[str, ...]) -> None:
    names = list(EXPERIMENTS)
    for name in names[names.index(first) : names.index(last) + 1]:
        experiment = EXPERIMENTS[name]
        (config,) = experiment.configs.values()
        changed = {f.name for f in fields(Config) if getattr(config, f.name) != getattr(recipe, f.name)}
        assert len(changed) + (experiment.data != data) == (0 if name == first else 1), name


def test_shipped_row_is_the_recipe_that_ships() -> None:
    assert EXPERIMENTS["shipped"].configs == {SHIPPED: RECIPES[SHIPPED]}


def test_run_folders_of_equal_name_hold_equal_runs() -> None:
    runs: dict[str, Config] = {}
    for experiment in EXPERIMENTS.values():
        for name, config in experiment.configs.items():
            trained = replace(config, first_share=0.0, rare_ages=0.0)
            assert runs.setdefault(name, trained) == trained, name
