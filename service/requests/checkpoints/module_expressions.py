"""What expressions are in code that makes modules: numbers, tuples, names with values, calls of modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from service.framework_streams.torch.modules import MOST_COPIES, MOST_TENSORS, ModuleCall, UnreadableModule
from service.requests.checkpoints.module_names import ModuleNames, is_plain
from service.requests.code.making.values import LARGEST, OPERATORS, NotFollowed, operated
from service.requests.code.python_syntax import written_name

_MOST_CALLS = MOST_TENSORS
"""Of one text, in which a few characters may say that they are repeated."""
_NOT_WRITTEN_OUT = "must be written out, without * and **"


@dataclass
class Calls:
    """The calls of one text, and what its lists repeat."""

    spent: int = 0

    def spend(self) -> None:
        """Count one. Raises UnreadableModule."""
        self.spent += 1
        if self.spent > _MOST_CALLS:
            raise UnreadableModule(f"has more than {_MOST_CALLS} calls")


class Construct(Protocol):
    """What makes the module of a class that the code has; None of others."""

    def __call__(self, name: str, positional: tuple[Any, ...], keywords: Mapping[str, Any]) -> ModuleCall | None: ...


@dataclass(frozen=True)
class ModuleExpressions:
    """Expressions, by what names stand for and the classes that there are."""

    names: ModuleNames
    construct: Construct
    calls: Calls

    def value(self, node: ast.expr) -> Any:
        """Return what an expression is: a number, a text, a tuple, names with values, or a module's call.

        What is none of these, such as a function, is its own text. Raises UnreadableModule.
        """
        match node:
            case ast.Call():
                found = self._called(node)
            case ast.Tuple() | ast.List():
                found = tuple(self._items(node.elts))
            case ast.Dict(keys, values) if None not in keys:
                pairs = zip(keys, values, strict=True)
                found = {str(self.value(key)): self.value(value) for key, value in pairs if key is not None}
            case ast.ListComp() | ast.GeneratorExp():
                found = tuple(self._repeated(node))
            case ast.BinOp():
                found = self._computed(node)
            case ast.UnaryOp(ast.USub(), operand) if _is_number(number := self.value(operand)):
                found = -number
            case ast.Name() | ast.Attribute():
                found = self.names.value(node)
            case ast.Constant():
                found = node.value
            case _:
                found = ast.unparse(node)
        return found

    def arguments(self, call: ast.Call) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        """Return the arguments of a call by place, and those by name. Raises UnreadableModule."""
        if any(keyword.arg is None for keyword in call.keywords):
            raise UnreadableModule(_NOT_WRITTEN_OUT)
        positional = tuple(self._items(call.args))
        return positional, {str(keyword.arg): self.value(keyword.value) for keyword in call.keywords}

    def _items(self, nodes: list[ast.expr]) -> Iterator[Any]:
        for each in nodes:
            if isinstance(each, ast.Starred):
                spread = self.value(each.value)
                if not isinstance(spread, tuple):
                    raise UnreadableModule(_NOT_WRITTEN_OUT)
                for one in spread:
                    self.calls.spend()
                    yield one
            else:
                yield self.value(each)

    def _repeated(self, node: ast.ListComp | ast.GeneratorExp) -> Iterator[Any]:
        """Yield what a comprehension over numbers makes. Raises UnreadableModule."""
        loop = node.generators[0]
        over = self.value(loop.iter) if len(node.generators) == 1 and not loop.ifs else None
        name = self.names.written(loop.target)
        if not isinstance(over, tuple) or not name:
            raise UnreadableModule(
                f"{ast.unparse(node)[:64]!r}: of comprehensions those over range(…) or a list are read"
            )
        before = dict(self.names.plain)
        for each in over:
            self.calls.spend()
            self.names.plain[name] = each
            yield self.value(node.elt)
        self.names.plain = before

    def _called(self, node: ast.Call) -> Any:
        self.calls.spend()
        name = written_name(node.func)
        if not name:
            raise UnreadableModule(_NOT_WRITTEN_OUT)
        positional, keywords = self.arguments(node)
        last = name.rpartition(".")[2]
        if last == "range":
            return _range(positional)
        constructed = self.construct(name, positional, keywords)
        if constructed is not None:
            return constructed
        if last in {"OrderedDict", "dict"}:
            return _named_items(positional, keywords)
        return ModuleCall(name, positional, keywords)

    def _computed(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        is_product = isinstance(node.op, ast.Mult)
        if isinstance(left, tuple) and isinstance(right, int) and is_product:
            if len(left) * right > MOST_COPIES or not is_plain(left):
                raise UnreadableModule(
                    f"{ast.unparse(node)[:48]!r} is one module often, or too long: make each by itself"
                )
            return left * right
        if isinstance(left, ModuleCall) and not left.is_module and _is_number(right) and is_product:
            return ModuleCall("times", (left, right))
        if not _is_number(left) or not _is_number(right) or type(node.op) not in OPERATORS:
            return ast.unparse(node)
        return _number(node, left, right)


def _number(node: ast.BinOp, left: float, right: float) -> Any:
    """Return what an operator makes of two numbers. Raises UnreadableModule."""
    try:
        found: Any = operated(node.op, left, right)
        if abs(found) <= LARGEST:
            return found
    except NotFollowed:
        pass
    raise UnreadableModule(f"{ast.unparse(node)[:48]!r} is no number that is worked out")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _range(bounds: tuple[Any, ...]) -> tuple[int, ...]:
    if not 1 <= len(bounds) <= 3 or any(type(each) is not int for each in bounds) or 0 in bounds[2:]:
        raise UnreadableModule("range must have one to three whole numbers")
    found = range(*bounds)
    if len(found) > MOST_COPIES:
        raise UnreadableModule(f"has {len(found)} layers; at most {MOST_COPIES} are read")
    return tuple(found)


def _named_items(positional: tuple[Any, ...], keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an OrderedDict has. Raises UnreadableModule."""
    items = positional[0] if positional else ()
    if isinstance(items, dict):
        return {**items, **keywords}
    is_of_pairs = isinstance(items, tuple) and all(isinstance(each, tuple) and len(each) == 2 for each in items)
    if len(positional) > 1 or not is_of_pairs:
        raise UnreadableModule("OrderedDict must have pairs of a name and a module")
    return {**{str(name): value for name, value in items}, **keywords}
