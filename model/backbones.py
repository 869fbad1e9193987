"""The backbones: from resized RGB 0-255 chips to one feature vector per chip.

Each starts with its own normalisation, so that pretrained weights see pixels in the range they were trained on.
"""

import keras

# Mean RGB that dlib's face-recognition network was trained with, and the scale of its pixels (`input_rgb_image`).
DLIB_MEAN = (122.782, 117.001, 104.298)
DLIB_SCALE = 1 / 256

# Mean RGB that the MobileNet of VGGFace2 was trained with, and a scale that `train.pretrained.tfjs` undoes.
VGGFACE2_MEAN = (123.68, 116.779, 103.939)
VGGFACE2_SCALE = 1 / 127.5

# Face MobileNet: channels and stride of each block.
MOBILENET_BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
    (1024, 2), (1024, 1),
)  # fmt: skip

# Face ResNet: channels, residual blocks, and whether the first block halves the map.
FACE_STAGES = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))

# Vision transformer: channels per token, blocks, attention heads, width of the MLP relative to a token.
VIT_CHANNELS, VIT_BLOCKS, VIT_HEADS, VIT_EXPANSION = 192, 8, 6, 2

# Face vision transformer: blocks of the face MobileNet before the tokens, and encoder blocks.
FACE_VIT_STEM, FACE_VIT_BLOCKS = 6, 6

# EfficientNet-Lite0: kernel, stride of the first block, expansion, channels, blocks.
LITE0_STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)


def efficientnet_lite0(x: keras.KerasTensor) -> keras.KerasTensor:
    """EfficientNet-Lite0: inverted residuals with ReLU6 and without squeeze-and-excitation, designed for phones.

    Tan and Le, arXiv 1905.11946; the Lite variant: Liu, https://blog.tensorflow.org/2020/03/higher-accuracy-on-
    vision-models-with-efficientnet-lite.html. Returns (batch, 1280).
    """
    x = keras.layers.Rescaling(1 / 128, offset=-127 / 128, name="normalise")(x)
    x = _lite_convolution(x, 32, 3, stride=2, name="stem")
    for stage, (kernel, stride, expansion, filters, blocks) in enumerate(LITE0_STAGES):
        for block in range(blocks):
            name = f"stage{stage}_block{block}"
            x = _inverted_residual(x, filters, kernel, stride if block == 0 else 1, expansion, name)
    x = _lite_convolution(x, 1280, 1, name="head")
    return keras.layers.GlobalAveragePooling2D(name="pool")(x)


def face_resnet(x: keras.KerasTensor) -> keras.KerasTensor:
    """The backbone of dlib's face recognition, a residual network of 29 convolutions.

    King, http://dlib.net/dnn_face_recognition_ex.cpp.html: ResNet-34 (He et al., arXiv 1512.03385) with fewer
    blocks and half the channels. Returns (batch, 256).
    """
    variance = [1 / DLIB_SCALE**2] * 3
    x = keras.layers.Normalization(mean=DLIB_MEAN, variance=variance, name="normalise")(x)
    x = _convolution(x, 32, 7, stride=2, padding="valid", name="stem")
    x = keras.layers.ReLU(name="stem_relu")(x)
    x = keras.layers.MaxPooling2D(3, 2, name="stem_pool")(x)
    for stage, (filters, blocks, halves) in enumerate(FACE_STAGES):
        for block in range(blocks):
            x = _residual_block(x, filters, halves and block == 0, f"stage{stage}_block{block}")
    return keras.layers.GlobalAveragePooling2D(name="pool")(x)


def face_mobilenet(x: keras.KerasTensor) -> keras.KerasTensor:
    """MobileNet: depthwise and pointwise convolutions in turn.

    Howard et al., arXiv 1704.04861; as a backbone for faces: Savchenko, PeerJ Computer Science 5:e197. Returns
    (batch, 1024).
    """
    x = _mobilenet_blocks(x, len(MOBILENET_BLOCKS))
    return keras.layers.GlobalAveragePooling2D(name="pool")(x)


def face_vit(x: keras.KerasTensor) -> keras.KerasTensor:
    """A vision transformer on what the first half of the face MobileNet sees: 10 x 10 tokens at 160 pixels.

    A hybrid as in Dosovitskiy et al., arXiv 2010.11929: with convolutions that know faces already, the encoder need not
    learn from few photos that neighbouring pixels belong together. Returns (batch, 192).
    """
    x = _mobilenet_blocks(x, FACE_VIT_STEM)
    x = _convolution(x, VIT_CHANNELS, 1, name="tokens_project")
    return _encoder(x, FACE_VIT_BLOCKS)


def cnn(x: keras.KerasTensor) -> keras.KerasTensor:
    """A plain CNN: five stages of two 3x3 convolutions, each followed by batch normalisation.

    In the style of VGG (Simonyan and Zisserman, arXiv 1409.1556). Returns (batch, 192).
    """
    x = keras.layers.Rescaling(1 / 127.5, offset=-1, name="normalise")(x)
    for stage, filters in enumerate((32, 64, 96, 128, 192)):
        for layer in range(2):
            name = f"stage{stage}_{layer}"
            x = _convolution(x, filters, 3, name=name)
            x = keras.layers.ReLU(name=f"{name}_relu")(x)
        x = keras.layers.MaxPooling2D(2, name=f"stage{stage}_pool")(x)
    return keras.layers.GlobalAveragePooling2D(name="pool")(x)


def vit(x: keras.KerasTensor) -> keras.KerasTensor:
    """A compact vision transformer: a convolutional stem, 8 encoder blocks, the mean of all tokens.

    Dosovitskiy et al., arXiv 2010.11929. On data sets of this size three things help: a stem of convolutions instead of
    patches (Xiao et al., arXiv 2106.14881), pooling instead of a class token (Hassani et al., arXiv 2104.05704),
    and positions from a depthwise convolution over the token map (Chu et al., arXiv 2102.10882), which also leaves
    the image size free. Returns (batch, 192).
    """
    x = keras.layers.Rescaling(1 / 127.5, offset=-1, name="normalise")(x)
    for i, filters in enumerate((VIT_CHANNELS // 8, VIT_CHANNELS // 4, VIT_CHANNELS // 2, VIT_CHANNELS)):
        x = _convolution(x, filters, 3, stride=2, name=f"stem{i}")
        x = keras.layers.ReLU(name=f"stem{i}_relu")(x)
    return _encoder(x, VIT_BLOCKS)


def _mobilenet_blocks(x: keras.KerasTensor, count: int) -> keras.KerasTensor:
    """The face MobileNet from its normalisation to a block."""
    variance = [1 / VGGFACE2_SCALE**2] * 3
    x = keras.layers.Normalization(mean=VGGFACE2_MEAN, variance=variance, name="normalise")(x)
    x = _lite_convolution(x, 32, 3, stride=2, name="stem")
    for block, (filters, stride) in enumerate(MOBILENET_BLOCKS[:count]):
        x = _lite_depthwise(x, 3, stride, name=f"block{block}_depthwise")
        x = _lite_convolution(x, filters, 1, name=f"block{block}_pointwise")
    return x


def _encoder(x: keras.KerasTensor, blocks: int) -> keras.KerasTensor:
    """Encoder blocks over a token map, (batch, height, width, channels), with positions; the mean of all tokens."""
    position = keras.layers.DepthwiseConv2D(3, padding="same", name="position")(x)
    x = keras.layers.Add(name="position_add")([x, position])
    x = keras.layers.Reshape((-1, VIT_CHANNELS), name="tokens")(x)
    for i in range(blocks):
        x = _encoder_block(x, f"block{i}")
    x = keras.layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    return keras.layers.GlobalAveragePooling1D(name="pool")(x)


def _encoder_block(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Self-attention and an MLP, each with normalisation before it and a residual connection around it."""
    y = keras.layers.LayerNormalization(epsilon=1e-6, name=f"{name}_attention_norm")(x)
    y = keras.layers.MultiHeadAttention(VIT_HEADS, VIT_CHANNELS // VIT_HEADS, name=f"{name}_attention")(y, y)
    x = keras.layers.Add(name=f"{name}_attention_add")([x, y])
    y = keras.layers.LayerNormalization(epsilon=1e-6, name=f"{name}_mlp_norm")(x)
    y = keras.layers.Dense(VIT_CHANNELS * VIT_EXPANSION, activation="gelu", name=f"{name}_mlp_expand")(y)
    y = keras.layers.Dense(VIT_CHANNELS, name=f"{name}_mlp_project")(y)
    return keras.layers.Add(name=f"{name}_mlp_add")([x, y])


def _convolution(
    x: keras.KerasTensor, filters: int, kernel: int, *, stride: int = 1, padding: str = "same", name: str
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(filters, kernel, stride, padding, use_bias=False, name=f"{name}_conv")(x)
    return keras.layers.BatchNormalization(momentum=0.97, name=f"{name}_bn")(x)


def _lite_convolution(
    x: keras.KerasTensor, filters: int, kernel: int, *, stride: int = 1, activation: bool = True, name: str
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(filters, kernel, stride, "same", use_bias=False, name=f"{name}_conv")(x)
    x = keras.layers.BatchNormalization(momentum=0.97, epsilon=1e-3, name=f"{name}_bn")(x)
    return keras.layers.ReLU(6, name=f"{name}_relu")(x) if activation else x


def _lite_depthwise(x: keras.KerasTensor, kernel: int, stride: int, name: str) -> keras.KerasTensor:
    x = keras.layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False, name=f"{name}_conv")(x)
    x = keras.layers.BatchNormalization(momentum=0.97, epsilon=1e-3, name=f"{name}_bn")(x)
    return keras.layers.ReLU(6, name=f"{name}_relu")(x)


def _inverted_residual(
    x: keras.KerasTensor, filters: int, kernel: int, stride: int, expansion: int, name: str
) -> keras.KerasTensor:
    """A wide depthwise convolution between two narrow ends (MobileNetV2, Sandler et al., arXiv 1801.04381)."""
    narrow = x
    if expansion > 1:
        x = _lite_convolution(x, x.shape[-1] * expansion, 1, name=f"{name}_expand")
    x = _lite_depthwise(x, kernel, stride, name=f"{name}_depthwise")
    x = _lite_convolution(x, filters, 1, activation=False, name=f"{name}_project")
    if x.shape == narrow.shape:
        x = keras.layers.Add(name=f"{name}_add")([x, narrow])
    return x


def _residual_block(x: keras.KerasTensor, filters: int, halves: bool, name: str) -> keras.KerasTensor:
    """Two 3x3 convolutions added to their input, or to its average-pooled projection if the map is halved."""
    shortcut, stride, padding = x, 1, "same"
    if halves:
        # Odd maps round down in both branches, as in dlib.
        stride, padding = 2, "same" if x.shape[1] % 2 == 0 else "valid"
        shortcut = keras.layers.AveragePooling2D(2, name=f"{name}_shortcut_pool")(x)
        shortcut = keras.layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_shortcut_conv")(shortcut)
    x = _convolution(x, filters, 3, stride=stride, padding=padding, name=f"{name}_1")
    x = keras.layers.ReLU(name=f"{name}_1_relu")(x)
    x = _convolution(x, filters, 3, name=f"{name}_2")
    x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
    return keras.layers.ReLU(name=f"{name}_2_relu")(x)
