"""A `config.json` of Hugging Face's transformers: its members, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_LAYERS = 10_000
MOST_STAGES = 64
"""Of a pyramid, each of which has a width: no model has a tenth of that."""
LARGEST_SIZE = 2**31
"""Of a dimension: no model has a larger one."""


class InvalidConfig(ValueError):
    """A member of a configuration that no model has so."""

    def __init__(self, member: str, detail: str, within: tuple[str, ...] = ()) -> None:
        """`within` are the members that the configuration is in, of a part of a larger one."""
        super().__init__(f"{member} {detail}")
        self.place = (*within, member)
        self.detail = detail


@dataclass(frozen=True)
class Config:
    """The members of a configuration."""

    members: Mapping[str, Any]
    within: tuple[str, ...] = ()
    """The members that it is in, of a part of a larger one."""

    @property
    def model_type(self) -> str:
        """The family of the architecture."""
        return str(self.members.get("model_type", ""))

    @property
    def architecture(self) -> str:
        """The class of the model, such as LlamaForCausalLM; empty where it is not told. Raises InvalidConfig."""
        architectures = self.members.get("architectures")
        if architectures is not None and not isinstance(architectures, list):
            raise self._invalid("architectures", 'must be a list of classes, such as ["LlamaForCausalLM"]')
        return str(architectures[0]) if architectures else ""

    @property
    def is_bare(self) -> bool:
        """Whether the model has no head: such a class is called Model, GPT-2's with one LMHeadModel."""
        return self.architecture.endswith("Model") and not self.architecture.endswith("LMHeadModel")

    @property
    def is_classifier(self) -> bool:
        """Whether the model classifies texts."""
        return self.architecture.endswith("ForSequenceClassification")

    @property
    def dtype_member(self) -> str:
        """The member that tells what its tensors are stored in."""
        return "dtype" if self.members.get("dtype") is not None else "torch_dtype"

    @property
    def dtype(self) -> str:
        """What its tensors are stored in; empty where it is not told."""
        told = self.members.get(self.dtype_member)
        return "" if told is None else str(told).removeprefix("torch.")

    def size(self, *names: str, default: int | None = None) -> int:
        """Return a dimension, by the first of the names that is there. Raises InvalidConfig."""
        for name in names:
            value = self.members.get(name)
            if value is not None:
                if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_SIZE:
                    raise self._invalid(name, "must be a whole number of at least 1")
                return value
        if default is None:
            raise self._invalid(names[0], "is required")
        return default

    def count(self, *names: str, default: int | None = None) -> int:
        """Return how many layers there are of a kind. Raises InvalidConfig."""
        number = self.size(*names, default=default)
        if number > MOST_LAYERS:
            raise self._invalid(names[0], f"must be at most {MOST_LAYERS}")
        return number

    def sizes(self, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Return several dimensions. Raises InvalidConfig."""
        value = self.members.get(name)
        if value is None:
            return default
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_STAGES:
            raise self._invalid(name, f"must be a list of 1 to {MOST_STAGES} whole numbers")
        return tuple(Config({name: item}, self.within).size(name) for item in value)

    def labels(self) -> int:
        """Return how many classes a classifier has. Raises InvalidConfig."""
        names = self.members.get("id2label")
        return len(names) if isinstance(names, dict) and names else self.size("num_labels", default=2)

    def inner(self, name: str) -> Config:
        """Return the configuration of a part. Raises InvalidConfig."""
        members = self.members.get(name, {})
        if not isinstance(members, dict):
            raise self._invalid(name, "must be an object")
        return Config(members, (*self.within, name))

    def number(self, name: str, default: float) -> float:
        """Return a number that is not negative. Raises InvalidConfig."""
        value = self.members.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise self._invalid(name, "must be a number that is not negative")
        return float(value)

    def flag(self, name: str, default: bool) -> bool:
        """Return a truth value. Raises InvalidConfig."""
        value = self.members.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._invalid(name, "must be true or false")
        return value

    def row(self, name: str, rows: int, default: int | None = None) -> int | None:
        """Return the row of a token in an embedding of so many rows; None where there is none. Raises InvalidConfig."""
        value = self.members.get(name, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not -rows <= value < rows:
            raise self._invalid(name, f"must be the number of one of {rows} tokens")
        return value % rows

    def check_heads(self, whole: str, size: int, *names: str) -> None:
        """Refuse heads that do not divide a width, where their number is told. Raises InvalidConfig."""
        name = next((name for name in names if self.members.get(name) is not None), None)
        if name is not None:
            self.part(whole, size, name, self.size(name))

    def check_stages(self, *names: str) -> None:
        """Refuse lists of stages that are not as long as the first. Raises InvalidConfig."""
        lengths = {name: len(value) for name in names if isinstance(value := self.members.get(name), list)}
        for name, length in lengths.items():
            if length != next(iter(lengths.values())):
                raise self._invalid(name, f"must have as many stages as {next(iter(lengths))}")

    def part(self, whole: str, size: int, by: str, parts: int) -> int:
        """Return the size of each of equal parts of a dimension. Raises InvalidConfig."""
        if size % parts:
            raise self._invalid(by, f"must divide {whole}, {size}, and is {parts}")
        return size // parts

    def _invalid(self, member: str, detail: str) -> InvalidConfig:
        return InvalidConfig(member, detail, self.within)
