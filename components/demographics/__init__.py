"""What the Demographics page draws."""
