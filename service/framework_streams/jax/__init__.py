"""JAX: what `jax.nn.initializers` draw with a key."""
