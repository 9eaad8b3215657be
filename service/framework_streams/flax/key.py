"""What a request may say of the key that a Flax module draws with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from service.framework_streams.flax.module_keys import FLAX_STEPS
from service.framework_streams.jax.key import KeyParameters
from service.framework_streams.jax.key_path import LONGEST


class FlaxKey(KeyParameters):
    """The key of a parameter."""

    steps = FLAX_STEPS
    elsewhere = (("set_random_seed", "keras"),)

    key: Annotated[
        str,
        Field(
            max_length=LONGEST,
            description="Flax: the way from jax.random.key(seed) to the parameter's key: linen(encoder/Dense_0)[1] for "
            "the first parameter of a linen module, nnx[0] for the first that nnx.Rngs(seed) gives; after JAX's steps.",
        ),
    ] = ""
