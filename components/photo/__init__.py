"""What the Photo page draws."""
