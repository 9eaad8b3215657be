"""One table of activations: names, functions, gains, moments; knows nothing of schemes and advice."""
