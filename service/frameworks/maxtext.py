"""MaxText's initializers, which are JAX's by way of its own."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.variance_scaling import VarianceScaling

MAXTEXT = Framework(
    name="maxtext",
    title="MaxText",
    source="AI-Hypercomputer/maxtext src/MaxText/layers/initializers.py at 0c030c7",
    layout="in_out",
    calls=(Call('nd_dense_init(1.0, "fan_in", "truncated_normal")', VarianceScaling(distribution="truncated_normal")),),
)
