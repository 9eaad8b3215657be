"""What a request may say of the key that JAX draws with."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from service.framework_streams.framework_stream import StreamParameters
from service.framework_streams.jax.key_path import JAX_STEPS, LONGEST, KeyPath, read_key_path
from service.tensors.spec import Scalar

_OF_FLAX = (("linen", "flax"), ("nnx", "flax"), ("set_random_seed", "keras"))


class KeyParameters(StreamParameters):
    """A key that is reached by steps from that of the seed."""

    key: str = ""

    @property
    def path(self) -> KeyPath:
        raise NotImplementedError

    @property
    def said_seed(self) -> int | None:
        return self.path.seed

    @property
    def canonical(self) -> tuple[tuple[str, Scalar], ...]:
        text = self.path.text
        return (("key", text),) if text else ()


def _checked(text: str) -> str:
    read_key_path(text, JAX_STEPS, _OF_FLAX)
    return text


class JaxKey(KeyParameters):
    """The key of JAX."""

    key: Annotated[
        str,
        Field(
            max_length=LONGEST,
            description="JAX: the steps from jax.random.key(seed) to the tensor's key, with / between: "
            "split(number)[index], fold_in(data). The seed may stand before them: 42/split(3)[1]/fold_in(7).",
        ),
        AfterValidator(_checked),
    ] = ""

    @property
    def path(self) -> KeyPath:
        return read_key_path(self.key, JAX_STEPS, _OF_FLAX)
