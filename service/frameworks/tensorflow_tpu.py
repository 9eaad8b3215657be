"""Names that TensorFlow TPU has for schemes."""

from __future__ import annotations

from service.frameworks.framework import Framework
from service.initializers.vision import EfficientNetNormal

TENSORFLOW_TPU = Framework(
    name="tensorflow_tpu",
    title="TensorFlow TPU",
    aliases={EfficientNetNormal: ("conv_kernel_initializer",)},
)
