"""What a request may say of the key that a Flax module draws with."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from service.framework_streams.flax.module_keys import FLAX_STEPS
from service.framework_streams.jax.key import KeyParameters
from service.framework_streams.jax.key_path import LONGEST, KeyPath, read_key_path

_OF_KERAS = (("set_random_seed", "keras"),)


def _checked(text: str) -> str:
    read_key_path(text, FLAX_STEPS, _OF_KERAS)
    return text


class FlaxKey(KeyParameters):
    """The key of a parameter."""

    key: Annotated[
        str,
        Field(
            max_length=LONGEST,
            description="Flax: the way from jax.random.key(seed) to the parameter's key: linen(encoder/Dense_0)[1] for "
            "the first parameter of a linen module, nnx[0] for the first that nnx.Rngs(seed) gives; after JAX's steps.",
        ),
        AfterValidator(_checked),
    ] = ""

    @property
    def path(self) -> KeyPath:
        return read_key_path(self.key, FLAX_STEPS, _OF_KERAS)
