"""What a picture shows of a tensor: a sample of its elements, and what theory says of them."""
