"""Layers of a request: the calls of their constructors, and lists of them, as members of a description."""
