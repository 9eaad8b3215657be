"""What a tensor is: its specification, the numbers it is made of, and the sources that write it."""
