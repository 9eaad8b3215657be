"""Every initializer by all its names, and which frameworks' calls are the same."""
