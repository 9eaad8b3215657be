"""What a user says of a layer, and the layer that the rules see."""
