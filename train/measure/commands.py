"""The commands of `python -m train` that measure what the model does outside its training."""

import argparse
import json

from model.writing import atomic_write
from train.commands import write_json, write_measured
from train.data.utkface import UTKFACE, download
from train.named_data import first, load_named, sources_of


def run_geometry(options: argparse.Namespace) -> None:
    """Measures the landmarks of the chips."""
    from model.detection.detector import MtcnnDetector
    from train.measure.geometry import measure_landmarks

    chips = load_named(options).select("train").chips[: options.chips]
    measured = measure_landmarks(chips, MtcnnDetector())
    write_json(options.results / "geometry.json", measured)
    print(json.dumps(measured["landmarks"], indent=2))


def run_placement(options: argparse.Namespace) -> None:
    """Measures faces found in photos against the same faces as chips."""
    from model import Predictor
    from train.measure.placement import measure_placement

    some = first(load_named(options).select("validation"), options.chips)
    measured = measure_placement(some, Predictor())
    write_measured(options.results / "placement.json", measured)
    print(json.dumps(measured, indent=2))


def run_robustness(options: argparse.Namespace) -> None:
    """Measures the model on degraded photos."""
    from model.estimator import Estimator
    from train.measure.robustness import measure_robustness

    estimator = Estimator(options.model)
    some = first(load_named(options).select(options.split), options.photos)
    measured = {"split": options.split} | measure_robustness(some, estimator)
    write_measured(options.results / "robustness.json", measured, options.model)
    print(f"Wrote {options.results / 'robustness.json'}.")


def run_video(options: argparse.Namespace) -> None:
    """Fits how the sightings of one face in a video are pooled, and measures that."""
    import pandas as pd

    from model.video.pooling import POOLING_PATH
    from train.measure.clips import load_photos
    from train.measure.video import check, fit, see

    source = sources_of(options)[UTKFACE] or download()
    labels = pd.read_parquet(options.results / "labels.parquet")
    splits = {split: load_photos(source, labels, split, options.people) for split in ("validation", "test")}
    pooling = fit(see(*splits["validation"], options.workers))
    pooling.save(POOLING_PATH)
    measured = {"fitted_on": options.people, **check(see(*splits["test"], options.workers), pooling)}
    write_measured(options.results / "video.json", measured)
    print(json.dumps(measured, indent=2))
    print("Wrote model/video/pooling.json and video.json. Next: python -m train tables")


def run_tracks(options: argparse.Namespace) -> None:
    """Measures whether tracks keep to their people where they cross, beside other trackers."""
    import pandas as pd

    from model.estimator import Estimator
    from model.video.analyser import RECORDED_SIDE, video_predictor
    from train.measure.clips import load_photos
    from train.measure.crossings import film
    from train.measure.trackers import all_trackers, compare

    trackers = all_trackers()
    labels = pd.read_parquet(options.results / "labels.parquet")
    _, chips = load_photos(sources_of(options)[UTKFACE] or download(), labels, "test", 2 * options.clips)
    measured = compare(film(chips, video_predictor(Estimator(), RECORDED_SIDE), options.clips), trackers)
    write_measured(options.results / "tracks.json", measured)
    print(json.dumps(measured, indent=2))
    print("Wrote tracks.json. Next: python -m train tables")


def run_unfolding(options: argparse.Namespace) -> None:
    """Counts how the model answers for validation faces, and checks the shares that are corrected with that."""
    import pandas as pd

    from reports.unfolding import confusion_counts
    from train.measure.confusion import estimate_validation, read_test_faces
    from train.measure.unfolding import check

    model, names = options.model, list(sources_of(options))
    known = [estimate_validation(model, load_named(options, name, ["validation"])) for name in names]
    counts = confusion_counts(pd.concat(known))
    with atomic_write(options.results / "confusion.csv") as partial:
        counts.to_csv(partial, index=False)
    measured = {
        "validation_faces": {str(name): int(faces) for name, faces in counts.groupby("data")["faces"].sum().items()},
        **check(counts, read_test_faces(options.results, names), options.draws),
    }
    write_measured(options.results / "unfolding.json", measured, model)
    print(json.dumps(measured, indent=2))
    print("Wrote confusion.csv and unfolding.json. Next: python -m train tables")
