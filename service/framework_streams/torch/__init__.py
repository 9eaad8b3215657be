"""PyTorch: what its initializers and layers draw from its CPU generator."""
