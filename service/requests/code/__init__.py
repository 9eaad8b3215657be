"""Code in a request: its syntax, the layers and modules that it makes, and what it does with them."""
