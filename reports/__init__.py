"""Measured numbers: how they are computed, and how they reach the documents."""
