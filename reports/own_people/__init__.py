"""Tests the model on photos of one's own: `python -m model evaluate`.

It stands above `model`, which does without pandas, and below `train` and the pages.
"""
