"""Pages for people: the explorer, whose files stand in `explorer/`, and the guide that is its first screen."""
