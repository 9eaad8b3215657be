"""Flax: the keys that its modules draw parameters with."""
