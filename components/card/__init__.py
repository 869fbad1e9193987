"""The result card: one picture to share."""
