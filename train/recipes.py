"""How each network is trained, and which of them ships.

The plain CNN and the vision transformer start at random; the other trunks start from what they learned on other
pictures: one on a million everyday ones, two on millions of faces.
"""

from train.training import Config

SHIPPED = "face_mobilenet"

RECIPES = {
    "efficientnet_lite0": Config(),
    # Steps small enough to keep what they know of faces; dlib's at the size it was made for.
    "face_mobilenet": Config(network="face_mobilenet", epochs=10, image_size=160, learning_rate=3e-4, dropout=0.3),
    "face_resnet": Config(network="face_resnet", epochs=9, image_size=150, learning_rate=2e-4, dropout=0.3),
    "vit": Config(network="vit", epochs=8),
    # Its first layers work at full size, so that pixels cost it more than the others.
    "cnn": Config(network="cnn", epochs=8, image_size=80),
}
