"""How each network is trained, and which of them ships; loads no Keras.

The plain CNN and the first vision transformer start at random; the other backbones start from what they learned on
other pictures: one on a million everyday ones, two on millions of faces, and the second transformer from the shipped
network.
"""

from dataclasses import dataclass, replace

SHIPPED = "face_mobilenet_final"


@dataclass(frozen=True)
class Config:
    """The hyperparameters of a run."""

    network: str = "efficientnet_lite0"
    epochs: int = 18
    image_size: int = 112
    batch_size: int = 64
    learning_rate: float = 6e-4  # the peak, after warm-up
    warmup_epochs: float = 1.0  # the heads start at random and must not shake the pretrained backbone
    weight_decay: float = 0.02
    dropout: float = 0.2
    label_spread: float = 2.5  # standard deviation of the soft age labels, years; about their noise
    age_error_weight: float = 0.2  # of the absolute error, years, beside two cross-entropies near 1 to 4
    gender_weight: float = 2.0  # of the gender cross-entropy, which is ten times smaller than that of age
    gender_smoothing: float = 0.05  # 36 of 343 byte-identical photos carry both labels
    ema_momentum: float = 0.99  # averaged weights err less; a longer memory outlives the batch statistics
    augmentation: bool = True
    varied_looks: bool = True  # augmentation makes chips softer, sharper and black-and-white, too
    bracket_middles: bool = False  # teach the middle of an age bracket as the age
    mixup: float = 0.0  # of the beta distribution that two blended photos get their shares from; 0 blends none
    from_scratch: bool = False  # start the backbone at random
    start: str = ""  # recipe whose network this one starts from: see `train.stages`
    frozen_before: str = ""  # layers before the first whose name starts with this keep their weights
    photos_per_epoch: int = 0  # drawn anew for each epoch; 0 takes all
    balance: float = 0.0  # 0 draws all photos alike, 1 all age brackets of all data sets alike
    first_share: float = 0.0  # of the weights of the first stage in those of the finished network: `train.averaging`
    rare_ages: float = 0.0  # strength of the adjustment of the finished network, see `train.adjustment`
    seed: int = 7


FINISHING = ("first_share", "rare_ages")
"""The hyperparameters of what happens to a network after training."""


MIXED = Config(
    network="face_mobilenet",
    epochs=8,
    image_size=160,
    learning_rate=3e-4,
    warmup_epochs=0.3,
    dropout=0.3,
    gender_weight=3.0,
    ema_momentum=0.995,
    start="face_mobilenet",
    frozen_before="block4_",
    photos_per_epoch=30_000,
    balance=0.1,
)

RECIPES = {
    "efficientnet_lite0": Config(),
    # Steps small enough to keep what they know of faces; dlib's at the size it was made for.
    "face_mobilenet": Config(network="face_mobilenet", epochs=10, image_size=160, learning_rate=3e-4, dropout=0.3),
    # Trained further on several data sets; the early layers, which know edges and skin, stay as they are.
    "face_mobilenet_mixed": MIXED,
    # Once more with smaller steps, since what the network now says of the years in a bracket is better.
    "face_mobilenet_refined": replace(
        MIXED, epochs=5, learning_rate=2e-4, warmup_epochs=0.1, start="face_mobilenet_mixed", seed=8
    ),
    # And a long last time, with larger steps again. Without the adjustment, people over 70 come out almost 6 years too
    # young.
    "face_mobilenet_final": replace(
        MIXED, epochs=14, warmup_epochs=0.1, start="face_mobilenet_refined", first_share=0.1, rare_ages=0.5, seed=9
    ),
    "face_resnet": Config(network="face_resnet", epochs=9, image_size=150, learning_rate=2e-4, dropout=0.3),
    "vit": Config(network="vit", epochs=8),
    # Its stem is the first half of the shipped network and stays as it is.
    "face_vit": replace(
        MIXED, network="face_vit", learning_rate=6e-4, warmup_epochs=0.5, start=SHIPPED, frozen_before="tokens_"
    ),
    # Its first layers work at full size, so that pixels cost it more than the others.
    "cnn": Config(network="cnn", epochs=8, image_size=80),
}
