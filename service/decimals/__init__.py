"""Binary floating-point numbers as decimal text, by kernels that run without the GIL."""
