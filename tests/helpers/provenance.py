"""The provenance of a model that is none."""

from model.calibration import Calibration
from model.provenance import Provenance

FAKE = Provenance("1.2.3", "ab" * 32, "cd" * 32, Calibration((20.0, 60.0), (-1.0, -2.0), (1.0, 2.0), 0.9))
