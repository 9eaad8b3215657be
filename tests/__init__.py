"""Tests, in the folders of what they test."""

import os

# Tests run side by side: threads of BLAS that wait for each other would take the processors from them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
