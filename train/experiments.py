"""The configurations of the recorded study; loads no Keras. `train.study` trains and measures them."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from train.data.utkface import UTKFACE
from train.recipes import RECIPES, SHIPPED, Config

BASE = Config(epochs=4, image_size=80)
UNSEEN = replace(RECIPES["face_mobilenet_mixed"], epochs=2, photos_per_epoch=15_000)
"""A short recipe that never sees All-Age-Faces, which then tells what helps with photos from elsewhere."""


@dataclass(frozen=True)
class Experiment:
    """What is tried.

    change: the same in words.
    configs: the hyperparameters of each network, by the name of its run folder; the estimates of several are averaged.
    mirrored: whether the estimate for each face is averaged with that for its mirror image.
    data: the data sets it is trained on.
    """

    change: str
    configs: dict[str, Config]
    mirrored: bool = False
    data: tuple[str, ...] = (UTKFACE,)


def _one_change(
    name: str, change: str, recipe: Config = BASE, data: tuple[str, ...] = (UTKFACE,), **hyperparameters: Any
) -> Experiment:
    return Experiment(change, {f"study-{name}": replace(recipe, **hyperparameters)}, data=data)


_unseen = partial(_one_change, recipe=UNSEEN, data=(UTKFACE, "fairface"))


def _recipes(*networks: str) -> dict[str, Config]:
    return {name: RECIPES[name] for name in networks}


FACE = "face_mobilenet"
ALL = (UTKFACE, "fairface", "aaf")
UNADJUSTED = {SHIPPED: replace(RECIPES[SHIPPED], rare_ages=0.0)}
LARGER_SHARE = {SHIPPED: replace(RECIPES[SHIPPED], rare_ages=0.0, first_share=0.3)}
UNFINISHED = {SHIPPED: replace(RECIPES[SHIPPED], rare_ages=0.0, first_share=0.0)}
LARGER = {"face-192": replace(RECIPES[FACE], epochs=8, image_size=192)}
SMALLER = {"face-144": replace(RECIPES[FACE], epochs=8, image_size=144, seed=8)}

EXPERIMENTS: dict[str, Experiment] = {
    "shipped": Experiment(
        "the shipped network: the face MobileNet, trained further on UTKFace, FairFace and All-Age-Faces",
        _recipes(SHIPPED),
        data=ALL,
    ),
    "unadjusted": Experiment("shipped before the adjustment of rare ages", UNADJUSTED, data=ALL),
    "larger-share": Experiment(
        "unadjusted with three tenths of the weights of utkface-only averaged in",
        LARGER_SHARE,
        data=ALL,
    ),
    "last-stage": Experiment("unadjusted with none of the weights of utkface-only averaged in", UNFINISHED, data=ALL),
    "refined": Experiment(
        "the third of the four training stages, with smaller steps", _recipes("face_mobilenet_refined"), data=ALL
    ),
    "mixed": Experiment("the second stage, the first on all data sets", _recipes("face_mobilenet_mixed"), data=ALL),
    "without-aaf": Experiment(
        "mixed without All-Age-Faces",
        {"mixed-without-aaf": RECIPES["face_mobilenet_mixed"]},
        data=(UTKFACE, "fairface"),
    ),
    "utkface-only": Experiment("the first stage: the face MobileNet, trained on UTKFace alone", _recipes(FACE)),
    "mirrored": Experiment("utkface-only, averaged over each face and its mirror image", _recipes(FACE), True),
    "with-lite0": Experiment("utkface-only averaged with lite0-long", _recipes(FACE, "efficientnet_lite0")),
    "with-dlib": Experiment("utkface-only averaged with dlib-long", _recipes(FACE, "face_resnet")),
    "with-both": Experiment(
        "utkface-only averaged with lite0-long and dlib-long", _recipes(FACE, "efficientnet_lite0", "face_resnet")
    ),
    "without-it": Experiment("lite0-long averaged with dlib-long", _recipes("efficientnet_lite0", "face_resnet")),
    "larger": Experiment("utkface-only trained again on larger chips", LARGER),
    "smaller": Experiment("utkface-only trained again on smaller chips in another order", SMALLER),
    "with-smaller": Experiment("utkface-only averaged with smaller", _recipes(FACE) | SMALLER),
    "lite0-long": Experiment("EfficientNet-Lite0 with its own recipe", _recipes("efficientnet_lite0")),
    "dlib-long": Experiment("dlib's face-recognition network with its own recipe", _recipes("face_resnet")),
    "cnn": Experiment("plain CNN from scratch, squared error of a single age", _recipes("cnn")),
    "vit": Experiment("compact vision transformer from scratch", _recipes("vit")),
    "face-vit": Experiment(
        "vision transformer on the first half of the shipped network, on all three data sets",
        _recipes("face_vit"),
        data=ALL,
    ),
    "unseen": _unseen("unseen", "the recipe of mixed, short and without All-Age-Faces"),
    "without-fairface": _unseen("without-fairface", "All-Age-Faces instead of FairFace", data=(UTKFACE, "aaf")),
    "natural": _unseen("natural", "all photos drawn with equal probability", balance=0.0),
    "balanced": _unseen("balanced", "all age brackets of both data sets drawn with equal probability", balance=1.0),
    "bracket-middles": _unseen(
        "bracket-middles", "the middle of FairFace's age brackets taught as the age", bracket_middles=True
    ),
    "same-looks": _unseen("same-looks", "no chips made softer, sharper or black-and-white", varied_looks=False),
    "no-averaging": _unseen("no-averaging", "final weights instead of averaged ones", ema_momentum=0.0),
    "all-layers": _unseen("all-layers", "the first layers trained, too", frozen_before=""),
    "176-pixels": _unseen("176-pixels", "chips at 176 pixels", image_size=176),
    "128-pixels": _unseen("128-pixels", "chips at 128 pixels", image_size=128),
    "base": _one_change("base", "EfficientNet-Lite0 from ImageNet weights, few epochs, small chips"),
    "from-scratch": _one_change("from-scratch", "no ImageNet weights", from_scratch=True),
    "gender-weight-1": _one_change("gender-weight-1", "gender loss with weight 1 instead of 2", gender_weight=1.0),
    "sharp-labels": _one_change("sharp-labels", "age labels with a standard deviation of 0.5 years", label_spread=0.5),
    "no-age-error": _one_change("no-age-error", "age from the distribution loss alone", age_error_weight=0.0),
    "no-augmentation": _one_change("no-augmentation", "no mirroring or other augmentation", augmentation=False),
    "mixup": _one_change("mixup", "photos blended in pairs (mixup)", mixup=0.3),
}
