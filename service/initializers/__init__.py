"""The catalogue of initializers: one module a family."""
