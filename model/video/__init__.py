"""Follows faces through a video."""
