"""Modules of torch.nn as Python has them: a call, or lines that assign calls and numbers.

What would run otherwise than it reads, such as a loop or a condition, is not followed.
"""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.framework_streams.torch.modules import MOST_COPIES, MOST_TENSORS, ModuleCall, UnreadableModule
from service.requests.code_values import OPERATORS
from service.requests.python_syntax import parsed_code, written_name

_MOST_CALLS = MOST_TENSORS
"""Of one text, in which a few characters may say that they are repeated."""

_LARGEST = 2**63
_LARGEST_POWER = 64

_CLONED = frozenset(("TransformerEncoder", "TransformerDecoder"))
"""Modules that keep copies of the layer that they are given, and not the layer."""

_ONE_LINE = "must be the call of a module, such as nn.Linear(784, 256)"
_NOT_FOLLOWED = (
    "is not followed: calls of modules that are given names are, self.fc = nn.Linear(784, 256), and numbers, as lines "
    "or in __init__ of one class"
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
    if len(statements) == 1 and isinstance(statements[0], ast.Expr):
        yield "", _Code().module(statements[0].value)
        return
    code = _Code()
    made = code.run(statements)
    if not made and code.classes:
        yield "", code.constructed([*code.classes][-1], (), {})
        return
    if not made:
        raise UnreadableModule(_ONE_LINE)
    is_alone = len(made) == 1 and not made[0][0].startswith("self.")
    for name, call in made:
        yield "" if is_alone else name.removeprefix("self."), call


_CLONED_ONLY = (
    "write it where it is used, or use it at once, as the layer of a TransformerEncoder or TransformerDecoder"
)


@dataclass
class _Code:
    """What lines have made so far."""

    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    spent: Counter[str] = field(default_factory=Counter)
    """Calls, and what lists repeat."""
    numbers: dict[str, Any] = field(default_factory=dict)
    """Those that have names."""
    made: list[tuple[str, ModuleCall]] = field(default_factory=list)
    waiting: tuple[str, ModuleCall] | None = None
    """A module that a function has for itself: it is drawn, and the next may keep copies of it."""
    self_name: str = ""
    """In a constructor, the name of what is constructed."""
    depth: int = 0

    def run(self, statements: list[ast.stmt]) -> list[tuple[str, ModuleCall]]:
        """Follow lines, and return the modules that they make. Raises UnreadableModule."""
        for statement in statements:
            self._follow(statement)
        if self.waiting is not None:
            raise UnreadableModule(f"{self.waiting[0]!r} is made and not kept: {_CLONED_ONLY}")
        return self.made

    def _follow(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(ast.Constant(str())):
                pass
            case ast.Expr(ast.Call() as call) if _is_of_super(call):
                pass
            case ast.ClassDef():
                self.classes[statement.name] = statement
            case ast.Assign([target], value):
                self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case _:
                raise UnreadableModule(_unfollowed(statement))

    def constructed(self, name: str, positional: tuple[Any, ...], keywords: Mapping[str, Any]) -> ModuleCall:
        """Return what the constructor of a class makes, by its names. Raises UnreadableModule."""
        bodies = [each for each in self.classes[name].body if isinstance(each, ast.FunctionDef)]
        constructor = next((each for each in bodies if each.name == "__init__"), None)
        if constructor is None or not constructor.args.args or self.depth > _DEEPEST:
            raise UnreadableModule(f"class {name} has no __init__ of its own, in which it makes its modules")
        own, *places = (each.arg for each in (*constructor.args.args, *constructor.args.kwonlyargs))
        defaults = _defaults(constructor.args)
        within = _Code(self.classes, self.spent, self_name=own, depth=self.depth + 1)
        within.numbers = {
            **{each: within.value(value) for each, value in defaults.items()},
            **dict(zip(places, positional, strict=False)),
            **keywords,
        }
        if not all(map(_is_plain, within.numbers.values())):
            raise UnreadableModule(f"{name} is given more than numbers; make its modules where they are kept")
        made = within.run(constructor.body)
        return ModuleCall("ModuleDict", ({path.removeprefix("self."): call for path, call in made},))

    def _name(self, node: ast.expr) -> str:
        """Return a name as it is written; that of what is constructed is self."""
        first, point, rest = written_name(node).partition(".")
        return f"self{point}{rest}" if first == self.self_name and first else f"{first}{point}{rest}"

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for each, its in zip(target.elts, value.elts, strict=True):
                self._assign(each, its)
            return
        name = self._name(target)
        found = self.value(value) if name else None
        if isinstance(found, ModuleCall) and found.is_module:
            self._keep(name, found)
        elif name and _is_plain(found):
            self.numbers[name] = found
        else:
            raise UnreadableModule(f"{ast.unparse(target)[:48]!r} {_NOT_FOLLOWED}")

    def _keep(self, name: str, call: ModuleCall) -> None:
        if self.waiting is not None:
            if not _begins_with(call, self.waiting[1]):
                raise UnreadableModule(f"{self.waiting[0]!r} is made and not kept: {_CLONED_ONLY}")
            self.waiting = None
        if any(name == known for known, _ in self.made):
            raise UnreadableModule(f"{name!r} is made twice, of which one is not kept")
        if self.self_name and not name.startswith("self."):
            self.waiting = (name, call)
        else:
            self.made.append((name, call))

    def module(self, node: ast.expr) -> ModuleCall:
        """Return the module that an expression is. Raises UnreadableModule."""
        found = self.value(node)
        if not isinstance(found, ModuleCall):
            raise UnreadableModule(_ONE_LINE)
        return found

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
                found = self._named(node)
            case ast.Constant():
                found = node.value
            case _:
                found = ast.unparse(node)
        return found

    def _named(self, node: ast.Name | ast.Attribute) -> Any:
        name = self._name(node)
        if self.waiting is not None and name == self.waiting[0]:
            return self.waiting[1]
        if any(name == made for made, _ in self.made):
            raise UnreadableModule(f"{name!r} is used again by another module, which is not followed")
        return self.numbers.get(name, ast.unparse(node))

    def _items(self, nodes: list[ast.expr]) -> Iterator[Any]:
        for each in nodes:
            if isinstance(each, ast.Starred):
                spread = self.value(each.value)
                if not isinstance(spread, tuple):
                    raise UnreadableModule("must be written out, without * and **")
                for one in spread:
                    self._spend()
                    yield one
            else:
                yield self.value(each)

    def _repeated(self, node: ast.ListComp | ast.GeneratorExp) -> Iterator[Any]:
        """Yield what a comprehension over numbers makes. Raises UnreadableModule."""
        loop = node.generators[0]
        over = self.value(loop.iter) if len(node.generators) == 1 and not loop.ifs else None
        name = self._name(loop.target)
        if not isinstance(over, tuple) or not name:
            raise UnreadableModule(
                f"{ast.unparse(node)[:64]!r}: of comprehensions those over range(…) or a list are read"
            )
        before = dict(self.numbers)
        for each in over:
            self._spend()
            self.numbers[name] = each
            yield self.value(node.elt)
        self.numbers = before

    def _spend(self) -> None:
        self.spent["calls"] += 1
        if self.spent["calls"] > _MOST_CALLS:
            raise UnreadableModule(f"has more than {_MOST_CALLS} calls")

    def _called(self, node: ast.Call) -> Any:
        self._spend()
        name = written_name(node.func)
        if not name or any(keyword.arg is None for keyword in node.keywords):
            raise UnreadableModule("must be written out, without * and **")
        positional = tuple(self._items(node.args))
        keywords = {str(keyword.arg): self.value(keyword.value) for keyword in node.keywords}
        last = name.rpartition(".")[2]
        if last == "range":
            return _range(positional)
        if name in self.classes:
            return self.constructed(name, positional, keywords)
        if last in {"OrderedDict", "dict"}:
            return _named_items(positional, keywords)
        return ModuleCall(name, positional, keywords)

    def _computed(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, tuple) and isinstance(right, int) and isinstance(node.op, ast.Mult):
            if len(left) * right > MOST_COPIES or not _is_plain(left):
                raise UnreadableModule(
                    f"{ast.unparse(node)[:48]!r} is one module often, or too long: make each by itself"
                )
            return left * right
        if isinstance(left, ModuleCall) and not left.is_module and _is_number(right) and isinstance(node.op, ast.Mult):
            return ModuleCall("times", (left, right))
        if not _is_number(left) or not _is_number(right) or type(node.op) not in OPERATORS:
            return ast.unparse(node)
        if isinstance(node.op, ast.Pow) and not (0 <= right <= _LARGEST_POWER and abs(left) <= _LARGEST):
            raise UnreadableModule(f"{ast.unparse(node)[:48]!r} is no number that is worked out")
        try:
            found = OPERATORS[type(node.op)](left, right)
        except ArithmeticError:
            found = math.inf
        if not abs(found) <= _LARGEST:
            raise UnreadableModule(f"{ast.unparse(node)[:48]!r} is no number that is worked out")
        return found


def _defaults(arguments: ast.arguments) -> Mapping[str, ast.expr]:
    """Return what the parameters of a function have by default."""
    places = [each.arg for each in arguments.args]
    given = zip(reversed(places), reversed(arguments.defaults), strict=False)
    by_name = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {**dict(given), **{each.arg: value for each, value in by_name if value is not None}}


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


def _is_plain(value: Any) -> bool:
    """Return whether a value is a number, a text or some of them: what has a name may stand there often."""
    values = value if isinstance(value, tuple) else (value,)
    return all(each is None or isinstance(each, int | float | str) for each in values)


def _begins_with(call: ModuleCall, layer: ModuleCall) -> bool:
    """Return whether a module makes copies of a layer that was made just before."""
    first = call.positional[:1] or tuple(
        call.keywords[name] for name in ("encoder_layer", "decoder_layer") if name in call.keywords
    )
    return call.word in _CLONED and first[:1] == (layer,)


def _is_of_super(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"


def _unfollowed(statement: ast.stmt) -> str:
    """Return what is wrong with a line that is not followed."""
    line = ast.unparse(statement).partition("\n")[0][:64]
    if "manual_seed" in line:
        return f"{line!r}: say it as seed, beside modules"
    called = statement.value if isinstance(statement, ast.Expr) else None
    name = written_name(called.func) if isinstance(called, ast.Call) else ""
    is_afterwards = ".init." in f".{name}" or name.rpartition(".")[2] in {"apply", "post_init", "_init_weights"}
    return f"{line!r} {_AFTERWARDS if is_afterwards else _NOT_FOLLOWED}"
