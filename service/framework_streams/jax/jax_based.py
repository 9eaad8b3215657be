"""What the streams of JAX, Flax and Keras have in common: tensors that `jax.random` draws with one key."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from service.framework_streams.framework_stream import FrameworkStream, StreamTarget
from service.framework_streams.jax.sources import JaxSource
from service.framework_streams.variance_scaling import Scaling, read_scaling
from service.initializers.convolution import DeltaOrthogonal
from service.initializers.initializer import Initialization, Initializer, Target
from service.initializers.orthogonal import OrthogonalInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.streams.jax.draws import FLOAT64, JaxDraws
from service.streams.jax.keys import KeyWords
from service.streams.registry import DEFAULT_STREAM
from service.tensors.errors import InvalidParameter

DTYPES = ("float32", "float64", "bfloat16", "float16")

NEAR = "within 4 ulp"
"""Of float64's normals, for which XLA calls the C library's logarithm."""


class JaxBased(FrameworkStream):
    """A framework whose initializers draw with a key of JAX."""

    seed_bits = 32
    library: ClassVar[str]
    """The module of its initializers, for messages."""

    @abstractmethod
    def key(self, target: StreamTarget) -> KeyWords:
        """Return the key that the tensor is drawn with. Raises InvalidParameter."""

    @abstractmethod
    def scaled(self, scaling: Scaling, key: KeyWords, dtype: np.dtype[Any]) -> JaxDraws:
        """Return draws whose variance is scaled by a fan."""

    def normal(self, initializer: NormalInitializer, key: KeyWords, dtype: np.dtype[Any]) -> JaxDraws:
        """Return normal draws."""
        return self.shifted(JaxDraws.normal(key, dtype), initializer.mean, initializer.std)

    def truncated_normal(
        self, initializer: TruncatedNormalInitializer, key: KeyWords, dtype: np.dtype[Any]
    ) -> JaxDraws:
        """Return truncated draws. Raises InvalidParameter."""
        for name, wanted in (("bounds", "sigma"), ("std_is", "before")):
            if getattr(initializer, name) != wanted:
                detail = f"{self.title}'s bounds are multiples of std, which is that before the cut"
                raise self.not_here(name, detail)
        drawn = JaxDraws.truncated_normal(key, dtype, initializer.low, initializer.high)
        return self.shifted(drawn, initializer.mean, initializer.std)

    @abstractmethod
    def shifted(self, draws: JaxDraws, mean: float, std: float) -> JaxDraws:
        """Return standard draws times std, plus the mean."""

    def seed_notes(self, target: StreamTarget) -> tuple[str, ...]:
        """Return what is to be known of the seed."""
        return ()

    def initialization(self, initializer: Initializer, target: StreamTarget) -> Initialization:
        own = Target(target.shape, target.dtype, DEFAULT_STREAM.open(0, ""), target.threads)
        known = initializer.initialize(own)
        scheme = known.drawn_by or initializer
        if not scheme.random or 0 in target.shape:
            return known._replace(facts={**known.facts, "promise": "exact"})
        if target.dtype.name not in DTYPES:
            raise self.not_here("dtype", f"{self.title} draws {', '.join(DTYPES)}")
        key, dtype = self.key(target), target.dtype.storage
        draws = self._draws(scheme, known, target, key)
        is_exact = draws.clip is None or dtype != FLOAT64
        facts = {**known.facts, "key_data": "{},{}".format(*key), "promise": "exact" if is_exact else NEAR}
        notes = (*known.own_notes, *self.seed_notes(target))
        return known._replace(source=JaxSource(draws), facts=facts, law=None, own_notes=notes)

    def _draws(self, scheme: Initializer, known: Initialization, target: StreamTarget, key: KeyWords) -> JaxDraws:
        dtype = target.dtype.storage
        if getattr(scheme, "padding_idx", None) is not None:
            raise self.not_here("padding_idx", f"{self.title} has no row of zeros for padding")
        if isinstance(scheme, UniformInitializer):
            return JaxDraws.uniform(key, dtype, known.number("low", 0.0), known.number("high", 1.0))
        if isinstance(scheme, NormalInitializer):
            return self.normal(scheme, key, dtype)
        if isinstance(scheme, TruncatedNormalInitializer):
            return self.truncated_normal(scheme, key, dtype)
        scaling = read_scaling(scheme, target, type(self))
        if scaling is None:
            raise self._no_such_scheme(scheme)
        return self.scaled(scaling, key, dtype)

    def _no_such_scheme(self, scheme: Initializer) -> InvalidParameter:
        if isinstance(scheme, OrthogonalInitializer | DeltaOrthogonal):
            return self.not_here(
                "stream",
                f"{self.title}'s {scheme.name} is a QR decomposition by LAPACK, whose bits differ from version to "
                "version and from processor to processor, so that there is nothing to promise",
            )
        return self.not_here("stream", f"{self.library} has no {scheme.name}")
