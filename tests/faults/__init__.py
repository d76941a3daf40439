"""What happens when processes die and connections break."""
