"""Where each framework has the axes of its weights."""

from __future__ import annotations

from collections.abc import Mapping

from service.tensors.layout import Layout

LAYOUTS: Mapping[str, Layout] = {
    "keras": "in_out", "tensorflow": "in_out", "flax": "in_out", "jax": "in_out", "haiku": "in_out",
    "mlx": "out_kernel_in",
}  # fmt: skip
"""Of frameworks other than PyTorch and its kin, which have out_in."""
