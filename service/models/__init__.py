"""Architectures as data: from a model's `config.json` to the names, shapes and initializers of its checkpoint."""
