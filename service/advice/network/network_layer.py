"""A layer in a list of layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from service.advice.layer.layer import QUICK_LAYERS_BY_QUADRATURE, Layer
from service.advice.network.maps import Sides, Window
from service.frameworks.framework import Framework
from service.initializers.initializer import Initializer
from service.tensors.errors import InvalidParameter

PassageKind = Literal["input", "activation", "dropout", "flatten", "pool", "global_pool", "merge", "other", "unknown"]
"""`merge` makes one of the outputs of two directions of a recurrent layer, such as their sum."""


@dataclass(frozen=True)
class Passage:
    """What a list has between two layers, or before the first, and has no weights."""

    kind: PassageKind
    window: Window | None = None
    """A pool's."""
    sides: Sides = ()
    """The sizes of an input's map, or of the one that an adaptive pool leaves."""
    channels: int | None = None
    """An input's."""


@dataclass(frozen=True)
class NetworkLayer:
    """A layer of the network, with what its weights have now."""

    layer: Layer
    current: Initializer | None = None
    caller: Framework | None = None
    """Whose function has made them, where that reads the shape in a way of its own."""
    read: Mapping[str, object] = field(default_factory=dict)
    """What its description has from a constructor's call."""
    own: frozenset[str] = frozenset()
    """The members that are said of this very layer, not of all."""
    general: Mapping[str, object] = field(default_factory=dict)
    """What is said of all layers, and holds for those that have a use for it and say nothing else."""
    place: int | None = None
    """That in the list of the request, which may have more than layers; None of what is pasted as one text."""
    is_pasted: bool = False
    """Whether it is read from a text rather than an object."""
    passages: tuple[Passage, ...] = ()
    """What stands before it in the list and has no weights."""
    takes: tuple[str, ...] | None = None
    """The layers whose outputs it takes, by name, none where that is the input; None where no code says it."""
    window: Window | None = None
    """What a convolution slides over its maps; None where nobody says it, as its call does."""

    def called(self, name: str) -> NetworkLayer:
        """Return the same layer under another name."""
        if name == self.layer.links.name:
            return self
        return replace(self, layer=replace(self.layer, links=replace(self.layer.links, name=name)))

    @property
    def likeness(self) -> tuple[int, int]:
        """What only layers share that differ in nothing but their names, while both are there."""
        return id(self.layer.description), id(self.current)

    @property
    def is_quick(self) -> bool:
        """Whether an answer takes less than a millisecond."""
        is_shallow = (self.layer.depth or 0) <= QUICK_LAYERS_BY_QUADRATURE
        return self.layer.is_quick and (self.current is None or is_shallow)


class InvalidLayer(Exception):
    """A layer of a list of which something is wrong."""

    def __init__(self, index: int, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.index = index
        self.parameter = parameter
        self.detail = detail


@contextmanager
def at_layer(index: int) -> Iterator[None]:
    """Raise an InvalidParameter that is raised within the context as InvalidLayer, with its place in the list."""
    try:
        yield
    except InvalidParameter as error:
        raise InvalidLayer(index, error.parameter, error.detail) from error
