"""The part of each tensor that one of several workers has."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from service.checkpoints.names import NamePattern, NameSelection
from service.requests.tensor_draft import TensorDraft
from service.requests.tensor_parameters import MAX_RANK
from service.tensors.errors import InvalidParameter

_EXPECTED = "must be a pattern of names, such as *.bias, or a list of them"


def texts(value: Any) -> Any:
    """Take one text, several between commas, or a list."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) and text for text in value):
        raise ValueError(_EXPECTED)
    return tuple(value)


def patterns(value: tuple[str, ...]) -> tuple[str, ...]:
    """Take patterns of names, each of which may stand after an exclamation mark. Raises InvalidName."""
    for text in value:
        NamePattern(text.removeprefix("!"))
    return value


def _some(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError(_EXPECTED)
    return value


Patterns = Annotated[tuple[str, ...], BeforeValidator(texts), AfterValidator(patterns)]


class ShardRule(BaseModel):
    """The part of tensors whose names match: one of several of equal sizes along an axis."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: Annotated[Patterns, AfterValidator(_some), Field(description="Patterns of names.")]
    axis: Annotated[int, Field(ge=0, lt=MAX_RANK, description="The axis that is cut, counted from 0.")]
    index: Annotated[int, Field(ge=0, description="Which part, counted from 0.")]
    count: Annotated[int, Field(ge=1, le=2**20, description="How many parts, all of one size.")]

    @cached_property
    def _names(self) -> NameSelection:
        return NameSelection(self.match)

    def holds(self, name: str) -> bool:
        """Return whether it is for a tensor."""
        return self._names.takes(name)

    def idle(self, names: Collection[str]) -> list[str]:
        """Return its patterns that match none of some names."""
        return self._names.idle(names)

    def part(self, draft: TensorDraft) -> TensorDraft:
        """Return the worker's part of a tensor. Raises InvalidParameter."""
        shape = draft.general.shape
        if draft.general.slice is not None:
            raise InvalidParameter("slice", "is a part already, which a shard rule cuts; give one of them")
        if self.axis >= len(shape):
            raise InvalidParameter("shape", f"has {len(shape)} axes, and a shard rule cuts axis {self.axis}")
        size, rest = divmod(shape[self.axis], self.count)
        if rest:
            cut = f"axis {self.axis}, which has {shape[self.axis]}, into {self.count} equal parts"
            raise InvalidParameter("shape", f"a shard rule cuts {cut}")
        cuts = [":"] * len(shape)
        cuts[self.axis] = f"{self.index * size}:{(self.index + 1) * size}"
        return draft.part(",".join(cuts))
