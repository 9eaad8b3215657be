"""The counter-based random streams: kernels and their written specification (`SPECIFICATION.md`)."""
