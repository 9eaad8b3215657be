"""All tensors of a layer, under the names that the checkpoints of its framework have for them."""
