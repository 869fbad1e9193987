"""python forks.py LOG: runs `python -m train` again and again, each time in a fork of this process.

For tests that kill it many times: what takes seconds is imported once. Arguments come as a JSON list a line, and the
process number of the fork goes out; then comes an empty line, and its exit status goes out when it has ended. All is
real but for the backbone of the plain CNN, which has two layers, and TensorFlow runs on one thread, so that every run
gives the same numbers.
"""

import json
import os
import sys
from pathlib import Path

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

import keras

from model import network
from train.__main__ import main


def two_layers(x: keras.KerasTensor) -> keras.KerasTensor:
    x = keras.layers.Conv2D(8, 3, strides=2, activation="relu", name="conv")(x)
    return keras.layers.GlobalAveragePooling2D(name="pool")(x)


def run(arguments: list[str], log: Path) -> None:
    """What the fork does: the command, with its output in a file."""
    with log.open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os._exit(main(arguments))


if __name__ == "__main__":
    network.BACKBONES["cnn"] = two_layers
    for line in sys.stdin:
        fork = os.fork()
        if fork == 0:
            run(json.loads(line), Path(sys.argv[1]))
        print(fork, flush=True)
        sys.stdin.readline()
        print(os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]), flush=True)
