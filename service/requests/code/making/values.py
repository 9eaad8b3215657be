"""What expressions of code stand for where layers are made: numbers, lists of sizes, calls of layers, own classes."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from service.requests.code.class_functions import ENTRIES
from service.requests.code.python_syntax import written_name

MOST_ELEMENTS = 2**12
"""Of a list, a range or a text."""
LARGEST = 2**63
"""Of the numbers that are worked out."""
_SEQUENCES = frozenset(("Sequential", "SequentialCell", "sequential"))
_LISTS = frozenset(("ModuleList", "CellList", "LayerList"))
_NAMED = frozenset(("ModuleDict", "LayerDict", "CellDict"))


class NotFollowed(Exception):
    """Code that does more than is followed here."""


@dataclass(frozen=True, eq=False)
class Written:
    """An expression that is left as it is written, with the numbers of names in their place: nn.Linear(784, 256)."""

    node: ast.expr


@dataclass(eq=False)
class Modules:
    """What holds modules by their places, nn.Sequential(...), nn.ModuleList(...), or by the names of an OrderedDict."""

    head: ast.expr
    items: list[object]
    names: tuple[str, ...] | None = None
    """Those of an OrderedDict or an nn.ModuleDict; None of places."""

    def path(self, place: int) -> str:
        """Return the name of an item, or its place."""
        return str(place) if self.names is None else self.names[place]

    @property
    def is_chain(self) -> bool:
        """Whether it hands what goes in through its modules, one after another."""
        return written_name(self.head).rpartition(".")[2] in _SEQUENCES


@dataclass(eq=False)
class Instance:
    """A module of a class that the code has."""

    of: CodeClass
    attributes: dict[str, object] = field(default_factory=dict)
    chain: list[object] = field(default_factory=list)
    """The modules of one that is an nn.Sequential itself."""
    beginning: CodeClass = field(init=False)
    """The class whose constructor is gone through: its own, or one that it is made of."""

    def __post_init__(self) -> None:
        self.beginning = self.of.having("__init__") or self.of

    @property
    def entry(self) -> str | None:
        """The function that it is used by; None where the code shows none."""
        return next((name for name in ENTRIES if name in self.of.functions), None)


@dataclass(eq=False)
class LocalFunction:
    """A function within another, with the names that are known there."""

    node: ast.FunctionDef
    names: dict[str, object]


@dataclass(eq=False)
class CodeClass:
    """A class of the code, with the functions that it has from others of it."""

    node: ast.ClassDef
    functions: Mapping[str, ast.FunctionDef]
    bases: tuple[CodeClass, ...]
    defaults: Mapping[str, ast.expr | None]
    """The members that stand in the class, as those of a dataclass do, and what they are without being given."""

    @property
    def name(self) -> str:
        return self.node.name

    def having(self, function: str) -> CodeClass | None:
        """Return the class in which a function of it stands: itself, or one that it is made of; None of no function."""
        if any(isinstance(each, ast.FunctionDef) and each.name == function for each in self.node.body):
            return self
        return next((base.having(function) for base in self.bases if function in base.functions), None)

    @property
    def is_sequential(self) -> bool:
        """Whether it is an nn.Sequential itself."""
        own = any(written_name(base).rpartition(".")[2] in _SEQUENCES for base in self.node.bases)
        return own or any(base.is_sequential for base in self.bases)


def is_constant(value: object) -> bool:
    """Return whether a value is a number, a text, or a list of such."""
    if isinstance(value, list | tuple):
        return all(map(is_constant, value))
    return value is None or isinstance(value, int | float | str | dict | range)


def holds_instances(value: object) -> bool:
    """Return whether a module is of a class of the code, or has names for others, or such modules are in it."""
    if isinstance(value, Modules):
        return value.names is not None or any(map(holds_instances, value.items))
    if isinstance(value, list | tuple):
        return any(map(holds_instances, value))
    return isinstance(value, Instance)


def modules_of_call(node: ast.Call, arguments: Sequence[object]) -> Modules | None:
    """Return what a call of nn.Sequential, nn.ModuleList or nn.ModuleDict holds; None of other calls."""
    last = written_name(node.func).rpartition(".")[2]
    if node.keywords or last not in _SEQUENCES | _LISTS | _NAMED:
        return None
    items = [*arguments]
    if len(items) == 1 and isinstance(items[0], dict):
        return Modules(node.func, [*items[0].values()], tuple(map(str, items[0])))
    if last in _NAMED:
        return None
    if len(items) == 1 and isinstance(items[0], list):
        items = items[0] if last in _LISTS else [*items[0]]
    return Modules(node.func, items) if not any(map(is_constant, items)) else None


def written_out(value: object) -> ast.expr:
    """Return a value as code has it. Raises NotFollowed where a class of the code is in it."""
    if isinstance(value, Written):
        return value.node
    if isinstance(value, Modules):
        items = [written_out(item) for item in value.items]
        is_list = written_name(value.head).rpartition(".")[2] in _LISTS
        return ast.Call(value.head, [ast.List(items, ast.Load())] if is_list else items, [])
    if isinstance(value, tuple | list):
        kind = ast.Tuple if isinstance(value, tuple) else ast.List
        return kind([written_out(each) for each in value], ast.Load())
    if isinstance(value, dict):
        return ast.Dict([ast.Constant(key) for key in value], [written_out(each) for each in value.values()])
    return _number(value)


def _number(value: object) -> ast.expr:
    if value is not None and not isinstance(value, int | float | str):
        raise NotFollowed
    if isinstance(value, int | float) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


def operated(node: ast.operator, left: object, right: object) -> object:
    """Return what an operator makes of two constants, or of lists. Raises NotFollowed."""
    operate = OPERATORS.get(type(node))
    is_number = all(isinstance(side, int | float) and abs(side) <= LARGEST for side in (left, right))
    lists = [side for side in (left, right) if isinstance(side, list | tuple)]
    counts = [side for side in (left, right) if isinstance(side, int)]
    is_sum = len(lists) == 2 and isinstance(node, ast.Add) and type(left) is type(right)
    is_repeated = len(lists) == 1 and len(counts) == 1 and isinstance(node, ast.Mult)
    if (is_repeated and counts[0] * len(lists[0]) > MOST_ELEMENTS) or sum(map(len, lists)) > MOST_ELEMENTS:
        raise NotFollowed
    if isinstance(node, ast.Pow) and (not isinstance(right, int | float) or abs(right) > 64):
        raise NotFollowed
    if operate is None or not (is_number or is_sum or is_repeated):
        raise NotFollowed
    try:
        result = operate(left, right)
    except ArithmeticError as error:
        raise NotFollowed from error
    if isinstance(result, complex):
        raise NotFollowed
    return result


def compared(node: ast.Compare, values: Sequence[object]) -> bool:
    """Return whether a comparison holds. Raises NotFollowed where the values do not say it."""
    for operation, left, right in zip(node.ops, values, values[1:], strict=False):
        if isinstance(operation, ast.Is | ast.IsNot):
            # No module is None; of what is written otherwise nobody knows.
            if right is not None or (isinstance(left, Written) and not isinstance(left.node, ast.Call)):
                raise NotFollowed
            holds = (left is None) is isinstance(operation, ast.Is)
        else:
            compare = _COMPARISONS.get(type(operation))
            if compare is None or not (is_constant(left) and is_constant(right)):
                raise NotFollowed
            try:
                holds = compare(left, right)
            except TypeError as error:
                raise NotFollowed from error
        if not holds:
            return False
    return True


def truth(value: object) -> bool:
    """Return whether a condition holds. Raises NotFollowed where nobody knows."""
    if isinstance(value, Written) and not isinstance(value.node, ast.Call):
        raise NotFollowed
    return bool(value) if is_constant(value) else True


def built_in(name: str, arguments: Sequence[Any]) -> object:
    """Return what a function of Python's makes of constants and lists. Raises NotFollowed."""
    make = _BUILT_IN.get(name)
    if make is None:
        raise NotFollowed
    given = [each.items if isinstance(each, Modules) else each for each in arguments]
    try:
        made = make(*given)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise NotFollowed from error
    return made


def _range(*ends: int) -> list[int]:
    counted = range(*ends)
    if len(counted) > MOST_ELEMENTS:
        raise NotFollowed
    return [*counted]


_BUILT_IN: Mapping[str, Callable[..., object]] = {
    "range": _range,
    "len": len,
    "zip": lambda *lists: [*zip(*lists, strict=False)],
    "enumerate": lambda items, start=0: [*enumerate(items, start)],
    "reversed": lambda items: [*reversed(items)],
    "list": lambda items=(): [*items],
    "tuple": lambda items=(): tuple(items),
    "OrderedDict": dict,
    "collections.OrderedDict": dict,
    "dict": dict,
    "int": lambda number: int(number) if isinstance(number, int | float) else _refuse(),
    "max": max,
    "min": min,
    "sum": sum,
}


def _refuse() -> object:
    raise NotFollowed


def classes_of(
    tree: Sequence[ast.stmt], before: Mapping[str, CodeClass] = MappingProxyType({})
) -> dict[str, CodeClass]:
    """Return the classes of code by their names, with those before it."""
    classes = dict(before)
    for node in tree:
        if isinstance(node, ast.ClassDef):
            bases = tuple(classes[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in classes)
            functions: dict[str, ast.FunctionDef] = {}
            defaults: dict[str, ast.expr | None] = {}
            for base in reversed(bases):
                functions |= base.functions
                defaults |= base.defaults
            functions |= {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
            defaults |= dict(_members(node))
            classes[node.name] = CodeClass(node, functions, bases, defaults)
    return classes


def _members(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr | None]]:
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            yield each.target.id, each.value
        elif isinstance(each, ast.Assign) and len(each.targets) == 1 and isinstance(each.targets[0], ast.Name):
            yield each.targets[0].id, each.value
