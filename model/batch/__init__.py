"""Analyses any number of photos into one table."""
