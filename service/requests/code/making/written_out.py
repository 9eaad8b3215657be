"""Code with its loops and its own classes written out, so that each layer stands there by its path in the model.

    class Block(nn.Module): ...                     self.blocks_0_fc = nn.Linear(64, 64)
    self.blocks = nn.ModuleList(           becomes  self.blocks_1_fc = nn.Linear(64, 64)
        [Block(64) for _ in range(2)])

where `_` is a sign of its own, which `path_of` makes the point of the names that frameworks give.
"""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from service.requests.code.class_functions import MAKING
from service.requests.code.making.expressions import Names
from service.requests.code.making.making import Making
from service.requests.code.making.paths import POINT, joined, name_of, own_member
from service.requests.code.making.uses import MOST_TURNS, Uses
from service.requests.code.making.values import (
    CodeClass,
    Instance,
    Modules,
    NotFollowed,
    Written,
    classes_of,
    holds_instances,
    is_constant,
    written_out,
)
from service.requests.code.python_syntax import parsed_code, written_name
from service.requests.code.statements import LONGEST

_MOST_LETTERS = 2**18
"""Characters of code that is written out."""
_IS_PYTHON = re.compile(r"^[ \t]*(?:class\s+\w+.*:|def\s+\w+\s*\(|for\s+.+\s+in\s+.+:)", re.MULTILINE)
_HAS_MORE = re.compile(r"\bfor\b|\.(?:append|extend)\s*\(|\+=|^[ \t]*class\b.*\n(?:.*\n)*?[ \t]*class\b", re.MULTILINE)
"""Loops, lists that grow, or a second class."""


def write_out(code: str) -> str:
    """Return code with its loops and classes written out; as it is where there are none, or more than is followed."""
    if not (_IS_PYTHON.search(code) and _HAS_MORE.search(code)):
        return code
    tree = parsed_code(code)
    if not tree:
        return code
    try:
        return _written_code(tree) or code
    except (NotFollowed, RecursionError):
        return code


def _written_code(tree: Sequence[ast.stmt]) -> str | None:
    """Return the statements written out; None where nothing is to be."""
    classes = classes_of(tree)
    functions = {node.name: node for node in tree if isinstance(node, ast.FunctionDef)}
    making = Making(classes, functions)
    calls = {written_name(call.func): call for call in _calls_within(functions.values())}
    outside = [*_outside(tree, making, calls)]
    written: dict[str, list[ast.stmt]] = {}
    # Those that use others stand after them.
    for name, of in reversed(classes.items()):
        is_making = any(each in of.functions for each in MAKING) or _makes_as_called(of)
        if not is_making or name in making.made:
            continue
        before = {*making.made}
        try:
            written[name] = [_WrittenClass(making, making.instance(of, calls.get(name), making.names)).node()]
        except NotFollowed:
            # What it uses stands by itself.
            making.made = before
    if not making.has_followed:
        return None
    kept: list[ast.stmt] = []
    for node, statements in outside:
        if isinstance(node, ast.ClassDef):
            is_used = node.name in making.made or any(classes[node.name] in each.bases for each in classes.values())
            kept += [] if is_used else written.get(node.name, [node])
        else:
            kept += [] if isinstance(node, ast.FunctionDef) and node.name in making.run else statements
    text = "\n".join(ast.unparse(ast.fix_missing_locations(each)) for each in kept)
    if len(text) > _MOST_LETTERS or any(len(line) > LONGEST for line in text.split("\n")):
        raise NotFollowed
    return text


def _makes_as_called(of: CodeClass) -> bool:
    """Return whether a class makes layers where it uses them, as Flax's and Haiku's may."""
    return any(map(_is_compact, of.functions.values())) or any(
        written_name(base) in {"hk.Module", "haiku.Module"} for base in of.node.bases
    )


def _is_compact(function: ast.FunctionDef) -> bool:
    return any(written_name(each).rpartition(".")[2] == "compact" for each in function.decorator_list)


def _calls_within(functions: Iterable[ast.FunctionDef]) -> Iterator[ast.Call]:
    """Yield the calls in functions that need nothing: def resnet18(): return ResNet(BasicBlock, [2, 2, 2, 2])."""
    for function in functions:
        if not function.args.args:
            yield from (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _outside(
    tree: Sequence[ast.stmt], making: Making, calls: dict[str, ast.Call]
) -> Iterator[tuple[ast.stmt, list[ast.stmt]]]:
    """Yield each statement with what is written in its place; `calls` are those of the classes, MLP([784, 256])."""
    for node in tree:
        call = node.value if isinstance(node, ast.Assign | ast.Expr) else None
        if isinstance(call, ast.Call) and written_name(call.func) in making.classes:
            calls[written_name(call.func)] = call
            yield node, []
        else:
            yield node, _statements(node, making)


def _statements(node: ast.stmt, making: Making) -> list[ast.stmt]:
    """Return what is written in the place of a statement outside of classes and functions; the same of most."""
    target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
    if isinstance(node, ast.Assign) and isinstance(target, ast.Name):
        before, making.has_followed = making.has_followed, False
        try:
            value = making.value(node.value, making.names)
            making.names[target.id] = value
            if is_constant(value) and not isinstance(value, int | float):
                return []
            followed = making.has_followed and not is_constant(value) and not isinstance(value, list)
            return [ast.Assign([target], written_out(value), lineno=1)] if followed else [node]
        except NotFollowed:
            return [node]
        finally:
            making.has_followed = before or making.has_followed
    if isinstance(node, ast.For) and not node.orelse:
        return [*_turns(node, making, making.names)]
    return [node]


def _turns(node: ast.For, making: Making, names: Names) -> Iterator[ast.stmt]:
    """Yield the statements of a loop outside of functions, for each turn; the loop itself where it is not followed."""
    try:
        elements = making.elements(node.iter, names)
    except NotFollowed:
        yield node
        return
    making.has_followed = True
    for each in elements[:MOST_TURNS]:
        own: Names = {}
        making.bind(node.target, each, own)
        for statement in node.body:
            yield _Known(own).visit(copy.deepcopy(statement))


class _Known(ast.NodeTransformer):
    """Writes the values of names in their place."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the value of a name that is read."""
        is_read = isinstance(node.ctx, ast.Load) and node.id in self._names
        return written_out(self._names[node.id]) if is_read else node


@dataclass
class _WrittenClass:
    """A class of the code with the modules of its own classes in it."""

    making: Making
    instance: Instance
    made: list[ast.stmt] = field(default_factory=list)
    functions: list[ast.stmt] = field(default_factory=list)

    def node(self) -> ast.ClassDef:
        """Return the class."""
        self._write(self.instance, "")
        of = self.instance.of
        making = next((name for name in MAKING if name in of.functions), None)
        made = [] if making is None else [_function(making, [*self.made, ast.Pass()])]
        return ast.ClassDef(of.name, of.node.bases, of.node.keywords, [*made, *self.functions], [])

    def _write(self, instance: Instance, path: str) -> None:
        for name, value in [*instance.attributes.items(), *((str(n), each) for n, each in enumerate(instance.chain))]:
            self._write_module(value, joined(path, name))
        for name, function in instance.of.functions.items():
            if name not in MAKING:
                self.functions.append(self._used(instance, path, name, function))

    def _write_module(self, value: object, path: str) -> None:
        if isinstance(value, Instance):
            self._write(value, path)
        elif holds_instances(value):
            items = value.items if isinstance(value, Modules) else value if isinstance(value, list | tuple) else []
            for place, item in enumerate(items):
                self._write_module(item, joined(path, name_of(value, place)))
        elif isinstance(value, Modules) or (isinstance(value, Written) and _may_be_module(value.node)):
            self._assign(path, written_out(value))
        elif isinstance(value, list | tuple) and any(isinstance(each, Written | Modules) for each in value):
            self._assign(path, written_out([*value]))

    def _assign(self, path: str, value: ast.expr) -> None:
        if len(self.made) >= MOST_TURNS * 8:
            raise NotFollowed
        self.made.append(ast.Assign([own_member(path, ast.Store())], value, lineno=1))

    def _used(self, instance: Instance, path: str, name: str, function: ast.FunctionDef) -> ast.stmt:
        uses = Uses(self.making, instance, path, makes=_makes_as_called(instance.of))
        body = uses.written(function.body)
        self.making.has_followed |= uses.has_turned
        name = joined(path, name).replace(".", POINT)
        return ast.FunctionDef(name, function.args, body or [ast.Pass()], function.decorator_list, None, lineno=1)


def _may_be_module(node: ast.expr) -> bool:
    """Return whether an expression is a call or a name with a point, and calls no function of Python's own."""
    is_pythons = isinstance(node, ast.Call) and written_name(node.func) in vars(builtins)
    return isinstance(node, ast.Call | ast.Attribute) and not is_pythons


def _function(name: str, body: list[ast.stmt]) -> ast.FunctionDef:
    arguments = ast.arguments([], [ast.arg("self")], None, [], [], None, [])
    return ast.FunctionDef(name, arguments, body, [], None, lineno=1)
