"""How a tensor stands in bytes: one module a format."""
