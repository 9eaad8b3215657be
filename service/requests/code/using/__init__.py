"""What code does with its layers: which values go through which."""
