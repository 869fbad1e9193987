"""Runs a saved Keras network with ONNX Runtime."""
