"""JAX's stream: Threefry's random words, `jax.random`'s distributions above them, and their specification."""
