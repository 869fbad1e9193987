"""What the What if page draws."""
