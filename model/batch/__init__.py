"""Annotates any number of photos."""
