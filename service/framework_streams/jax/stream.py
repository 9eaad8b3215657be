"""JAX's stream: what jax.nn.initializers return for a key, not jitted."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from service.framework_streams.framework_stream import Promise, StreamTarget
from service.framework_streams.jax.jax_based import JaxBased
from service.framework_streams.jax.key import JaxKey, KeyParameters
from service.framework_streams.variance_scaling import STD_OF_TRUNCATED, Scaling
from service.frameworks.jax import JAX
from service.streams.jax.draws import FLOAT64, NOTHING, JaxDraws, rounded
from service.streams.jax.keys import KeyWords, key_of_seed
from service.tensors.errors import InvalidParameter
from service.tensors.fans import Fans, Mode

_LARGEST_SEED = 2**63 - 1
"""jax.random.key raises an OverflowError beyond."""


class JaxStream(JaxBased):
    """Threefry keyed by jax.random.key, with the distributions of jax.random and the scales of jax.nn.initializers."""

    name = "jax-0.10"
    aliases = ("jax",)
    title = "JAX"
    library = "jax.nn.initializers"
    framework = JAX
    specification = "service/streams/jax/SPECIFICATION.md"
    promise = Promise(
        equal="float32, bfloat16 and float16: every function. float64: uniform, and schemes of uniform distribution.",
        near="Normal and truncated float64 numbers are within 4 units in the last place, 99.99 % of them equal: XLA "
        "takes the C library's logarithm.",
        compared="JAX 0.10.2 on x86-64 with FMA (AVX2, AVX-512), not jitted, with jax_threefry_partitionable, its "
        "default",
        not_compared="Under jit XLA contracts the product of a normal and a constant, so that scaled normals differ in "
        "the last place. Processors with AVX512-FP16 fuse float16's uniforms between other bounds than powers of two. "
        "Processors without FMA, ARM, GPUs and TPUs make other bits. Numbers below 2^-126 XLA may flush to zero.",
    )
    parameters: ClassVar[type[KeyParameters]] = JaxKey

    def key(self, target: StreamTarget) -> KeyWords:
        said = target.parameters
        assert isinstance(said, KeyParameters)
        if target.seed > _LARGEST_SEED:
            raise InvalidParameter("seed", f"jax.random.key takes seeds up to {_LARGEST_SEED}")
        return said.path.key(key_of_seed(target.seed, with_x64=_with_x64(target)))

    def seed_notes(self, target: StreamTarget) -> tuple[str, ...]:
        low = target.seed % 2**32
        if low == target.seed or _with_x64(target):
            return ()
        return (f"Without jax_enable_x64, JAX takes the low 32 bits of a seed: {low} makes the same.",)

    def shifted(self, draws: JaxDraws, mean: float, std: float) -> JaxDraws:
        # jax.nn.initializers.normal adds nothing: 0 would make another zero of -0.
        return draws.scaled(std, mean or NOTHING)

    def scaled(self, scaling: Scaling, key: KeyWords, dtype: np.dtype[Any]) -> JaxDraws:
        variance = rounded(scaling.scale / _denominator(scaling.fans, scaling.mode), dtype)
        if scaling.distribution == "uniform":
            bound = rounded(rounded(3.0 * variance, dtype) ** 0.5, dtype)
            return JaxDraws.uniform(key, dtype, -1.0, 1.0).scaled(bound)
        std = rounded(variance**0.5, dtype)
        if scaling.distribution == "normal":
            return JaxDraws.normal(key, dtype).scaled(std)
        return JaxDraws.truncated_normal(key, dtype, -2.0, 2.0).scaled(std / rounded(STD_OF_TRUNCATED, dtype))


def _with_x64(target: StreamTarget) -> bool:
    """Return whether JAX makes the dtype with jax_enable_x64 alone."""
    return target.dtype.storage == FLOAT64


def _denominator(fans: Fans, mode: Mode) -> float:
    return (fans.of("fan_in") * fans.of("fan_out")) ** 0.5 if mode == "fan_geo_avg" else fans.of(mode)
