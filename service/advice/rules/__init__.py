"""The rules, as data: which initializer for which layer, why, and after whom."""
