"""torchcvnn's initializers of complex weights."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.variance_scaling import GlorotNormal, LecunNormal

_COMPLEX = "With dtype=complex64. Its gain is that of leaky_relu with a slope of 0."

TORCHCVNN = Framework(
    name="torchcvnn",
    title="torchcvnn",
    source="torchcvnn/torchcvnn src/torchcvnn/nn/modules/initialization.py at 0729da6",
    calls=(
        Call("complex_xavier_normal_(w)", GlorotNormal(), _COMPLEX),
        Call("complex_kaiming_normal_(w)", LecunNormal(), f"{_COMPLEX} It halves the variance that He's scheme has."),
    ),
)
