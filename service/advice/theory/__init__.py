"""What mean-field theory predicts of a layer, and how far to trust it."""
