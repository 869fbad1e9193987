from dataclasses import fields, replace

from train.experiments import BASE, EXPERIMENTS
from train.recipes import RECIPES, SHIPPED, Config


def test_experiments_change_one_thing_of_the_base() -> None:
    for name in list(EXPERIMENTS)[list(EXPERIMENTS).index("base") :]:
        (config,) = EXPERIMENTS[name].configs.values()
        changed = {f.name for f in fields(Config) if getattr(config, f.name) != getattr(BASE, f.name)}
        assert len(changed) == (0 if name == "base" else 1), name


def test_shipped_row_is_the_recipe_that_ships() -> None:
    assert EXPERIMENTS["shipped"].configs == {SHIPPED: RECIPES[SHIPPED]}


def test_run_folders_of_equal_name_hold_equal_runs() -> None:
    runs: dict[str, Config] = {}
    for experiment in EXPERIMENTS.values():
        for name, config in experiment.configs.items():
            trained = replace(config, first_share=0.0, rare_ages=0.0)
            assert runs.setdefault(name, trained) == trained, name
