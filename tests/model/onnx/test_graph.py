"""ONNX Runtime reads what the graph writes."""

import numpy as np

from model.onnx.graph import Graph, start_session


def run(graph: Graph, output: str, x: np.ndarray) -> np.ndarray:
    return start_session(graph.serialize([output])).run([output], {graph.input: x})[0]


def test_weights_and_lists_of_numbers_arrive() -> None:
    rng = np.random.default_rng(0)
    x, kernel, bias = (rng.random(shape, dtype=np.float32) for shape in ((1, 2, 5, 6), (3, 2, 3, 3), (3,)))
    graph = Graph((1, 2, "height", "width"))
    found = run(graph, graph.add("Conv", [graph.input], kernel, bias, pads=(1, 1, 1, 1), strides=(2, 1)), x)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2]
    expected = np.einsum("ncyxij,ocij->noyx", windows, kernel) + bias[:, None, None]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_fractions_and_words_arrive() -> None:
    x = np.array([[-1.0, 2.0], [3.0, -4.0]], np.float32)
    graph = Graph((2, 2))
    np.testing.assert_allclose(run(graph, graph.add("LeakyRelu", ["x"], alpha=0.25), x), np.where(x > 0, x, x / 4))
    graph = Graph((1, 1, 4, 4))
    pool = graph.add("MaxPool", ["x"], kernel_shape=(2, 2), strides=(2, 2), auto_pad="VALID")
    assert run(graph, pool, np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)).ravel().tolist() == [5, 7, 13, 15]


def test_single_numbers_and_several_inputs_arrive() -> None:
    x = np.array([[-1, 2, 30]], np.float32)
    graph = Graph((1, 3))
    clipped = graph.add("Clip", ["x"], np.float32(0), np.float32(6))
    assert run(graph, graph.add("Add", ["x", clipped]), x).tolist() == [[-1, 4, 36]]
