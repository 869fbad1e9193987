"""What the Video page draws."""
