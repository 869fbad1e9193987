"""Measures the trained model."""
