"""Code with layers, followed statement by statement: x = torch.tanh(self.fc1(x)), y = nn.relu(nn.Dense(256)(x))."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.advice.layer.storage import normalization_type
from service.advice.layer.vocabulary import fold_layer_word
from service.advice.network.context import NORMALIZATIONS
from service.requests.code.module import Module
from service.requests.code.python_syntax import parsed, written_name
from service.requests.code.using.dataflow import INPUT, Dataflow, Value
from service.requests.code.using.functions import AS_IT_IS, OF_OUTPUTS, SUMS, passage, sort_of

_MOST_RUNS = 64
"""Functions that are gone through, those that others call included."""
_DEEPEST_RUNS = 6
"""Functions that call each other."""
_MOST_STEPS = 2**15
"""Expressions that are looked at, and modules that values go through."""

_HEADER = re.compile(r"(?:for|while|with|if|elif|else|try|except|finally)\b.*:$", re.DOTALL)
_LOOP = re.compile(r"for\b.*:$", re.DOTALL)
_BUT_LAST = re.compile(r"if\b.*\blen\s*\(|if\b.*!=|if\s+not\s+\w*last\w*", re.DOTALL)
"""A condition that does not hold in a loop's last turn: if i < len(self.layers) - 1."""

_MAPPED = frozenset(("vmap", "checkpoint", "jit", "remat"))
"""What makes another function of a layer, or calls it."""
_PARTS = frozenset(("chunk", "split"))
_BUILT_IN = _MAPPED | {"enumerate", "zip", "reversed", "list", "tuple"}


@dataclass(frozen=True)
class Modules:
    """Modules that a name stands for: one, those of a sequence, or one of several in each turn of a loop."""

    elements: tuple[tuple[Module, ...], ...]
    """The modules of each element of a list or a sequence; one of one module for a layer."""
    is_each: bool = False


@dataclass(frozen=True)
class Method:
    """A function of a class: its parameters, and its lines with their indentation."""

    parameters: tuple[str, ...]
    lines: tuple[str, ...]


Thing = Value | Modules | list["Thing"] | None
"""What an expression gives; None of what concerns no layers."""


@dataclass
class Evaluation:
    """Code that is gone through in the order of its statements."""

    construct: Callable[[str], Modules]
    """What makes the modules of a call that is applied where it stands, Dense(64)(x)."""
    made: dict[str, Modules] = field(default_factory=dict)
    """Modules by the names that code has for them."""
    methods: Mapping[str, Method] = field(default_factory=dict)
    flow: Dataflow = field(default_factory=Dataflow)
    order: list[Module] = field(default_factory=list)
    """What values go through, one after another."""
    has_loops: bool = False
    """Whether some of that stands in loops, so that it has another order."""
    _names: dict[str, Thing] = field(default_factory=dict)
    _but_last: int | None = None
    """The indentation of a condition that leaves out the last turn of a loop."""
    is_made_first: bool = False
    """Whether what is called has its name before what it is called with, as Flax counts."""
    _runs: int = 0
    _nested: int = 0
    _steps: int = 0

    def begin(self, names: Iterable[str]) -> None:
        """Take what names stand for as the inputs, where nothing else is known of them."""
        for name in names:
            self._names.setdefault(name, INPUT)

    def follows(self, line: str) -> bool:
        """Go through a line if it applies a layer, or goes on with what one gives; return whether it does."""
        applies = any(self._is_followed(node) for statement in parsed(line) for node in ast.walk(statement))
        if applies:
            self.take(line)
        return applies

    def _is_followed(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Call):
            known = self.made.get(node.func.id) if isinstance(node.func, ast.Name) else None
            return known is not None or (isinstance(node.func, ast.Call) and bool(written_name(node.func.func)))
        found = self._names.get(node.id) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None
        return isinstance(found, Value) and not found.is_input

    @property
    def is_whole(self) -> bool:
        """Whether all of the code is gone through, and not only as much of it as is followed."""
        return self._steps <= _MOST_STEPS

    # Statements.

    def run(self, name: str, arguments: Sequence[Thing] = ()) -> Thing:
        """Go through a function, and return what it does."""
        method = self.methods[name]
        self._runs += 1
        if self._runs > _MOST_RUNS or self._nested >= _DEEPEST_RUNS:
            return INPUT
        self._nested += 1
        outside, self._names = self._names, dict.fromkeys(method.parameters, INPUT)
        self._names.update(zip(method.parameters, arguments, strict=False))
        result: Thing = None
        for line in method.lines:
            returned = self.take(line)
            result = result if returned is None else returned
        self._names, self._nested = outside, self._nested - 1
        return result

    def take(self, line: str) -> Thing:
        """Go through a line, and return what it returns."""
        indentation, written = len(line) - len(line.lstrip()), line.strip()
        if self._but_last is not None and indentation <= self._but_last:
            self._but_last = None
        if _HEADER.fullmatch(written):
            if _LOOP.fullmatch(written):
                self._take_loop(written)
            elif _BUT_LAST.match(written):
                self._but_last = indentation
            return None
        result: Thing = None
        for statement in parsed(written):
            returned = self._statement(statement)
            result = result if returned is None else returned
        return result

    def _take_loop(self, header: str) -> None:
        for statement in parsed(f"{header} pass"):
            if isinstance(statement, ast.For):
                self._bind(statement.target, _each(self.evaluate(statement.iter)))

    def _statement(self, statement: ast.stmt) -> Thing:
        match statement:
            case ast.Assign(targets=targets, value=value):
                thing = self.evaluate(value)
                for target in targets:
                    self._bind(target, thing)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, self.evaluate(value))
            case ast.AugAssign(target=ast.Name() as target, op=ast.Add(), value=value):
                self._bind(target, self._added([self.evaluate(target), self.evaluate(value)]))
            case ast.Return(value=ast.expr() as value):
                return self.evaluate(value)
            case ast.Expr(value=value):
                self.evaluate(value)
            case ast.If(body=body, orelse=others):
                results = [self._statement(each) for each in (*body, *others)]
                return next((result for result in results if result is not None), None)
        return None

    def _bind(self, target: ast.expr, thing: Thing) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id] = thing
            if isinstance(thing, Value):
                self.flow.name(thing, target.id)
        elif isinstance(target, ast.Tuple | ast.List):
            for place, each in enumerate(target.elts):
                self._bind(each, _part(thing, place))

    # Expressions.

    def evaluate(self, node: ast.expr) -> Thing:
        """Return what an expression gives."""
        self._steps += 1
        look = _LOOKS.get(type(node))
        return None if look is None or self._steps > _MOST_STEPS else look(self, node)

    def look_up(self, node: ast.Name) -> Thing:
        """Return what a name stands for."""
        return self._names.get(node.id, self.made.get(node.id))

    def look_up_own(self, node: ast.Attribute) -> Thing:
        """Return the modules that self has under a name."""
        is_own = isinstance(node.value, ast.Name) and node.value.id == "self"
        return self.made.get(node.attr) if is_own else None

    def operate(self, node: ast.BinOp) -> Thing:
        """Return a sum, or what comes of another operation."""
        sides = [self.evaluate(node.left), self.evaluate(node.right)]
        return self._added(sides) if isinstance(node.op, ast.Add) else self._combined(sides)

    def several(self, node: ast.Tuple | ast.List) -> Thing:
        """Return the things of a list, which are those of a loop where they are modules."""
        things = [self.evaluate(each) for each in node.elts]
        modules = [each for each in things if isinstance(each, Modules)]
        if not modules or len(modules) < len(things):
            return things
        return Modules(tuple(tuple(itertools.chain(*each.elements)) for each in modules))

    def within(self, node: ast.Starred | ast.NamedExpr) -> Thing:
        """Return what an expression is around, which changes nothing that is followed."""
        return self.evaluate(node.value)

    def _added(self, things: Iterable[Thing]) -> Thing:
        values = [*_values(things)]
        return self.flow.add(values) if len(values) > 1 else next(iter(values), None)

    def _combined(self, things: Sequence[Thing]) -> Thing:
        """Return a product, of which no factor is what an activation after it belongs to; scaled, a value stays."""
        values = [*_values(things)]
        if len(values) < 2:
            return next(iter(values), None)
        return replace(self.flow.join(values), open=frozenset())

    def call(self, call: ast.Call) -> Thing:
        """Return what a call gives: of a layer, of a function of the class, of another function."""
        name = written_name(call.func)
        last = name.rpartition(".")[2]
        arguments = self._arguments(call) if isinstance(call.func, ast.Call) and not self.is_made_first else None
        called = self._called(call.func, name)
        if isinstance(called, Modules):
            return self._apply(called, self._arguments(call) if arguments is None else arguments)
        if isinstance(call.func, ast.Attribute) and not self._is_module(call.func.value):
            return self._method(call, call.func)
        if name == f"self.{last}" and last in self.methods:
            return self.run(last, self._arguments(call))
        return self._built_in(last, self._arguments(call)) if last in _BUILT_IN else self._function(call, name)

    def _called(self, function: ast.expr, name: str) -> Thing:
        """Return the modules that are called; nothing where it is a function."""
        if isinstance(function, ast.Call):
            return self._mapped(function) or self.construct(ast.unparse(function))
        is_known = not isinstance(function, ast.Attribute) or name.startswith("self.")
        return self.evaluate(function) if is_known else None

    def _method(self, call: ast.Call, function: ast.Attribute) -> Thing:
        """Return what a method makes of a value."""
        base = self.evaluate(function.value)
        return _each(base) if isinstance(base, Modules) else self._function(call, function.attr, base)

    def _built_in(self, name: str, arguments: list[Thing]) -> Thing:
        """Return what is gone through by enumerate or zip, or a layer that jax.vmap makes a function of."""
        first = _part(arguments, 0)
        if name in _MAPPED and isinstance(first, Modules) and arguments[1:]:
            return self._apply(first, arguments[1:])
        return {"enumerate": [None, *arguments], "zip": arguments}.get(name, first)

    def _is_module(self, node: ast.expr) -> bool:
        """Return whether a function stands after the name of its module: torch, jax.nn, not a value."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id not in self._names

    def _mapped(self, call: ast.Call) -> Modules | None:
        """Return the layer of which jax.vmap(layer) makes another function."""
        if written_name(call.func).rpartition(".")[2] not in _MAPPED or not call.args:
            return None
        found = self.evaluate(call.args[0])
        return found if isinstance(found, Modules) else None

    def _arguments(self, call: ast.Call) -> list[Thing]:
        return [self.evaluate(each) for each in (*call.args, *(keyword.value for keyword in call.keywords))]

    # What is applied.

    def _apply(self, thing: Thing, arguments: Sequence[Thing]) -> Thing:
        values = [*_values(arguments)]
        if isinstance(thing, Modules) and _is_sum(thing) and len(values) > 1:
            return self.flow.add(values)
        value = self.flow.join(values)
        if not isinstance(thing, Modules):
            return self.flow.leave(value, "a call")
        self._steps += sum(map(len, thing.elements))
        if self._steps > _MOST_STEPS:
            return self.flow.leave(value, "more than is followed")
        self.order += [module for element in thing.elements for module in element]
        self.has_loops |= thing.is_each
        for column in _columns(thing):
            value = self._through(column, value)
        return value

    def _through(self, column: Sequence[Module], value: Value) -> Value:
        """Return what modules make of a value that stand at one place, one in each turn of a loop."""
        sorts, text = {sort_of(module.word) for module in column}, column[0].text
        keys = [module.name for module in column]
        match [*sorts]:
            case ["activation"]:
                return self.flow.activate(value, text)
            case ["passing"]:
                normalization = NORMALIZATIONS.get(normalization_type(column[0].word))
                return value if normalization is None else self.flow.normalize(value, normalization)
            case ["weightless"]:
                return value
            case ["matrix" | "other" as sort]:
                return self.flow.use(keys, value, is_activated=sort == "matrix")
        return self.flow.leave(value, text)

    def _function(self, call: ast.Call, name: str, base: Thing = None) -> Thing:
        """Return what a function, or a method of a value, makes of its arguments."""
        arguments, last = [base, *self._arguments(call)], name.rpartition(".")[2]
        values = [*_values(arguments)]
        if len(values) < 2 or last in SUMS:
            value = self.flow.add(values) if values else None
        else:
            value = self.flow.join(values)
        if value is None or last in SUMS:
            return value
        if last in OF_OUTPUTS:
            return Value(value.node)
        text = passage(call, name)
        if text is not None:
            return self._pass(value, text)
        if last in _PARTS:
            self.flow.change(value)
        if last in AS_IT_IS:
            return base if isinstance(base, list) else value
        return self.flow.leave(value, f"{name or 'a function'}(...)")

    def _pass(self, value: Value, text: str) -> Value:
        """Return a value after a function that has no weights."""
        if sort_of(text.partition("(")[0]) == "activation":
            return self._activate(value, text)
        self.order.append(Module("", text))
        return value

    def _activate(self, value: Value, text: str) -> Value:
        self.order.append(Module("", text))
        last = max(value.open, key=_number_of, default=None) if self._but_last is not None else None
        return self.flow.activate(value, text, last if len(value.open) > 1 else None)


def _number_of(key: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]{1,9}", key))


def _values(things: Iterable[Thing]) -> Iterator[Value]:
    for thing in things:
        if isinstance(thing, Value):
            yield thing
        elif isinstance(thing, list):
            yield from _values(thing)


def _part(thing: Thing, place: int) -> Thing:
    """Return a part of several things; of what gives several values, as recurrent layers do, the same for all."""
    if isinstance(thing, list):
        return thing[place] if place < len(thing) else None
    return thing


def _each(thing: Thing) -> Thing:
    """Return what stands for one of several in each turn of a loop."""
    if isinstance(thing, list):
        return [_each(each) for each in thing]
    return replace(thing, is_each=True) if isinstance(thing, Modules) else thing


def _at(thing: Thing, index: ast.expr) -> Thing:
    """Return what an index gives: a layer of a list, several, or a part of a value."""
    if isinstance(thing, Value) or thing is None:
        return thing
    try:
        place = _slice(index) if isinstance(index, ast.Slice) else ast.literal_eval(index)
        if isinstance(thing, list):
            part: Thing = thing[place]
            return part
        found: Any = thing.elements[place]
    except (ValueError, TypeError, IndexError, SyntaxError, MemoryError, RecursionError):
        return _each(thing)
    return Modules(tuple(found) if isinstance(place, slice) else (found,))


def _columns(modules: Modules) -> list[list[Module]]:
    """Return what a value goes through, one after another; modules in which loops have their turns, at one place.

    Where they are not alike, a list has its activations itself, and its modules follow each other.
    """
    in_turns = [[*column] for column in itertools.zip_longest(*modules.elements)] if modules.is_each else []
    are_alike = all(None not in column and len({sort_of(module.word) for module in column}) == 1 for column in in_turns)
    return in_turns if in_turns and are_alike else [[module] for element in modules.elements for module in element]


def _is_sum(modules: Modules) -> bool:
    return [fold_layer_word(module.word) for element in modules.elements for module in element] == ["add"]


def _slice(index: ast.Slice) -> slice:
    ends = [None if end is None else ast.literal_eval(end) for end in (index.lower, index.upper, index.step)]
    return slice(*ends)


_LOOKS: Mapping[type[ast.expr], Callable[[Evaluation, Any], Thing]] = {
    ast.Name: Evaluation.look_up,
    ast.Attribute: Evaluation.look_up_own,
    ast.Call: Evaluation.call,
    ast.BinOp: Evaluation.operate,
    ast.Tuple: Evaluation.several,
    ast.List: Evaluation.several,
    ast.Subscript: lambda evaluation, node: _at(evaluation.evaluate(node.value), node.slice),
    ast.Starred: Evaluation.within,
    ast.NamedExpr: Evaluation.within,
    ast.UnaryOp: lambda evaluation, node: evaluation.evaluate(node.operand),
    ast.IfExp: lambda evaluation, node: evaluation.evaluate(node.body) or evaluation.evaluate(node.orelse),
}
"""What is done with each kind of expression; others concern no layers."""
