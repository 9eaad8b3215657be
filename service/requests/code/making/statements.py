"""What statements of code do where layers are made: loops, conditions, names that are given values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.requests.code.making.expressions import CodeExpressions, Names
from service.requests.code.making.values import MOST_ELEMENTS, LocalFunction, Modules, NotFollowed, operated, truth
from service.requests.code.python_syntax import written_name

ADDING = frozenset(("append", "extend", "insert", "add_module", "register_module", "setattr"))


class Returned(Exception):
    """A function's end."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


@dataclass(eq=False)
class CodeStatements(CodeExpressions):
    """Statements, gone through as Python would, as far as numbers and lists say how."""

    def body(self, statements: Sequence[ast.stmt], names: Names) -> None:
        """Go through statements. Raises NotFollowed."""
        for statement in statements:
            self._statement(statement, names)

    def _statement(self, statement: ast.stmt, names: Names) -> None:
        self._step()
        follow = _FOLLOWS.get(type(statement))
        if follow is not None:
            follow(self, statement, names)

    def assign(self, statement: ast.Assign, names: Names) -> None:
        """Give a value to names."""
        made = self.value(statement.value, names)
        for target in statement.targets:
            self.bind(target, made, names)

    def assign_one(self, statement: ast.AnnAssign, names: Names) -> None:
        """Give a value to a name with its type."""
        if statement.value is not None:
            self.bind(statement.target, self.value(statement.value, names), names)

    def do(self, statement: ast.Expr, names: Names) -> None:
        """Go through a call whose value nobody takes, where it may add modules."""
        if isinstance(statement.value, ast.Call) and self._is_done(statement.value):
            self.value(statement.value, names)

    def turn(self, statement: ast.For, names: Names) -> None:
        """Go through a loop."""
        if not _makes(statement):
            return
        if statement.orelse:
            raise NotFollowed
        elements = [*self.elements(statement.iter, names)]
        self.has_followed = True
        for each in elements:
            self.bind(statement.target, each, names)
            self.body(statement.body, names)

    def branch(self, statement: ast.If, names: Names) -> None:
        """Go through what a condition leads to."""
        if _makes(statement):
            holds = truth(self.value(statement.test, names))
            self.body(statement.body if holds else statement.orelse, names)

    def enter(self, statement: ast.With | ast.Try, names: Names) -> None:
        """Go through what stands in a context."""
        self.body(statement.body, names)

    def define(self, statement: ast.FunctionDef, names: Names) -> None:
        """Take a function within another."""
        names[statement.name] = LocalFunction(statement, names)

    def end(self, statement: ast.Return, names: Names) -> None:
        """End a function."""
        raise Returned(None if statement.value is None else self.value(statement.value, names))

    def stop(self, _statement: ast.stmt, _names: Names) -> None:
        """Follow no loop whose end is decided while it runs."""
        raise NotFollowed

    def _is_done(self, call: ast.Call) -> bool:
        """Return whether a call whose value nobody takes may add modules: others print, or fill what is there."""
        name, last = written_name(call.func), call.func.attr if isinstance(call.func, ast.Attribute) else ""
        is_own = bool(self._selves) and name.removeprefix("self.") in self._selves[-1].of.functions
        return last in ADDING | {"__init__"} or name in ADDING or is_own

    def augment(self, statement: ast.AugAssign, names: Names) -> None:
        """Add to a list, or to a number."""
        target, operation, value = statement.target, statement.op, self.value(statement.value, names)
        before = self.value(target, names)
        items = before.items if isinstance(before, Modules) else before
        if isinstance(items, list) and isinstance(value, list | tuple) and isinstance(operation, ast.Add):
            self._extend(items, value)
        else:
            self.bind(target, operated(operation, before, value), names)

    def _extend(self, items: list[object], others: Sequence[object]) -> None:
        self.has_followed = True
        if len(items) + len(others) > MOST_ELEMENTS:
            raise NotFollowed
        items += others


def _makes(statement: ast.stmt) -> bool:
    """Return whether a statement may make modules, or what they are made of."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Return | ast.Raise | ast.AugAssign):
            return not isinstance(node, ast.Raise)
        is_stored = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store)
        is_target = isinstance(statement, ast.For) and node in ast.walk(statement.target)
        if is_stored and not is_target:
            return True
        if isinstance(node, ast.Call) and written_name(node.func).rpartition(".")[2] in ADDING:
            return True
    return False


_FOLLOWS: Mapping[type[ast.stmt], Callable[[CodeStatements, Any, Names], None]] = {
    ast.Assign: CodeStatements.assign,
    ast.AnnAssign: CodeStatements.assign_one,
    ast.AugAssign: CodeStatements.augment,
    ast.Expr: CodeStatements.do,
    ast.For: CodeStatements.turn,
    ast.If: CodeStatements.branch,
    ast.With: CodeStatements.enter,
    ast.Try: CodeStatements.enter,
    ast.FunctionDef: CodeStatements.define,
    ast.Return: CodeStatements.end,
    ast.While: CodeStatements.stop,
    ast.Break: CodeStatements.stop,
    ast.Continue: CodeStatements.stop,
}
"""What is done with each kind of statement; others make nothing."""
