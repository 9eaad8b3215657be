"""How values go through layers in code: what follows each layer, and which layers are in residual branches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from service.advice.layer.description import Normalization
from service.advice.layer.vocabulary import LayerRole, role_of_name

_MOST_NODES = 2**12
"""Uses of layers that are followed."""
_LONGEST_BRANCH = 2**8
"""Nodes between the beginning and the end of a branch."""
_MOST_GIVERS = 2**6
"""Joints and layers between a layer and those whose outputs it takes."""
_OF_UNITS: frozenset[Normalization | None] = frozenset(("batch", "instance"))
"""Normalisations whose scale may start at zero, so that the branch which they end does nothing."""
_MOST_IN_BRANCH = 20
"""Layers that a description may have in a branch."""


@dataclass(frozen=True)
class Value:
    """What an expression gives: the node that it comes from, and the layers to which what is applied next belongs."""

    node: int = 0
    open: frozenset[str] = frozenset()

    @property
    def is_input(self) -> bool:
        """Whether it comes from no layer."""
        return self.node == 0


INPUT = Value()


@dataclass(frozen=True)
class _Node:
    """A use of layers, or a sum or another joint of values."""

    sources: tuple[int, ...] = ()
    layers: tuple[str, ...] = ()
    normalization: Normalization | None = None
    """What kind of normalisation it is, if it is one."""
    is_of_layers: bool = False
    """Whether a normalisation follows layers at once, and no activation is between."""
    branch: tuple[str, ...] = ()
    """The layers of the residual branch that it is the sum of, with what goes around it."""


@dataclass
class Dataflow:
    """The uses of layers so far. Layers are called by names that are theirs alone."""

    activations: dict[str, str] = field(default_factory=dict)
    branches: dict[str, int] = field(default_factory=dict)
    """How many uses of layers the residual branch has that a layer is in."""
    normalizations: dict[str, tuple[Normalization, Literal["pre", "post"]]] = field(default_factory=dict)
    """What stands at the beginning of the residual branch that a layer is in, or after the sum."""
    shortcuts: set[str] = field(default_factory=set)
    roles: dict[str, LayerRole] = field(default_factory=dict)
    """By what the code calls what the layers put out, and by the normalisation at the end of a branch."""
    unread: dict[str, str] = field(default_factory=dict)
    """What stands after a layer and is not understood."""
    _nodes: list[_Node] = field(default_factory=lambda: [_Node()])
    _changed: set[int] = field(default_factory=set)
    """Nodes of which nobody knows how wide it is what comes of them."""

    @property
    def used(self) -> set[str]:
        """The layers that are used."""
        return {layer for node in self._nodes for layer in node.layers}

    def use(self, layers: Sequence[str], source: Value, *, is_activated: bool) -> Value:
        """Return what layers that stand at one place, one in each turn of a loop, make of a value."""
        return self._at(_Node((source.node,), tuple(layers)), frozenset(layers) if is_activated else frozenset())

    def _at(self, node: _Node, open_: frozenset[str]) -> Value:
        if len(self._nodes) >= _MOST_NODES:
            return INPUT
        self._nodes.append(node)
        return Value(len(self._nodes) - 1, open_)

    def normalize(self, value: Value, normalization: Normalization) -> Value:
        """Return a value after a normalisation, which leaves to the layers before it what comes next."""
        for layer in self._nodes[value.node].branch:
            self.normalizations.setdefault(layer, (normalization, "post"))
        node = _Node((value.node,), normalization=normalization, is_of_layers=bool(value.open))
        return self._at(node, value.open)

    def activate(self, value: Value, activation: str, but: str | None = None) -> Value:
        """Return a value after an activation, which is that of the layers before it, `but` for one."""
        for layer in value.open - {but}:
            self.activations.setdefault(layer, activation)
        return Value(value.node)

    def name(self, value: Value, name: str) -> None:
        """Take the name that code gives to a value: mu, logvar."""
        role = role_of_name(name) if len(value.open) == 1 else None
        if role == "variational_head":
            self.roles.update(dict.fromkeys(value.open, role))

    def change(self, value: Value) -> Value:
        """Return a value after what may change its width."""
        self._changed.add(value.node)
        return value

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """The layers that put out what each layer takes, none where that is the input, of the layers where it is known.

        Of what may have changed the width of an output since, the name is empty.

        It is not known of residual networks, in whose sums layers take more than one, of loops, and of layers that are
        used twice.
        """
        if self.branches or self.shortcuts:
            return {}
        uses = Counter(layer for node in self._nodes for layer in node.layers)
        found = dict[str, tuple[str, ...]]()
        for node in self._nodes:
            if len(node.layers) == 1 and uses[node.layers[0]] == 1 and (givers := self._givers(node)) is not None:
                found[node.layers[0]] = givers
        return found

    def _givers(self, node: _Node) -> tuple[str, ...] | None:
        """Return the layers whose outputs come to a node; None where that is not known."""
        givers, is_input, waiting = list[str](), False, [*node.sources]
        for number in waiting:
            before = self._nodes[number]
            if len(before.layers) > 1 or len(waiting) > _MOST_GIVERS:
                return None
            givers += ("",) if number in self._changed else before.layers
            waiting += () if before.layers else before.sources
            is_input |= number == 0
        return None if is_input and givers else tuple(dict.fromkeys(givers))

    def leave(self, value: Value, text: str) -> Value:
        """Return a value after what is not understood."""
        self._changed.add(value.node)
        for layer in value.open:
            self.unread.setdefault(layer, text)
        return Value(value.node)

    def join(self, values: Sequence[Value]) -> Value:
        """Return values beside each other."""
        if len(values) < 2:
            return values[0] if values else INPUT
        return self._at(
            _Node(tuple(value.node for value in values)), frozenset().union(*(value.open for value in values))
        )

    def add(self, values: Sequence[Value]) -> Value:
        """Return the sum of values, of which one may be the end of a branch that begins at another."""
        total = values[0] if values else INPUT
        for value in values[1:]:
            total = self._sum(total, value)
        return total

    def _sum(self, first: Value, second: Value) -> Value:
        for stream, end in ((first, second), (second, first)):
            branch = self._between(stream.node, end.node)
            if any(node.layers for node in branch):
                return self._at(_Node((stream.node, end.node), branch=self._mark(branch)), end.open)
        for short, end in ((first, second), (second, first)):
            branch = self._around(short, end)
            if sum(bool(node.layers) for node in branch) > 1:
                self.shortcuts |= short.open
                return self._at(_Node((short.node, end.node), branch=self._mark(branch)), end.open)
        return self.join([first, second])

    def _mark(self, branch: Sequence[_Node]) -> tuple[str, ...]:
        """Take the nodes of a residual branch, the last first, and return the layers in it."""
        uses = sum(bool(node.layers) for node in branch)
        layers = tuple(layer for node in branch for layer in node.layers)
        for layer in layers:
            self.branches.setdefault(layer, uses)
            if (around := _around_layers(branch)) is not None:
                self.normalizations.setdefault(layer, (around, "pre"))
        if branch[0].normalization in _OF_UNITS and uses > 1:
            ends = next(node.layers for node in branch if node.layers)
            self.roles.update(dict.fromkeys(ends, "residual_last"))
        return layers

    def _around(self, short: Value, end: Value) -> list[_Node]:
        """Return the branch that the use of one layer goes around, from the same place; none where that is not so."""
        node = self._nodes[short.node]
        if node.normalization is not None:
            node = self._nodes[node.sources[0]]
        is_one = len(node.layers) == 1 and len(node.sources) == 1 and len(short.open) == 1
        return self._between(node.sources[0], end.node) if is_one else []

    def _between(self, start: int, end: int) -> list[_Node]:
        """Return the layers and normalisations on the ways from one node to a later one, the last first."""
        if end - start > _LONGEST_BRANCH:
            return []
        reaches = {start}
        for number in range(start + 1, end + 1):
            if not reaches.isdisjoint(self._nodes[number].sources):
                reaches.add(number)
        if end not in reaches or start == end:
            return []
        needed, found = {end}, list[_Node]()
        for number in range(end, start, -1):
            if number in needed and number in reaches:
                node = self._nodes[number]
                needed.update(node.sources)
                found += [node] if node.layers or node.normalization else []
        return found

    def said(self, layers: Iterable[str]) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Yield what the code says of layers that it uses: the members of each that are activated."""
        for layer in layers:
            members: dict[str, object] = {}
            if layer in self.roles:
                members["role"] = self.roles[layer]
            if layer in self.shortcuts:
                members["role"] = "shortcut"
            elif layer in self.branches:
                members |= {"residual": True, "layers_per_branch": min(self.branches[layer], _MOST_IN_BRANCH)}
                if layer in self.normalizations:
                    members["normalization"], members["norm_position"] = self.normalizations[layer]
            if layer in self.activations:
                members["activation"] = self.activations[layer]
            elif layer not in self.unread and layer not in self.shortcuts:
                members["activation"] = "linear"
            yield layer, members


def _around_layers(branch: Sequence[_Node]) -> Normalization | None:
    """Return the normalisation that a branch begins with, or ends with after an activation; None without one."""
    first, last = branch[-1].normalization, branch[0]
    return first if first is not None or last.is_of_layers else last.normalization
