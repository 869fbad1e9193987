"""Asks what an estimate depends on."""
