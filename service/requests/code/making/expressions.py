"""What expressions of code stand for where layers are made, by what its names stand for."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from service.requests.code.making.values import (
    MOST_ELEMENTS,
    CodeClass,
    Instance,
    Modules,
    NotFollowed,
    Written,
    compared,
    operated,
    truth,
    written_out,
)

_MOST_STEPS = 2**14
"""Statements and expressions that are looked at."""
_LONGEST_TEXT = 256
_COPIED = 16
"""Elements of a list that are copied in the time of a step."""

Names = dict[str, object]


@dataclass(eq=False)
class CodeExpressions(ABC):
    """Expressions of some classes and of what stands outside of them, worked out as Python would."""

    classes: Mapping[str, CodeClass]
    functions: Mapping[str, ast.FunctionDef]
    names: Names = field(default_factory=dict)
    """What names stand for outside of classes and functions."""
    has_followed: bool = False
    """Whether a loop, a function or a class of the code was gone through."""
    _steps: int = 0
    _selves: list[Instance] = field(default_factory=list)

    @abstractmethod
    def call(self, node: ast.Call, names: Names) -> object:
        """Return what a call makes. Raises NotFollowed."""

    @contextmanager
    def within(self, instance: Instance) -> Iterator[None]:
        """Take self for a module."""
        self._selves.append(instance)
        try:
            yield
        finally:
            self._selves.pop()

    def members(self, of: CodeClass) -> Names:
        """Return what stands in a class and in no function of it."""
        return {name: self.value(value, self.names) for name, value in of.defaults.items() if value is not None}

    def bind(self, target: ast.expr, value: object, names: Names) -> None:
        """Give a value to a name, to a member of self, or its parts to several names. Raises NotFollowed."""
        if isinstance(target, ast.Name):
            names[target.id] = value
        elif isinstance(target, ast.Attribute) and self._is_self(target.value):
            self._selves[-1].attributes[target.attr] = value
        elif isinstance(target, ast.Tuple | ast.List):
            parts = value if isinstance(value, list | tuple) else [Written(each) for each in target.elts]
            if len(parts) != len(target.elts):
                raise NotFollowed
            for each, part in zip(target.elts, parts, strict=True):
                self.bind(each, part, names)

    def _is_self(self, node: ast.expr) -> bool:
        return bool(self._selves) and isinstance(node, ast.Name) and node.id == "self"

    def elements(self, node: ast.expr, names: Names) -> list[object]:
        """Return what a loop goes through. Raises NotFollowed."""
        value = self.value(node, names)
        if isinstance(value, Modules):
            return value.items
        self._steps += len(value) // _COPIED if isinstance(value, list) else 0
        if not isinstance(value, list | tuple | dict) or len(value) > MOST_ELEMENTS:
            raise NotFollowed
        return [*value]

    def value(self, node: ast.expr, names: Names) -> object:
        """Return what an expression stands for. Raises NotFollowed."""
        self._step()
        look = _LOOKS.get(type(node))
        return Written(node) if look is None else look(self, node, names)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise NotFollowed

    def look_up(self, node: ast.Name, names: Names) -> object:
        """Return what a name stands for."""
        return names.get(node.id, self.names.get(node.id, Written(node)))

    def look_up_own(self, node: ast.Attribute, names: Names) -> object:
        """Return what self has under a name."""
        if self._is_self(node.value):
            return self._selves[-1].attributes.get(node.attr, Written(node))
        base = self.value(node.value, names)
        if isinstance(base, Written) and isinstance(base.node, ast.Name) and base.node.id in self.classes:
            return self.members(self.classes[base.node.id]).get(node.attr, Written(node))
        if isinstance(base, Modules) and base.names is not None and node.attr in base.names:
            return base.items[base.names.index(node.attr)]
        return base.attributes.get(node.attr, Written(node)) if isinstance(base, Instance) else Written(node)

    def several(self, node: ast.List | ast.Tuple, names: Names) -> object:
        """Return a list."""
        found = self._arguments(node.elts, names)
        return found if isinstance(node, ast.List) else tuple(found)

    def _arguments(self, nodes: Sequence[ast.expr], names: Names) -> list[object]:
        found: list[object] = []
        for each in nodes:
            found += self.elements(each.value, names) if isinstance(each, ast.Starred) else [self.value(each, names)]
        return found

    def mapping(self, node: ast.Dict, names: Names) -> object:
        """Return a dictionary by texts and numbers."""
        if not all(isinstance(key, ast.Constant) for key in node.keys):
            return Written(node)
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        return dict(zip(keys, (self.value(each, names) for each in node.values), strict=True))

    def operate(self, node: ast.BinOp, names: Names) -> object:
        """Return what an operator makes."""
        left, right = self.value(node.left, names), self.value(node.right, names)
        if isinstance(left, Written) or isinstance(right, Written):
            return Written(ast.BinOp(written_out(left), node.op, written_out(right)))
        return operated(node.op, left, right)

    def negate(self, node: ast.UnaryOp, names: Names) -> object:
        """Return what stands after a sign, or after not."""
        value = self.value(node.operand, names)
        if isinstance(node.op, ast.Not):
            return not truth(value)
        if not isinstance(value, int | float) or not isinstance(node.op, ast.USub | ast.UAdd):
            return Written(ast.UnaryOp(node.op, written_out(value)))
        return -value if isinstance(node.op, ast.USub) else value

    def compare(self, node: ast.Compare, names: Names) -> object:
        """Return whether a comparison holds."""
        return compared(node, [self.value(each, names) for each in (node.left, *node.comparators)])

    def decide(self, node: ast.BoolOp, names: Names) -> object:
        """Return the last of several conditions that is looked at."""
        value: object = None
        for each in node.values:
            value = self.value(each, names)
            if truth(value) is isinstance(node.op, ast.Or):
                break
        return value

    def choose(self, node: ast.IfExp, names: Names) -> object:
        """Return the one of two values that a condition says."""
        return self.value(node.body if truth(self.value(node.test, names)) else node.orelse, names)

    def part(self, node: ast.Subscript, names: Names) -> object:
        """Return an element of a list, or some of them."""
        base = self.value(node.value, names)
        if isinstance(base, Modules):
            base = base.items if base.names is None else dict(zip(base.names, base.items, strict=True))
        if not isinstance(base, list | tuple | dict | str):
            return Written(ast.Subscript(written_out(base), node.slice, ast.Load()))
        try:
            index: Any = self.index(node.slice, names)
            found: object = base[index]
            self._steps += len(base) // _COPIED if isinstance(index, slice) else 0
        except (TypeError, IndexError, KeyError, ValueError) as error:
            raise NotFollowed from error
        return found

    def index(self, node: ast.expr, names: Names) -> object:
        """Return what stands in the brackets of a list: a place, or a slice of it. Raises NotFollowed."""
        if isinstance(node, ast.Slice):
            ends = (node.lower, node.upper, node.step)
            return slice(*(None if end is None else self.value(end, names) for end in ends))
        return self.value(node, names)

    def comprehend(self, node: ast.ListComp | ast.GeneratorExp, names: Names) -> object:
        """Return the list that a comprehension makes."""
        made = [self.value(node.elt, own) for own in self._turns(node.generators, names)]
        self.has_followed = True
        return made

    def _turns(self, generators: Sequence[ast.comprehension], names: Names) -> Iterator[Names]:
        if not generators:
            yield names
            return
        first, *others = generators
        for each in self.elements(first.iter, names):
            own = dict(names)
            self.bind(first.target, each, own)
            if all(truth(self.value(test, own)) for test in first.ifs):
                yield from self._turns(others, own)

    def text(self, node: ast.JoinedStr, names: Names) -> object:
        """Return a text with values in it, f"fc{i}"."""
        parts = [
            self.value(each.value, names) if isinstance(each, ast.FormattedValue) else self.value(each, names)
            for each in node.values
        ]
        if not all(isinstance(part, int | str) for part in parts):
            return Written(node)
        text = "".join(map(str, parts))
        if len(text) > _LONGEST_TEXT:
            raise NotFollowed
        return text


_LOOKS: Mapping[type[ast.expr], Callable[[CodeExpressions, Any, Names], object]] = {
    ast.Constant: lambda _code, node, _names: node.value,
    ast.Name: CodeExpressions.look_up,
    ast.Attribute: CodeExpressions.look_up_own,
    ast.List: CodeExpressions.several,
    ast.Tuple: CodeExpressions.several,
    ast.Dict: CodeExpressions.mapping,
    ast.BinOp: CodeExpressions.operate,
    ast.UnaryOp: CodeExpressions.negate,
    ast.Compare: CodeExpressions.compare,
    ast.BoolOp: CodeExpressions.decide,
    ast.IfExp: CodeExpressions.choose,
    ast.Subscript: CodeExpressions.part,
    ast.ListComp: CodeExpressions.comprehend,
    ast.GeneratorExp: CodeExpressions.comprehend,
    ast.JoinedStr: CodeExpressions.text,
    ast.Call: lambda code, node, names: code.call(node, names),
}
