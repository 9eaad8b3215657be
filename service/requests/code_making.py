"""What code makes: its functions that make layers are gone through, with the loops and the classes in them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from service.requests.code_functions import sort_of
from service.requests.code_values import (
    MAKING,
    MOST_ELEMENTS,
    CodeClass,
    Instance,
    LocalFunction,
    Modules,
    NotFollowed,
    Written,
    built_in,
    compared,
    is_constant,
    modules_of_call,
    operated,
    truth,
    written_out,
)
from service.requests.function_parameters import parameters_of
from service.requests.python_syntax import written_name

_MOST_STEPS = 2**14
"""Statements and expressions that are looked at."""
_LONGEST_TEXT = 256
_COPIED = 16
"""Elements of a list that are copied in the time of a step."""
_DEEPEST = 24
"""Functions and classes that make each other."""

Names = dict[str, object]


class _Returned(Exception):
    """A function's end."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


@dataclass(eq=False)
class Making:
    """Code that makes layers, gone through as Python would, as far as numbers and lists say how."""

    classes: Mapping[str, CodeClass]
    functions: Mapping[str, ast.FunctionDef]
    names: Names = field(default_factory=dict)
    """What names stand for outside of classes and functions."""
    has_followed: bool = False
    """Whether a loop, a function or a class of the code was gone through."""
    run: set[str] = field(default_factory=set)
    """The functions that were gone through."""
    made: set[str] = field(default_factory=set)
    """The classes of which a module was made within another."""
    _steps: int = 0
    _depth: int = 0
    _selves: list[Instance] = field(default_factory=list)

    # Classes and functions.

    def instance(self, of: CodeClass, call: ast.Call | None, names: Names) -> Instance:
        """Return the module that a call of a class makes. Raises NotFollowed."""
        instance = Instance(of)
        making = next((name for name in MAKING if name in of.functions), None)
        is_of_members = making != "__init__"
        given = self._given([*of.defaults], call, names) if is_of_members and call is not None else {}
        instance.attributes |= {**self.members(of), **given}
        if making is not None:
            self._run(of.functions[making], None if is_of_members else call, names, instance)
        return instance

    def members(self, of: CodeClass) -> Names:
        """Return what stands in a class and in no function of it."""
        return {name: self.value(value, self.names) for name, value in of.defaults.items() if value is not None}

    def _given(self, order: Sequence[str], call: ast.Call, names: Names) -> Names:
        values = self._arguments(call.args, names)
        given: Names = dict(zip(order, values, strict=False))
        given |= {each.arg: self.value(each.value, names) for each in call.keywords if each.arg is not None}
        return given

    def _run(
        self,
        function: ast.FunctionDef,
        call: ast.Call | None,
        names: Names,
        own: Instance | None,
        around: Names | None = None,
    ) -> object:
        """Return what a function returns; `around` are the names of the function that it is in. Raises NotFollowed."""
        if self._depth >= _DEEPEST:
            raise NotFollowed
        parameters = parameters_of(function) if own is None else parameters_of(function).without_object()
        local: Names = {name: self._parameter(name) for name in parameters.by_place}
        local |= {name: Written(ast.Name(name, ast.Load())) for name in parameters.by_name}
        local |= {name: self.value(default, self.names) for name, default in parameters.defaults.items()}
        if call is not None:
            local |= self._given(parameters.by_place, call, names)
            if function.args.vararg is not None:
                local[function.args.vararg.arg] = self._arguments(call.args, names)[len(parameters.by_place) :]
        local = {**(around or {}), **local}
        self._depth += 1
        try:
            with nullcontext() if own is None else self.within(own):
                self.body(function.body, local)
        except _Returned as returned:
            return returned.value
        finally:
            self._depth -= 1
        return None

    def _parameter(self, parameter: str) -> Instance | Written:
        """Return what a parameter is that has no default: a class of the code may have the defaults of all."""
        named = [each for name, each in self.classes.items() if name.endswith(_CONFIGURATIONS)]
        if parameter not in _CONFIGURED or len(named) != 1 or not named[0].defaults:
            return Written(ast.Name(parameter, ast.Load()))
        return Instance(named[0], self.members(named[0]))

    @contextmanager
    def within(self, instance: Instance) -> Iterator[None]:
        """Take self for a module."""
        self._selves.append(instance)
        try:
            yield
        finally:
            self._selves.pop()

    # Statements.

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
        raise _Returned(None if statement.value is None else self.value(statement.value, names))

    def stop(self, _statement: ast.stmt, _names: Names) -> None:
        """Follow no loop whose end is decided while it runs."""
        raise NotFollowed

    def _is_done(self, call: ast.Call) -> bool:
        """Return whether a call whose value nobody takes may add modules: others print, or fill what is there."""
        name, last = written_name(call.func), call.func.attr if isinstance(call.func, ast.Attribute) else ""
        is_own = bool(self._selves) and name.removeprefix("self.") in self._selves[-1].of.functions
        return last in _ADDING | {"__init__"} or name in _ADDING or is_own

    def augment(self, statement: ast.AugAssign, names: Names) -> None:
        """Add to a list, or to a number."""
        target, operation, value = statement.target, statement.op, self.value(statement.value, names)
        before = self.value(target, names)
        items = before.items if isinstance(before, Modules) else before
        if isinstance(items, list) and isinstance(value, list | tuple) and isinstance(operation, ast.Add):
            self._extend(items, value)
        else:
            self.bind(target, operated(operation, before, value), names)

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

    # Expressions.

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

    def call(self, node: ast.Call, names: Names) -> object:
        """Return what a call makes: a module of a class of the code, a list, a layer as it is written."""
        name = written_name(node.func)
        of_code = self._of_code(node, name, names)
        if of_code is None and isinstance(node.func, ast.Attribute):
            of_code = self._method(node, node.func, names)
        if of_code is not None:
            return of_code[0]
        if isinstance(node.func, ast.Name) and node.func.id in names:
            return self._of_parameter(node, names[node.func.id], names)
        arguments = self._arguments(node.args, names)
        of_python = self._of_python(node, name, arguments, names)
        if of_python is not None:
            return of_python[0]
        found = modules_of_call(node, arguments)
        return self._written(node, arguments, names) if found is None else found

    def _of_code(self, node: ast.Call, name: str, names: Names) -> tuple[object] | None:
        """Return, in a tuple, what a class or a function of the code makes; None of others."""
        own = self._selves[-1] if self._selves else None
        method = name.removeprefix("self.")
        if name in self.classes and name not in names:
            self.made.add(name)
            made: object = self.instance(self.classes[name], node, names)
            if isinstance(made, Instance) and sort_of(name) != "unknown" and not _is_made_of_layers(made):
                made = self._written(node, self._arguments(node.args, names), names)
        elif name in self.functions and name not in names:
            self.run.add(name)
            made = self._run(self.functions[name], node, names, None)
        elif own is not None and name.startswith("self.") and method in own.of.functions:
            made = self._run(own.of.functions[method], node, names, own)
        else:
            return None
        self.has_followed = True
        return (made,)

    def _of_python(self, node: ast.Call, name: str, arguments: list[object], names: Names) -> tuple[object] | None:
        """Return, in a tuple, what a function of Python's, or JAX's of keys, makes; None of others."""
        own = self._selves[-1] if self._selves else None
        if name == "setattr" and len(arguments) == 3 and own is not None and self._is_self(node.args[0]):
            self._set(own, *arguments[1:])
            return (None,)
        if name.endswith(_OF_KEYS) and arguments:
            count = arguments[1] if len(arguments) > 1 else 2
            return ([Written(node)] * min(count, MOST_ELEMENTS),) if isinstance(count, int) else None
        if name == "dict" and not arguments:
            return ({each.arg: self.value(each.value, names) for each in node.keywords if each.arg is not None},)
        is_known = name in _PYTHONS and not node.keywords and all(not isinstance(each, Written) for each in arguments)
        return (built_in(name, arguments),) if is_known else None

    def _written(self, node: ast.Call, arguments: Sequence[object], names: Names) -> Written:
        """Return a call as it is written, with numbers in the place of names."""
        keywords = [ast.keyword(each.arg, written_out(self.value(each.value, names))) for each in node.keywords]
        function = node.func
        if isinstance(function, ast.Attribute) and not written_name(function):
            function = ast.Attribute(written_out(self.value(function.value, names)), function.attr, ast.Load())
        elif isinstance(function, ast.Call):
            function = written_out(self.value(function, names))
        return Written(ast.Call(function, [*map(written_out, arguments)], keywords))

    def _of_parameter(self, node: ast.Call, function: object, names: Names) -> object:
        """Return what a class or a function makes that a name stands for, norm_layer(64)."""
        if isinstance(function, LocalFunction):
            self.has_followed = True
            return self._run(function.node, node, names, None, function.names)
        if not isinstance(function, Written):
            raise NotFollowed
        if written_name(function.node) in names:
            return self._written(node, self._arguments(node.args, names), names)
        return self.call(ast.Call(function.node, node.args, node.keywords), names)

    def _method(self, node: ast.Call, function: ast.Attribute, names: Names) -> tuple[object] | None:
        """Return, in a tuple, what a method does that adds modules, or that begins a class; None of others."""
        own = self._selves[-1] if self._selves else None
        is_super = isinstance(function.value, ast.Call) and written_name(function.value.func) == "super"
        if is_super and own is not None:
            self._begin(own, function.attr, node, names)
            return (None,)
        if self._is_self(function.value) and function.attr in {"add_module", "register_module"} and len(node.args) == 2:
            if own is not None:
                self._set(own, *self._arguments(node.args, names))
            return (None,)
        if function.attr not in {"append", "extend"} or len(node.args) != 1:
            return None
        base = self.value(function.value, names)
        items = base.items if isinstance(base, Modules) else base
        if not isinstance(items, list):
            return None
        is_one = function.attr == "append"
        self._extend(items, [self.value(node.args[0], names)] if is_one else self.elements(node.args[0], names))
        return (None,)

    def _extend(self, items: list[object], others: Sequence[object]) -> None:
        self.has_followed = True
        if len(items) + len(others) > MOST_ELEMENTS:
            raise NotFollowed
        items += others

    def _set(self, own: Instance, name: object, module: object) -> None:
        if not isinstance(name, str):
            raise NotFollowed
        self.has_followed = True
        own.attributes[name] = module

    def _begin(self, own: Instance, name: str, node: ast.Call, names: Names) -> None:
        """Go through what the class does that a class of the code is made of."""
        if name != "__init__":
            return
        base = next((base for base in own.of.bases if "__init__" in base.functions), None)
        if base is not None and self._depth < _DEEPEST:
            outer = own.of
            own.of = base
            self._run(base.functions["__init__"], node, names, own)
            own.of = outer
        elif own.of.is_sequential:
            own.chain += self._arguments(node.args, names)


_PYTHONS = frozenset(
    (
        "range", "len", "zip", "enumerate", "reversed", "list", "tuple", "int", "max", "min", "sum", "dict",
        "OrderedDict", "collections.OrderedDict",
    )
)  # fmt: skip
_OF_KEYS = ("random.split", "jr.split", "jrandom.split")
"""JAX's function that makes several keys of one, 2 unless it is told how many."""
_CONFIGURATIONS = ("Config", "Args", "Configuration")
_CONFIGURED = frozenset(("config", "cfg", "conf", "args", "params", "configuration"))
"""How classes and parameters are called that hold the sizes of a model."""
_ADDING = frozenset(("append", "extend", "insert", "add_module", "register_module", "setattr"))


def _is_made_of_layers(instance: Instance) -> bool:
    """Return whether a module has others in it, and not parameters alone, as someone's own LayerNorm has."""
    values = (*instance.attributes.values(), *instance.chain)
    return any(
        not is_constant(value)
        and not (isinstance(value, Written) and written_name(getattr(value.node, "func", value.node)) in _PARAMETERS)
        for value in values
    )


_PARAMETERS = frozenset(("nn.Parameter", "Parameter", "torch.nn.Parameter", "nnx.Param", "mx.ones", "mx.zeros"))


def _makes(statement: ast.stmt) -> bool:
    """Return whether a statement may make modules, or what they are made of."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Return | ast.Raise | ast.AugAssign):
            return not isinstance(node, ast.Raise)
        is_stored = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store)
        is_target = isinstance(statement, ast.For) and node in ast.walk(statement.target)
        if is_stored and not is_target:
            return True
        if isinstance(node, ast.Call) and written_name(node.func).rpartition(".")[2] in _ADDING:
            return True
    return False


_FOLLOWS: Mapping[type[ast.stmt], Callable[[Making, Any, Names], None]] = {
    ast.Assign: Making.assign,
    ast.AnnAssign: Making.assign_one,
    ast.AugAssign: Making.augment,
    ast.Expr: Making.do,
    ast.For: Making.turn,
    ast.If: Making.branch,
    ast.With: Making.enter,
    ast.Try: Making.enter,
    ast.FunctionDef: Making.define,
    ast.Return: Making.end,
    ast.While: Making.stop,
    ast.Break: Making.stop,
    ast.Continue: Making.stop,
}
"""What is done with each kind of statement; others make nothing."""

_LOOKS: Mapping[type[ast.expr], Callable[[Making, Any, Names], object]] = {
    ast.Constant: lambda _making, node, _names: node.value,
    ast.Name: Making.look_up,
    ast.Attribute: Making.look_up_own,
    ast.List: Making.several,
    ast.Tuple: Making.several,
    ast.Dict: Making.mapping,
    ast.BinOp: Making.operate,
    ast.UnaryOp: Making.negate,
    ast.Compare: Making.compare,
    ast.BoolOp: Making.decide,
    ast.IfExp: Making.choose,
    ast.Subscript: Making.part,
    ast.ListComp: Making.comprehend,
    ast.GeneratorExp: Making.comprehend,
    ast.JoinedStr: Making.text,
    ast.Call: Making.call,
}
