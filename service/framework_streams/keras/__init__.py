"""Keras on JAX: what `keras.initializers` draw with a seed."""
