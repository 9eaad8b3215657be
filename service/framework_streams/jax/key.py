"""What a request may say of the key that JAX draws with."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from service.framework_streams.framework_stream import StreamParameters
from service.framework_streams.jax.key_path import JAX_STEPS, LONGEST, KeyPath, StepForm, read_key_path
from service.tensors.spec import Scalar


class KeyParameters(StreamParameters):
    """A key that is reached by steps from that of the seed; a subclass says which steps there are."""

    steps: ClassVar[tuple[StepForm, ...]]
    elsewhere: ClassVar[tuple[tuple[str, str], ...]]
    """The beginnings of steps of other frameworks, and the streams that have them."""

    key: str = ""

    @field_validator("key")
    @classmethod
    def _is_read(cls, text: str) -> str:
        read_key_path(text, cls.steps, cls.elsewhere)
        return text

    @property
    def path(self) -> KeyPath:
        return read_key_path(self.key, self.steps, self.elsewhere)

    @property
    def said_seed(self) -> int | None:
        return self.path.seed

    @property
    def canonical(self) -> tuple[tuple[str, Scalar], ...]:
        text = self.path.text
        return (("key", text),) if text else ()


class JaxKey(KeyParameters):
    """The key of JAX."""

    steps = JAX_STEPS
    elsewhere = (("linen", "flax"), ("nnx", "flax"), ("set_random_seed", "keras"))

    key: Annotated[
        str,
        Field(
            max_length=LONGEST,
            description="JAX: the steps from jax.random.key(seed) to the tensor's key, with / between: "
            "split(number)[index], fold_in(data). The seed may stand before them: 42/split(3)[1]/fold_in(7).",
        ),
    ] = ""
