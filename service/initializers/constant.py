"""Constants: zeros, ones, and any one number."""

from __future__ import annotations

from service.initializers.initializer import Finite, Initialization, Initializer, Target, refuse_fraction
from service.tensors.spec import plain


class Zeros(Initializer):
    """Zero everywhere."""

    name = "zeros"
    random = False
    makes_integers = True

    def initialize(self, target: Target) -> Initialization:
        return Initialization.constant(0.0, {})


class Ones(Initializer):
    """One everywhere."""

    name = "ones"
    random = False
    makes_integers = True

    def initialize(self, target: Target) -> Initialization:
        return Initialization.constant(1.0, {})


class ConstantInitializer(Initializer):
    """One number everywhere."""

    name = "constant"
    random = False
    makes_integers = True

    value: Finite = 0.0

    def initialize(self, target: Target) -> Initialization:
        refuse_fraction(target.dtype, "value", self.value)
        return Initialization.constant(self.value, {"value": plain(self.value)})
