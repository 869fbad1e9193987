"""The command line: `python -m train` makes model/age_gender.keras again.

    python -m train data      [--data PATH]      read, join and split UTKFace; write the label table
    python -m train           [--data PATH] …    train; resumes a run that was cut off
"""

import argparse
import dataclasses
import os
import shutil
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from train.dataset import DataError, Dataset, load_dataset, write_labels

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "model" / "age_gender.keras"
RESULTS = ROOT / "model" / "results"
