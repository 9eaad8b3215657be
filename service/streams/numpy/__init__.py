"""NumPy's own random numbers: those of `RandomState`, and those of `default_rng`."""
