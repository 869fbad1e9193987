"""What the Webcam page draws."""
