"""Constants: zeros, ones, and any one number."""

from __future__ import annotations

from service.initializers.initializer import Built, Finite, Initializer, Target
from service.tensors.source import ConstantSource
from service.tensors.spec import plain


def _built(value: float) -> Built:
    return Built(ConstantSource(value), {}, abs(value))


class Zeros(Initializer):
    """Zero everywhere."""

    name = "zeros"
    random = False

    def build(self, target: Target) -> Built:
        return _built(0.0)


class Ones(Initializer):
    """One everywhere."""

    name = "ones"
    random = False

    def build(self, target: Target) -> Built:
        return _built(1.0)


class ConstantInitializer(Initializer):
    """One number everywhere."""

    name = "constant"
    random = False

    value: Finite = 0.0

    def build(self, target: Target) -> Built:
        return Built(ConstantSource(self.value), {"value": plain(self.value)}, abs(self.value))
