"""Reads pretrained weights."""
