"""Constants: zeros, ones, and any one number."""

from __future__ import annotations

from service.initializers.initializer import Finite, Initialization, Initializer, Target
from service.tensors.spec import plain


class Zeros(Initializer):
    """Zero everywhere."""

    name = "zeros"
    random = False

    def initialize(self, target: Target) -> Initialization:
        return Initialization.constant(0.0, {})


class Ones(Initializer):
    """One everywhere."""

    name = "ones"
    random = False

    def initialize(self, target: Target) -> Initialization:
        return Initialization.constant(1.0, {})


class ConstantInitializer(Initializer):
    """One number everywhere."""

    name = "constant"
    random = False

    value: Finite = 0.0

    def initialize(self, target: Target) -> Initialization:
        return Initialization.constant(self.value, {"value": plain(self.value)})
