"""What a framework's call makes, and how to have exactly that here: a view of the frameworks' calls, by entry."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from service.catalogue.catalogue import CATALOGUE, UnknownInitializer
from service.frameworks.registry import FRAMEWORKS
from service.initializers.initializer import Initializer
from service.tensors.layout import axes
from service.tensors.spec import Scalar, encode_query


@dataclass(frozen=True)
class Equivalent:
    """A framework's call as its users write it, and the scheme that has the same distribution."""

    framework: str
    """Its title."""
    call: str
    name: str
    """The call's own name, without modules and arguments."""
    scheme: Initializer
    note: str
    """What the two do not share; empty where they share everything."""
    source: str
    """Where the framework's own code says so."""
    path: str
    """The call's name with its module, as it may stand in a URL."""
    given: Mapping[str, Scalar]
    """The call's arguments by the framework's names."""

    @property
    def initializer(self) -> str:
        """The canonical name of the scheme."""
        return self.scheme.name

    @property
    def parameters(self) -> Mapping[str, Scalar]:
        """The scheme's parameters that differ from its defaults."""
        return dict(self.scheme.canonical)

    @property
    def href(self) -> str:
        """A request that makes a tensor of it, whose shape has its axes in the framework's order."""
        return self._request(self.initializer, dict(self.scheme.canonical))

    @property
    def named_href(self) -> str:
        """A request for the same by the framework's names of the call and its arguments."""
        return self._request(self.path, self.given)

    def _request(self, name: str, parameters: Mapping[str, Scalar]) -> str:
        example = dict(pair.split("=") for pair in self.scheme.page().example.split("&"))
        shape = tuple(int(size) for size in example["shape"].split(","))
        if getattr(self.scheme, "layout", None) == "in_out":
            weight = axes(shape, "out_in")
            shape = (*weight.kernel, weight.in_, weight.out)
        seed: tuple[tuple[str, Scalar], ...] = (("seed", 42),) if self.scheme.random else ()
        query = encode_query((("shape", ",".join(map(str, shape))), *parameters.items(), *seed))
        return f"/weights/{name}?{query}"


EQUIVALENTS: tuple[Equivalent, ...] = tuple(
    Equivalent(
        framework.title, call.text, call.name, framework.scheme(call), framework.note(call),
        call.source or framework.source, framework.functions[call.name].path, call.given,
    )
    for framework in FRAMEWORKS
    for call in framework.calls
)  # fmt: skip


@cache
def _by_entry() -> Mapping[str, tuple[Equivalent, ...]]:
    equivalents: dict[str, list[Equivalent]] = {kind.name: [] for kind in CATALOGUE}
    for equivalent in EQUIVALENTS:
        entries = {equivalent.initializer: None}
        with contextlib.suppress(UnknownInitializer):
            entries |= {CATALOGUE.get(equivalent.name).name: None}
        for entry in entries:
            equivalents[entry].append(equivalent)
    return {entry: tuple(of_entry) for entry, of_entry in equivalents.items()}


def equivalents_of(kind: type[Initializer]) -> tuple[Equivalent, ...]:
    """Return the calls that an entry makes, and those that have one of its names, whatever makes them."""
    return _by_entry()[kind.name]
