"""What the Model performance page draws."""
