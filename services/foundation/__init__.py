"""What both services need and neither owns."""
