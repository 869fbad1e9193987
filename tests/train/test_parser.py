import subprocess
import sys

import pytest
from helpers.paths import ROOT

from train.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--network", "transformer"], "invalid choice: 'transformer'"),
        (["bake"], "invalid choice: 'bake'"),
        (["--data", "farface=photos"], "unknown data set farface; known are utkface, fairface,"),
        (["study", "transformer"], "unknown experiment transformer; known are shipped,"),
        (["export"], "one of the arguments --format --report is required"),
        (["export", "--format", "coreml"], "invalid choice: 'coreml'"),
        (["export", "--report", "--format", "onnx"], "not allowed with argument --report"),
        (["--epochs", "many"], "--epochs: must be a whole number of at least 1, not 'many'"),
        (["--epochs", "0"], "--epochs: must be a whole number of at least 1, not '0'"),
        (["--processes", "0"], "--processes: must be a whole number of at least 1, not '0'"),
        (["--process", "-1"], "--process: must be a whole number of at least 0, not '-1'"),
        (["--image-size", "8"], "--image-size: must be a whole number of at least 32, not '8'"),
        (["--seed", "1.5"], "--seed: must be a whole number of at least 0, not '1.5'"),
        (["--learning-rate", "nan"], "--learning-rate: must be a number from 0, not 'nan'"),
        (["--balance", "1.5"], "--balance: must be a number from 0 to 1, not '1.5'"),
        (["--dropout", "2"], "--dropout: must be a number from 0 to 1, not '2'"),
        (["geometry", "--chips", "0"], "--chips: must be a whole number of at least 1, not '0'"),
        (["placement", "--chips", "0"], "--chips: must be a whole number of at least 1, not '0'"),
        (["export", "--report", "--chips", "²"], "--chips: must be a whole number of at least 1, not '²'"),
        (["robustness", "--photos", "-3"], "--photos: must be a whole number of at least 1, not '-3'"),
    ],
)
def test_wrong_usage_is_one_sentence_with_status_two(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    "code", ["main(['--help'])", "main(['tables', '--results', 'nowhere'])", "main(['geometry', '--chips', '0'])"]
)
def test_help_and_tables_load_no_keras(code: str) -> None:
    program = f"""
import sys
from train.__main__ import main
try:
    {code}
except SystemExit:
    pass
loaded = {{"keras", "tensorflow", "jax", "torch"}} & set(sys.modules)
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
