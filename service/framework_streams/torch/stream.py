"""PyTorch's stream: after torch.manual_seed(seed), what torch.nn.init's functions put into a tensor on the CPU."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from service.framework_streams.framework_stream import FrameworkStream, Promise, StreamTarget
from service.framework_streams.torch.position import TorchPosition
from service.framework_streams.torch.sources import DrawnSource
from service.initializers.initializer import Initialization, Initializer, Target
from service.initializers.random import NormalInitializer, UniformInitializer
from service.streams.registry import DEFAULT_STREAM
from service.streams.torch.draws import NormalDraws, UniformDraws, interval_of
from service.streams.torch.position import SMALLEST_BLOCKED, Position

_SEEDS = 2**32
_DTYPES = ("float32", "float64", "bfloat16", "float16")


class TorchStream(FrameworkStream):
    """The MT19937 of torch's CPU generator, with the distributions that ATen makes of it."""

    name = "torch-2.12"
    aliases = ("torch",)
    title = "PyTorch"
    specification = "service/streams/torch/SPECIFICATION.md"
    promise = Promise(
        equal="uniform_ and normal_ in float32 are equal to the bit.",
        near="",
        compared="torch 2.13.0 on x86-64 with AVX2",
        not_compared="Without AVX2, on ARM and on GPUs torch makes other bits.",
    )
    parameters = TorchPosition
    seed_bits = 32

    def initialization(self, initializer: Initializer, target: StreamTarget) -> Initialization:
        said = target.parameters
        assert isinstance(said, TorchPosition)
        if initializer.random and target.dtype.name not in _DTYPES:
            raise self.not_here("dtype", f"torch's stream is served in {', '.join(_DTYPES)}")
        at = Position(said.skip, said.cached)
        known = initializer.initialize(Target(target.shape, target.dtype, DEFAULT_STREAM.open(0, ""), target.threads))
        if not initializer.random:
            return known
        dtype, count = target.dtype.storage, math.prod(target.shape)
        if isinstance(initializer, UniformInitializer):
            interval = interval_of(known.number("low", 0.0), known.number("high", 0.0), dtype)
            after = at.after_uniform(count, dtype)
            source = DrawnSource(UniformDraws(target.seed % _SEEDS, at.words, count, dtype, None, interval))
        elif isinstance(initializer, NormalInitializer):
            if count < SMALLEST_BLOCKED or dtype == np.float64:
                raise self.not_here("shape", "normals of float64, and of fewer than 16 elements, are not served yet")
            after = at.after_normal(count, dtype)
            draws = NormalDraws(target.seed % _SEEDS, at.words, count, dtype, None, initializer.mean, initializer.std)
            source = DrawnSource(draws)
        else:
            raise self.not_here("stream", f"torch has no {initializer.name}")
        facts = {**known.facts, "promise": "exact", "next_skip": after.words}
        return replace(known, source=source, facts=facts, law=None)
