"""Functions in IEEE 754 operations alone, the same bits on every machine."""
