"""Keras's stream on JAX: what keras.initializers return for a seed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from service.framework_streams.framework_stream import Promise, StreamTarget
from service.framework_streams.jax.jax_based import JaxBased
from service.framework_streams.jax.stream import JaxStream
from service.framework_streams.keras.key import KerasKey
from service.framework_streams.variance_scaling import STD_OF_TRUNCATED, Scaling
from service.frameworks.keras import KERAS
from service.initializers.random import TruncatedNormalInitializer
from service.streams.jax.draws import JaxDraws
from service.streams.jax.keys import KeyWords
from service.tensors.errors import InvalidParameter

_LARGEST_SEED = 2**32 - 1
_BOUND = 2.0


class KerasStream(JaxBased):
    """jax.random with the key [seed, 0], and the scales of keras.initializers, which are worked out in binary64."""

    name = "keras-3.15"
    aliases = ("keras",)
    title = "Keras"
    library = "keras.initializers"
    framework = KERAS
    specification = JaxStream.specification
    promise = Promise(
        equal=JaxStream.promise.equal,
        near=JaxStream.promise.near,
        compared="Keras 3.15.1 with KERAS_BACKEND=jax, and JAX 0.10.2 on x86-64 with FMA, not jitted",
        not_compared="Keras on TensorFlow and on PyTorch draws other numbers. float64 needs jax_enable_x64. "
        f"{JaxStream.promise.not_compared}",
    )
    parameters = KerasKey

    def key(self, target: StreamTarget) -> KeyWords:
        said = target.parameters
        assert isinstance(said, KerasKey)
        if target.seed > _LARGEST_SEED:
            raise InvalidParameter("seed", f"Keras takes seeds up to {_LARGEST_SEED}")
        return said.words(target.seed)

    def truncated_normal(
        self, initializer: TruncatedNormalInitializer, key: KeyWords, dtype: np.dtype[Any]
    ) -> JaxDraws:
        if (initializer.low, initializer.high) != (-_BOUND, _BOUND):
            name = "low" if initializer.low != -_BOUND else "high"
            raise self.not_here(name, "Keras's TruncatedNormal cuts at -2 and 2", "stream=jax")
        return super().truncated_normal(initializer, key, dtype)

    def shifted(self, draws: JaxDraws, mean: float, std: float) -> JaxDraws:
        return draws.scaled(std, mean)

    def scaled(self, scaling: Scaling, key: KeyWords, dtype: np.dtype[Any]) -> JaxDraws:
        if scaling.mode == "fan_geo_avg":
            raise self.not_here("mode", "Keras's VarianceScaling has fan_in, fan_out and fan_avg", "stream=jax")
        variance = scaling.scale / max(1.0, scaling.fans.of(scaling.mode))
        if scaling.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return JaxDraws.uniform(key, dtype, -limit, limit)
        std = math.sqrt(variance)
        if scaling.distribution == "normal":
            return self.shifted(JaxDraws.normal(key, dtype), 0.0, std)
        return self.shifted(JaxDraws.truncated_normal(key, dtype, -2.0, 2.0), 0.0, std / STD_OF_TRUNCATED)
