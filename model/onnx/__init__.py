"""Runs saved Keras networks with ONNX Runtime."""
