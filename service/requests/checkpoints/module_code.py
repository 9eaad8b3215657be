"""Modules of torch.nn as Python has them: a call, or lines that assign calls and numbers.

What would run otherwise than it reads, such as a loop or a condition, is not followed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.framework_streams.torch.modules import ModuleCall, UnreadableModule, makes_tensors
from service.requests.checkpoints.module_expressions import Calls, ModuleExpressions
from service.requests.checkpoints.module_names import ModuleNames, is_plain
from service.requests.code.function_parameters import parameters_of
from service.requests.code.making.values import CodeClass, classes_of
from service.requests.code.python_syntax import parsed_code, written_name

_ONE_LINE = "must be the call of a module, such as nn.Linear(784, 256)"
_NOT_FOLLOWED = (
    "is not followed: calls of modules that are given names are, self.fc = nn.Linear(784, 256), and numbers, as lines "
    "or in __init__ of one class"
)
_INHERITED = (
    "is not followed: a class may be made of nn.Module, or of one class of the code; give the modules names, self.fc = "
    "nn.Linear(784, 256)"
)
_PRINTED = (
    "is what print shows of a model, which does not say in which order its modules were made: give the code that makes "
    "them"
)
_IN_PRINT = re.compile(r"\n\s*\(\w+\): \w+")
_DEEPEST = 16
"""Classes whose constructors call each other."""
_AFTERWARDS = (
    "draws anew after the modules are made, and is not followed: give the tensors themselves, with initializers, in "
    "the order in which the code draws them; skip of the first is where the modules' plan ends"
)


def written_modules(text: str) -> Iterator[tuple[str, ModuleCall]]:
    """Yield the modules of a text, each with its path: that of the only one is empty. Raises UnreadableModule."""
    statements = parsed_code(text.strip())
    if not statements:
        raise UnreadableModule(_PRINTED if _IN_PRINT.search(text) else _ONE_LINE)
    code = _Code()
    if len(statements) == 1 and isinstance(statements[0], ast.Expr):
        yield "", code.module(statements[0].value)
        return
    code.run(statements)
    made = code.names.made
    if not made and code.classes:
        yield "", code.constructed([*code.classes][-1], (), {})
        return
    if not made:
        raise UnreadableModule(_ONE_LINE)
    is_alone = len(made) == 1 and not next(iter(made)).startswith("self.")
    for name, call in made.items():
        yield "" if is_alone else name.removeprefix("self."), call


@dataclass
class _Code:
    """What lines have made so far."""

    classes: dict[str, CodeClass] = field(default_factory=dict)
    calls: Calls = field(default_factory=Calls)
    names: ModuleNames = field(default_factory=ModuleNames)
    of: CodeClass | None = None
    """The class whose constructor the lines are."""
    depth: int = 0

    def __post_init__(self) -> None:
        self.expressions = ModuleExpressions(self.names, self._construct, self.calls)

    def run(self, statements: list[ast.stmt]) -> None:
        """Follow lines. Raises UnreadableModule."""
        for statement in statements:
            self._follow(statement)
        self.names.end()

    def module(self, node: ast.expr) -> ModuleCall:
        """Return the module that an expression is. Raises UnreadableModule."""
        found = self.expressions.value(node)
        if not isinstance(found, ModuleCall):
            raise UnreadableModule(_ONE_LINE)
        return found

    def _follow(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(ast.Constant(str())):
                pass
            case ast.Expr(ast.Call(ast.Attribute(before, "__init__")) as call) if _is_of_super(before):
                self._begin(call)
            case ast.Expr(ast.Call(ast.Attribute(before, "__init__"))) if written_name(before) in _MODULE:
                pass
            case ast.ClassDef():
                self.classes |= classes_of([statement], self.classes)
            case ast.Assign([target], value):
                self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case _:
                raise UnreadableModule(_unfollowed(statement))

    def _construct(self, name: str, positional: tuple[Any, ...], keywords: Mapping[str, Any]) -> ModuleCall | None:
        return self.constructed(name, positional, keywords) if name in self.classes else None

    def constructed(self, name: str, positional: tuple[Any, ...], keywords: Mapping[str, Any]) -> ModuleCall:
        """Return what the constructor of a class makes, by its names. Raises UnreadableModule."""
        names = ModuleNames()
        self._initialize(self.classes[name], names, positional, keywords)
        return ModuleCall("ModuleDict", ({path.removeprefix("self."): call for path, call in names.made.items()},))

    def _initialize(
        self, of: CodeClass, names: ModuleNames, positional: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> None:
        """Follow the constructor of a class, for the object of some names. Raises UnreadableModule."""
        owner = of.having("__init__")
        parameters = None if owner is None else parameters_of(owner.functions["__init__"])
        if owner is None or parameters is None or not parameters.by_place or self.depth > _DEEPEST:
            raise UnreadableModule(f"class {of.name} has no __init__ of its own, in which it makes its modules")
        own, *places = parameters.by_place
        within = _Code(self.classes, self.calls, names.in_constructor(own), owner, self.depth + 1)
        given = {
            **{each: within.expressions.value(value) for each, value in parameters.defaults.items()},
            **dict(zip(places, positional, strict=False)),
            **keywords,
        }
        if not all(map(is_plain, given.values())):
            raise UnreadableModule(f"{of.name} is given more than numbers; make its modules where they are kept")
        within.names.plain |= given
        within.run(owner.functions["__init__"].body)
        names.after(within.names)

    def _begin(self, call: ast.Call) -> None:
        """Follow the constructor of the class that a class is made of. Raises UnreadableModule."""
        if self.of is None:
            return
        bases = [each for each in self.of.bases if "__init__" in each.functions]
        if len(bases) == 1:
            self._initialize(bases[0], self.names, *self.expressions.arguments(call))
            return
        has_more = any(makes_tensors(written_name(base).rpartition(".")[2]) for base in self.of.node.bases)
        if bases or (has_more and (call.args or call.keywords)):
            raise UnreadableModule(f"{ast.unparse(call)[:64]!r} in class {self.of.name} {_INHERITED}")

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for each, its in zip(target.elts, value.elts, strict=True):
                self._assign(each, its)
            return
        name = self.names.written(target)
        found = self.expressions.value(value) if name else None
        if isinstance(found, ModuleCall) and found.is_module:
            self.names.keep(name, found)
        elif name and is_plain(found):
            self.names.plain[name] = found
        else:
            raise UnreadableModule(f"{ast.unparse(target)[:48]!r} {_NOT_FOLLOWED}")


_MODULE = frozenset(("Module", "nn.Module", "torch.nn.Module"))


def _is_of_super(before: ast.expr) -> bool:
    return isinstance(before, ast.Call) and written_name(before.func) == "super"


def _unfollowed(statement: ast.stmt) -> str:
    """Return what is wrong with a line that is not followed."""
    line = ast.unparse(statement).partition("\n")[0][:64]
    if "manual_seed" in line:
        return f"{line!r}: say it as seed, beside modules"
    called = statement.value if isinstance(statement, ast.Expr) else None
    name = written_name(called.func) if isinstance(called, ast.Call) else ""
    is_afterwards = ".init." in f".{name}" or name.rpartition(".")[2] in {"apply", "post_init", "_init_weights"}
    return f"{line!r} {_AFTERWARDS if is_afterwards else _NOT_FOLLOWED}"
