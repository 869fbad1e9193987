"""Guess first: people guess an age before the model's answer is shown."""
