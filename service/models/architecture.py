"""The tensors of a model as a manifest has them, and the words in which the families write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from service.models.config import Config

Entry = dict[str, Any]


@dataclass
class Architecture:
    """The tensors of a model, as they are added; the linear layers and embeddings have normals of one `std`.

    That is what `_init_weights` of transformers' `PreTrainedModel` does where a family has no rule of its own: N(0,
    std), biases 0, normalizations 1 and 0, the row of a padding token 0.
    """

    std: float
    scale: str = "ones"
    """What scales of normalizations start at."""
    tensors: dict[str, Entry] = field(default_factory=dict)
    buffers: set[str] = field(default_factory=set)
    """Those of the tensors that are no parameters."""
    ties: dict[str, str] = field(default_factory=dict)
    """Tensors that are left out, each with the one whose elements it has."""
    _path: str = ""

    @contextmanager
    def within(self, *steps: str) -> Iterator[None]:
        """Add what is added meanwhile under a path."""
        before = self._path
        self._path = before + "".join(f"{step}." for step in steps if step)
        yield
        self._path = before

    def layers(self, name: str, count: int, first: int = 0) -> AbstractContextManager[None]:
        """Add what is added meanwhile to each of so many layers."""
        return self.within(name, numbers(first, first + count))

    def add(self, name: str, shape: tuple[int, ...], initializer: str, **parameters: Any) -> None:
        """Add a tensor."""
        self.tensors[self._path + name] = {"initializer": initializer, "shape": list(shape), **parameters}

    def normal(self, name: str, shape: tuple[int, ...], std: float | None = None, **parameters: Any) -> None:
        """Add a tensor of N(0, std)."""
        self.add(name, shape, "normal", std=self.std if std is None else std, **parameters)

    def linear(self, name: str, outputs: int, inputs: int, *, bias: bool = False, std: float | None = None) -> None:
        """Add a linear layer, or several alike: `{q,k,v}_proj`."""
        self.normal(f"{name}.weight", (outputs, inputs), std)
        if bias:
            self.add(f"{name}.bias", (outputs,), "zeros")

    def embedding(self, name: str, rows: int, width: int, padding: int | None = None, std: float | None = None) -> None:
        """Add an embedding, with the row of its padding token."""
        row = {} if padding is None else {"padding_idx": padding}
        self.normal(f"{name}.weight", (rows, width), std, **row)

    def head(self, name: str, embedding: str, *, is_tied: bool) -> None:
        """Add the head of a language model: a matrix of the shape of the embedding, or the embedding itself."""
        if is_tied:
            self.ties[f"{name}.weight"] = f"{embedding}.weight"
        else:
            self.normal(f"{name}.weight", tuple(self.tensors[f"{embedding}.weight"]["shape"]))

    def end(self, config: Config, name: str, embedding: str, *, is_tied: bool) -> None:
        """Add the head of a decoder, where its class has one: of a language model, or of a classifier of texts."""
        if config.is_classifier:
            self.linear("score", config.labels(), self.tensors[f"{embedding}.weight"]["shape"][1])
        elif not config.is_bare:
            self.head(name, embedding, is_tied=is_tied)

    def norm(self, name: str, width: int, *, bias: bool = False) -> None:
        """Add a normalization."""
        self.add(f"{name}.weight", (width,), self.scale)
        if bias:
            self.add(f"{name}.bias", (width,), "zeros")

    def batch_norm(self, name: str, width: int) -> None:
        """Add a batch normalization, with its buffers: what it has seen, and how often."""
        self.norm(name, width, bias=True)
        before = set(self.tensors)
        self.add(f"{name}.running_mean", (width,), "zeros")
        self.add(f"{name}.running_var", (width,), "ones")
        self.add(f"{name}.num_batches_tracked", (), "zeros", dtype="int64")
        self.buffers |= self.tensors.keys() - before


def numbers(first: int, end: int) -> str:
    """Return the step of a path that stands for the layers first ... end."""
    return f"{{{first}..{end - 1}}}" if end - first > 1 else str(first)


Family = Callable[[Config], Architecture]
"""What makes the architecture of a configuration. Raises InvalidConfig."""
