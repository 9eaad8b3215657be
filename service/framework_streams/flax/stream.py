"""Flax's stream: what jax.nn.initializers return for the key that a module's parameter has."""

from __future__ import annotations

from dataclasses import replace

from service.framework_streams.flax.key import FlaxKey
from service.framework_streams.jax.stream import JaxStream


class FlaxStream(JaxStream):
    """That of JAX, with the keys of linen's modules and of nnx.Rngs."""

    name = "flax-0.12"
    aliases = ("flax",)
    title = "Flax"
    promise = replace(
        JaxStream.promise,
        compared=f"Flax 0.12.8 and {JaxStream.promise.compared}",
        not_compared="Modules under nn.scan, nn.vmap and nn.remat, which split keys of their own, and linen with "
        f"flax_fix_rng_separator. {JaxStream.promise.not_compared}",
    )
    parameters = FlaxKey
