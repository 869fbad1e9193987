"""The stage: photos, guesses and live video for a room that watches a projector."""
