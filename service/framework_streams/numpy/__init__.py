"""NumPy's streams: what `np.random` and `default_rng` make, and what code then does to it."""
