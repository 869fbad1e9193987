"""How each network is trained, and which of them make up the one that ships.

The plain CNN and the vision transformer start at random; the two trunks that ship start from what they learned on other
pictures: one on a million everyday ones, which serves texture and age, one on three million faces, which serves gender.
They err on different photos, so the mean of both is better than either.
"""

from train.training import Config

COMMITTEE = "committee"
MEMBERS = ("efficientnet_lite0", "face_resnet")

RECIPES = {
    "efficientnet_lite0": Config(),
    # The size it was made for, and steps small enough to keep what it knows.
    "face_resnet": Config(network="face_resnet", epochs=9, image_size=150, learning_rate=2e-4, dropout=0.3),
    "vit": Config(network="vit", epochs=8),
    # Its first layers work at full size, so that pixels cost it more than the others.
    "cnn": Config(network="cnn", epochs=8, image_size=80),
}


def members_of(name: str) -> tuple[str, ...]:
    """The networks to train for `name`, one of `RECIPES` or the committee."""
    return MEMBERS if name == COMMITTEE else (name,)
