"""Checkpoints: the tensors of a whole model, by name, in one file or several."""
