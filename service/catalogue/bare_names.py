"""Names of families without the scheme's own, as people shorten them, and the scheme that each is taken for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.likeness import fold


@dataclass(frozen=True)
class BareName:
    """A short name, and the entry of the catalogue that it is taken for."""

    name: str
    initializer: str
    note: str = ""
    """What else it might mean; empty where it has one meaning."""


BARE_NAMES: Mapping[str, BareName] = {
    fold(bare.name): bare
    for bare in (
        BareName("he", "he_normal", "he is read as he_normal; he_uniform is the same scheme with a uniform law."),
        BareName("kaiming", "he_normal", "kaiming is read as he_normal; PyTorch's layers use kaiming_uniform_."),
        BareName("xavier", "glorot_uniform", "xavier is read as glorot_uniform; glorot_normal is the normal one."),
        BareName("glorot", "glorot_uniform", "glorot is read as glorot_uniform; glorot_normal is the normal one."),
        BareName("lecun", "lecun_normal", "lecun is read as lecun_normal; lecun_uniform is the uniform one."),
        BareName("lora", "lora_a", "lora is read as lora_a, the first factor; the second, B, is zeros."),
        BareName(
            "conv_orthogonal",
            "convolution_orthogonal",
            "conv_orthogonal is read as convolution_orthogonal; delta_orthogonal puts a matrix into the centre alone.",
        ),
        BareName("ortho", "orthogonal"),
        BareName("randn", "normal"),
        BareName("gaussian", "normal"),
        BareName("rand", "uniform"),
        BareName("eye", "identity"),
    )
}
"""By their folded names."""

OF_SEVERAL: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("random", "rnd", "noise", "uniformrandom", "randominit"), ("uniform", "normal")),
    **dict.fromkeys(("default", "defaults"), ("pytorch_default", "keras_default", "flax_default")),
}
"""Folded names that say less than a scheme, and the entries that may be meant."""
