"""Reads data sets as labelled face chips."""
