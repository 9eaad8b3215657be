"""What the functions of a module use, written with the paths that it has in the whole model."""

from __future__ import annotations

import ast
import contextlib
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.requests.code.making.making import Making
from service.requests.code.making.paths import joined, name_of, own_member
from service.requests.code.making.values import (
    Instance,
    Modules,
    NotFollowed,
    holds_instances,
    is_constant,
    truth,
    written_out,
)
from service.requests.code.python_syntax import written_name

MOST_TURNS = 2**10
"""Turns of loops that are written out in functions that use layers."""


def _got(node: ast.AST) -> bool:
    """Return whether an expression is getattr(self, ...)."""
    is_getting = isinstance(node, ast.Call) and written_name(node.func) == "getattr" and len(node.args) == 2
    return is_getting and isinstance(node, ast.Call) and written_name(node.args[0]) == "self"


@dataclass
class _Place:
    """A module, or several, and where they are."""

    value: object
    path: str


class Uses(ast.NodeTransformer):
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
            if self._turns > MOST_TURNS:
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
            return ast.Call(own_member(joined(self._path, method), ast.Load()), *self._arguments(node))
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
            return ast.Call(own_member(place.path, ast.Load()), arguments, keywords)
        if isinstance(value, Instance) and value.entry is not None:
            return ast.Call(own_member(joined(place.path, value.entry), ast.Load()), arguments, keywords)
        is_chain = isinstance(value, Instance) or (isinstance(value, Modules) and value.is_chain)
        if not is_chain or not items or len(arguments) != 1:
            raise NotFollowed
        applied = arguments
        for number, item in enumerate(items):
            applied = [self._applied(_Place(item, joined(place.path, name_of(value, number))), applied, [])]
        return applied[0]

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """Return one module of a list by its path."""
        found = self.look(node)
        if found is not None and not holds_instances(found.value) and self._is_ours(node.value):
            return own_member(found.path, ast.Load())
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
        return own_member(found.path, ast.Load())

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
        return _Place(found[name], joined(base.path, name)) if base is not None and name in found else None

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
        return _Place(items[place], joined(base.path, name_of(base.value, place)))


class _Constants(ast.NodeTransformer):
    """Writes what a module has that is a number, and what loops stand at, in the place of names."""

    def __init__(self, uses: Uses, names: dict[str, ast.expr]) -> None:
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
