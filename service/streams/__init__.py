"""Random streams: what a scheme asks of one, the list of them, and a folder for each with its specification."""
