"""The layers of a network together: what each says of the others, the signal through all of them, their tensors."""
