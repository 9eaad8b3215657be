"""How a tensor leaves: the format agreed on, the limits, and the reply."""
