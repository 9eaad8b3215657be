"""Every scheme, in the order of the catalogue: that of the families, and of their modules' lines."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from service.initializers import (
    bias,
    constant,
    convolution,
    fixup,
    hippo,
    identity,
    implicit,
    linspace,
    lora,
    mup,
    orthogonal,
    position_embeddings,
    random,
    resampling,
    reservoir,
    residual_branches,
    rwkv,
    s4d,
    skew,
    sparse,
    spectral,
    spectral_condition,
    state_space,
    transformer_stacks,
    variance_scaling,
    vision,
    xlstm,
    zero,
)
from service.initializers.initializer import Initializer

FAMILIES = (
    constant,
    linspace,
    random,
    variance_scaling,
    orthogonal,
    identity,
    convolution,
    resampling,
    spectral,
    zero,
    sparse,
    skew,
    reservoir,
    residual_branches,
    transformer_stacks,
    fixup,
    mup,
    spectral_condition,
    lora,
    vision,
    position_embeddings,
    bias,
    xlstm,
    hippo,
    s4d,
    state_space,
    rwkv,
    implicit,
)


def _schemes(family: ModuleType) -> Iterator[type[Initializer]]:
    """Yield the classes of a module that are schemes: those that have a name of their own."""
    for value in vars(family).values():
        is_own = isinstance(value, type) and value.__module__ == family.__name__
        if is_own and issubclass(value, Initializer) and "name" in vars(value):
            yield value


SCHEMES: tuple[type[Initializer], ...] = tuple(scheme for family in FAMILIES for scheme in _schemes(family))
