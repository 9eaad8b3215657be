"""Code with its loops and its own classes written out, so that each layer stands there by its path in the model.

    class Block(nn.Module): ...                     self.blocks_0_fc = nn.Linear(64, 64)
    self.blocks = nn.ModuleList(           becomes  self.blocks_1_fc = nn.Linear(64, 64)
        [Block(64) for _ in range(2)])

where `_` is a sign of its own, which `path_of` makes the point of the names that frameworks give.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.requests.code.class_functions import MAKING
from service.requests.code.making.expressions import Names
from service.requests.code.making.making import Making
from service.requests.code.making.values import (
    CodeClass,
    Instance,
    Modules,
    NotFollowed,
    Written,
    classes_of,
    holds_instances,
    is_constant,
    truth,
    written_out,
)
from service.requests.code.python_syntax import parsed_code, written_name
from service.requests.code.statements import LONGEST

_POINT = "\ua4f8"
"""A letter, to Python, that looks like a point and stands in no one's names."""
_MOST_LETTERS = 2**18
"""Characters of code that is written out."""
_MOST_TURNS = 2**10
"""Turns of loops that are written out in functions that use layers."""
_IS_PYTHON = re.compile(r"^[ \t]*(?:class\s+\w+.*:|def\s+\w+\s*\(|for\s+.+\s+in\s+.+:)", re.MULTILINE)
_HAS_MORE = re.compile(r"\bfor\b|\.(?:append|extend)\s*\(|\+=|^[ \t]*class\b.*\n(?:.*\n)*?[ \t]*class\b", re.MULTILINE)
"""Loops, lists that grow, or a second class."""


def path_of(name: str) -> str:
    """Return the path in the model that a name of what is written out is of."""
    return name.replace(_POINT, ".")


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
    for each in elements[:_MOST_TURNS]:
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
            self._write_module(value, _joined(path, name))
        for name, function in instance.of.functions.items():
            if name not in MAKING:
                self.functions.append(self._used(instance, path, name, function))

    def _write_module(self, value: object, path: str) -> None:
        if isinstance(value, Instance):
            self._write(value, path)
        elif holds_instances(value):
            items = value.items if isinstance(value, Modules) else value if isinstance(value, list | tuple) else []
            for place, item in enumerate(items):
                self._write_module(item, _joined(path, _name_of(value, place)))
        elif isinstance(value, Modules) or (isinstance(value, Written) and _may_be_module(value.node)):
            self._assign(path, written_out(value))
        elif isinstance(value, list | tuple) and any(isinstance(each, Written | Modules) for each in value):
            self._assign(path, written_out([*value]))

    def _assign(self, path: str, value: ast.expr) -> None:
        if len(self.made) >= _MOST_TURNS * 8:
            raise NotFollowed
        self.made.append(ast.Assign([_own(path, ast.Store())], value, lineno=1))

    def _used(self, instance: Instance, path: str, name: str, function: ast.FunctionDef) -> ast.stmt:
        uses = _Uses(self.making, instance, path, makes=_makes_as_called(instance.of))
        body = uses.written(function.body)
        self.making.has_followed |= uses.has_turned
        name = _joined(path, name).replace(".", _POINT)
        return ast.FunctionDef(name, function.args, body or [ast.Pass()], function.decorator_list, None, lineno=1)


def _may_be_module(node: ast.expr) -> bool:
    """Return whether an expression is a call or a name with a point, and calls no function of Python's own."""
    is_pythons = isinstance(node, ast.Call) and written_name(node.func) in vars(builtins)
    return isinstance(node, ast.Call | ast.Attribute) and not is_pythons


def _function(name: str, body: list[ast.stmt]) -> ast.FunctionDef:
    arguments = ast.arguments([], [ast.arg("self")], None, [], [], None, [])
    return ast.FunctionDef(name, arguments, body, [], None, lineno=1)


def _joined(*names: str) -> str:
    return ".".join(filter(None, names))


def _own(path: str, context: ast.expr_context) -> ast.Attribute:
    """Return self's member that the module at a path has become."""
    return ast.Attribute(ast.Name("self", ast.Load()), path.replace(".", _POINT), context)


def _got(node: ast.AST) -> bool:
    """Return whether an expression is getattr(self, ...)."""
    is_getting = isinstance(node, ast.Call) and written_name(node.func) == "getattr" and len(node.args) == 2
    return is_getting and isinstance(node, ast.Call) and written_name(node.args[0]) == "self"


@dataclass
class _Place:
    """A module, or several, and where they are."""

    value: object
    path: str


class _Uses(ast.NodeTransformer):
    """Writes what the functions of a module use by the paths that it has in the whole model."""

    def __init__(self, making: Making, instance: Instance, path: str, *, makes: bool) -> None:
        self._making, self._instance, self._path, self._makes = making, instance, path, makes
        self._names: dict[str, ast.expr] = {}
        self._turns = 0

    @property
    def has_turned(self) -> bool:
        """Whether turns of loops are written out."""
        return self._turns > 0

    def written(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Return the statements of a function."""
        found: list[ast.stmt] = []
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            written = self.visit(copy.deepcopy(statement))
            found += written if isinstance(written, list) else [written]
        return found

    def visit_For(self, node: ast.For) -> Any:
        """Return the turns of a loop through modules of the code's classes; others stay."""
        elements = None if node.orelse else self._elements(node.iter, node.body)
        if elements is None:
            return self.generic_visit(node)
        found: list[ast.stmt] = []
        outer = dict(self._names)
        for each in elements:
            self._turns += 1
            if self._turns > _MOST_TURNS:
                raise NotFollowed
            self._bind(node.target, each)
            found += self.written(node.body)
        self._names = outer
        return found

    def _bind(self, target: ast.expr, element: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id] = element
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(element, ast.Tuple):
            for each, part in zip(target.elts, element.elts, strict=False):
                self._bind(each, part)
        else:
            raise NotFollowed

    def _elements(self, node: ast.expr, body: Sequence[ast.stmt]) -> list[ast.expr] | None:
        """Return what a loop goes through, where modules of the code's classes are in it; None of others."""
        name = written_name(node.func) if isinstance(node, ast.Call) else ""
        if self._makes or (name == "range" and self._counts(body)):
            try:
                return [written_out(each) for each in self._making.elements(self._known(node), {})]
            except NotFollowed:
                return None
        if isinstance(node, ast.Call) and name in {"enumerate", "zip"}:
            return self._beside(node, name)
        return self._modules(node) if self._is_ours(node) else None

    def _beside(self, node: ast.Call, name: str) -> list[ast.expr] | None:
        """Return what enumerate or zip goes through."""
        parts = [self._modules(each) for each in node.args]
        if not any(part is not None and self._is_ours(each) for part, each in zip(parts, node.args, strict=True)):
            return None
        lists = [part for part in parts if part is not None]
        if len(lists) < len(parts):
            raise NotFollowed
        if name == "enumerate":
            return [ast.Tuple([ast.Constant(n), each], ast.Load()) for n, each in enumerate(lists[0])]
        return [ast.Tuple([*each], ast.Load()) for each in zip(*lists, strict=False)]

    def _counts(self, body: Sequence[ast.stmt]) -> bool:
        """Return whether statements take modules by their places, or by names with numbers in them."""
        within = [each for line in body for each in ast.walk(line)]
        return any(_got(each) or (isinstance(each, ast.Subscript) and self._is_ours(each.value)) for each in within)

    def _is_ours(self, node: ast.expr) -> bool:
        found = self.look(node.value if isinstance(node, ast.Subscript) else node)
        return found is not None and not isinstance(found.value, Instance) and holds_instances(found.value)

    def _modules(self, node: ast.expr) -> list[ast.expr] | None:
        """Return the expressions of the modules in a list."""
        base = node.value if isinstance(node, ast.Subscript) else node
        found = self.look(base)
        items = _items(found.value) if found is not None else None
        if items is None:
            return None
        places = [*range(len(items))]
        if isinstance(node, ast.Subscript):
            index = self._making.index(self._known(node.slice), {}) if isinstance(node.slice, ast.Slice) else None
            if not isinstance(index, slice):
                return None
            places = places[index]
        return [ast.Subscript(base, ast.Constant(place), ast.Load()) for place in places]

    def _known(self, node: Any) -> Any:
        """Return an expression with the names of loops, and what the module has, in their place."""
        return _Constants(self, self._names).visit(copy.deepcopy(node))

    def visit_If(self, node: ast.If) -> Any:
        """Return what a condition leads to where what the module has decides it."""
        is_true = self._truth(node.test)
        return self.generic_visit(node) if is_true is None else self.written(node.body if is_true else node.orelse)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        """Return the one of two values that what the module has decides."""
        is_true = self._truth(node.test)
        return self.generic_visit(node) if is_true is None else self.visit(node.body if is_true else node.orelse)

    def _truth(self, node: ast.expr) -> bool | None:
        own = any(isinstance(each, ast.Attribute | ast.Name) and self._is_known(each) for each in ast.walk(node))
        if not own:
            return None
        with contextlib.suppress(NotFollowed), self._making.within(self._instance):
            return truth(self._making.value(self._known(node), {}))
        return None

    def _is_known(self, node: ast.expr) -> bool:
        return (isinstance(node, ast.Name) and node.id in self._names) or self.look(node) is not None

    def visit_Call(self, node: ast.Call) -> Any:
        """Return the call of a module by its path, or of getattr the module."""
        if _got(node):
            name = self._making.value(self._known(node.args[1]), {})
            if isinstance(name, str):
                return self.visit(ast.Attribute(ast.Name("self", ast.Load()), name, ast.Load()))
        name = written_name(node.func)
        method = name.removeprefix("self.")
        if name.startswith("self.") and method in self._instance.of.functions:
            return ast.Call(_own(_joined(self._path, method), ast.Load()), *self._arguments(node))
        found = self.look(node.func)
        if found is None or not holds_instances(found.value):
            return self.generic_visit(node)
        arguments, keywords = self._arguments(node)
        return self._applied(found, arguments, keywords)

    def _arguments(self, node: ast.Call) -> tuple[list[ast.expr], list[ast.keyword]]:
        return [self.visit(each) for each in node.args], [
            ast.keyword(each.arg, self.visit(each.value)) for each in node.keywords
        ]

    def _applied(self, place: _Place, arguments: list[ast.expr], keywords: list[ast.keyword]) -> ast.expr:
        value = place.value
        items = value.chain if isinstance(value, Instance) else _items(value)
        if not isinstance(value, Instance) and not holds_instances(value):
            return ast.Call(_own(place.path, ast.Load()), arguments, keywords)
        if isinstance(value, Instance) and value.entry is not None:
            return ast.Call(_own(_joined(place.path, value.entry), ast.Load()), arguments, keywords)
        is_chain = isinstance(value, Instance) or (isinstance(value, Modules) and value.is_chain)
        if not is_chain or not items or len(arguments) != 1:
            raise NotFollowed
        applied = arguments
        for number, item in enumerate(items):
            applied = [self._applied(_Place(item, _joined(place.path, _name_of(value, number))), applied, [])]
        return applied[0]

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """Return one module of a list by its path."""
        found = self.look(node)
        if found is not None and not holds_instances(found.value) and self._is_ours(node.value):
            return _own(found.path, ast.Load())
        base = self.look(node.value)
        if base is not None and is_constant(base.value):
            with contextlib.suppress(NotFollowed):
                return written_out(self._making.value(self._known(node), {}))
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Return a module by its path."""
        found = self.look(node)
        if found is None or is_constant(found.value):
            return self.generic_visit(node) if found is None else written_out(found.value)
        return _own(found.path, ast.Load())

    def visit_Name(self, node: ast.Name) -> Any:
        """Return what a loop's name stands for in this turn."""
        element = self._names.get(node.id) if isinstance(node.ctx, ast.Load) else None
        return node if element is None else self.visit(copy.deepcopy(element))

    def look(self, node: ast.expr) -> _Place | None:
        """Return the module, or the list of them, that an expression is of; None of others."""
        if isinstance(node, ast.Name):
            element = self._names.get(node.id)
            own = _Place(self._instance, self._path) if node.id == "self" else None
            return own if element is None else self.look(element)
        if isinstance(node, ast.Attribute):
            return self._member(self.look(node.value), node.attr)
        is_one = isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice)
        return self._item(self.look(node.value), node.slice) if is_one and isinstance(node, ast.Subscript) else None

    def _member(self, base: _Place | None, name: str) -> _Place | None:
        value = None if base is None else base.value
        found: Mapping[str, object] = value.attributes if isinstance(value, Instance) else {}
        if isinstance(value, Modules) and value.names is not None:
            found = dict(zip(value.names, value.items, strict=True))
        return _Place(found[name], _joined(base.path, name)) if base is not None and name in found else None

    def _item(self, base: _Place | None, index: ast.expr) -> _Place | None:
        known = self._known(index)
        items = None if base is None else _items(base.value)
        if base is None or items is None or not isinstance(known, ast.Constant | ast.UnaryOp):
            return None
        place = self._making.value(known, {})
        if isinstance(place, str):
            return self._member(base, place)
        if not isinstance(place, int) or not -len(items) <= place < len(items):
            return None
        place %= len(items)
        return _Place(items[place], _joined(base.path, _name_of(base.value, place)))


def _name_of(value: object, place: int) -> str:
    """Return the name of an item of a list of modules."""
    return value.path(place) if isinstance(value, Modules) else str(place)


class _Constants(ast.NodeTransformer):
    """Writes what a module has that is a number, and what loops stand at, in the place of names."""

    def __init__(self, uses: _Uses, names: dict[str, ast.expr]) -> None:
        self._uses, self._names = uses, names

    def visit_Name(self, node: ast.Name) -> Any:
        """Return what a loop stands at."""
        return copy.deepcopy(self._names.get(node.id, node))

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Return a number of the module."""
        found = self._uses.look(node)
        return written_out(found.value) if found is not None and is_constant(found.value) else self.generic_visit(node)


def _items(value: object) -> Sequence[object] | None:
    if isinstance(value, Modules):
        return value.items
    return (
        value
        if isinstance(value, list | tuple)
        else value.chain
        if isinstance(value, Instance) and value.chain
        else None
    )
