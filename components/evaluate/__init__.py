"""What the page draws that tests the model on a visitor's own photos."""
