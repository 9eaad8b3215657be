"""What recipes start the tensors of a model at, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.delivery.text_table import lines_of

Document = dict[str, Any]


@dataclass(frozen=True)
class Start:
    """What one recipe starts tensors at that are alike in all layers."""

    initializer: str
    parameters: Mapping[str, Any]
    """Those that all layers share."""
    stds: tuple[float | str | None, ...]
    """The standard deviation in each layer, or one that all share; None of a constant, a text of unequal blocks."""

    @property
    def document(self) -> Document:
        """The start as JSON has it: `stds` where layers differ."""
        told = {"std": self.stds[0]} if len(self.stds) == 1 else {"stds": list(self.stds)}
        return {"initializer": self.initializer, "parameters": dict(self.parameters), **told}

    @property
    def text(self) -> str:
        """The start as a person reads it."""
        ends = self.stds[:1] if len(self.stds) == 1 else (self.stds[0], self.stds[-1])
        told = " … ".join(f"{std:.4g}" if isinstance(std, float) else str(std) for std in ends if std is not None)
        row = f", row {row} zero" if (row := self.parameters.get("padding_idx")) is not None else ""
        return f"{self.initializer} {told}".rstrip() + row


@dataclass(frozen=True)
class Group:
    """Tensors that are alike in all layers."""

    name: str
    """The one that stands for all of them."""
    count: int
    shape: tuple[int, ...]
    starts: Mapping[str, Start]
    """By recipes."""


@dataclass(frozen=True)
class Comparison:
    """The tensors of a model by several recipes."""

    model_type: str
    recipes: Sequence[str]
    groups: Sequence[Group]
    parameters: int

    @property
    def document(self) -> Document:
        """The comparison as JSON has it."""
        return {
            "model_type": self.model_type,
            "parameters": self.parameters,
            "tensor_count": sum(group.count for group in self.groups),
            "compare": list(self.recipes),
            "groups": [
                {
                    "name": group.name,
                    "count": group.count,
                    "shape": list(group.shape),
                    "recipes": {name: start.document for name, start in group.starts.items()},
                }
                for group in self.groups
            ],
        }

    @property
    def text(self) -> str:
        """The comparison as a table that a person reads; recipes that agree on a row are told so by the same words."""
        count = sum(group.count for group in self.groups)
        first = f"{self.model_type}: {self.parameters:,} parameters in {count:,} tensors"
        return "\n".join((first, "", *lines_of([*self._rows()]))) + "\n"

    def _rows(self) -> Iterator[tuple[str, ...]]:
        yield "", "", *self.recipes
        for group in self.groups:
            shape = " × ".join(map(str, group.shape)) or "scalar"
            yield group.name, shape, *(start.text for start in group.starts.values())
