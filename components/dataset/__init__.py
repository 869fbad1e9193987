"""What the Data set page draws."""
