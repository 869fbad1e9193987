"""The networks as ONNX files for the browser: weights in half precision, which halves the download."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model.detection.networks import output_graph, plain_layer, proposal_graph, refinement_graph
from model.estimator import MODEL_PATH, reading
from model.onnx.keras import KerasGraph, read_keras_graph

FEW = 64
"""Smaller tensors stay in single precision: they are constants rather than weights, and save nothing."""


def detector_files() -> dict[str, bytes]:
    """MTCNN's three networks by name. Their outputs are in the order of `model.detection.networks`."""
    graphs = {
        "proposal": proposal_graph(plain_layer),
        "refinement": refinement_graph(plain_layer),
        "output": output_graph(plain_layer),
    }
    return {name: halved(graph.serialize(outputs)) for name, (graph, outputs) in graphs.items()}


def estimator_graph() -> KerasGraph:
    """The network that estimates age and gender.

    Raises:
        ModelError: if the trained model is missing, unreadable, or has layers that ONNX cannot express.
    """
    with reading(MODEL_PATH):
        return read_keras_graph(MODEL_PATH)


def halved(content: bytes) -> bytes:
    """The network with its weights in half precision; it computes in single precision as before.

    The model that ships loses nothing: it keeps 11 bits of each weight anyway. MTCNN's landmarks move by a fraction of
    a pixel, which changed ages by at most 0.3 years on the whole photos of `edge.cases`.
    """
    model = onnx.load_from_string(content)
    weights = [tensor for tensor in model.graph.initializer if np.prod(tensor.dims) >= FEW]
    casts = []
    for tensor in weights:
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{tensor.name}_half")
        casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
        model.graph.initializer.remove(tensor)
        model.graph.initializer.append(half)
    layers = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *layers])
    return model.SerializeToString()
