"""The frameworks' own random streams: what a scheme is in a framework, to the bit."""
