"""What code makes: its classes and functions that make layers, as they call each other."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from service.requests.code.class_functions import MAKING
from service.requests.code.function_parameters import parameters_of
from service.requests.code.making.expressions import Names
from service.requests.code.making.statements import CodeStatements, Returned
from service.requests.code.making.values import (
    MOST_ELEMENTS,
    CodeClass,
    Instance,
    LocalFunction,
    Modules,
    NotFollowed,
    Written,
    built_in,
    is_constant,
    modules_of_call,
    written_out,
)
from service.requests.code.python_syntax import written_name
from service.requests.code.using.functions import sort_of

_DEEPEST = 24
"""Functions and classes that make each other."""


@dataclass(eq=False)
class Making(CodeStatements):
    """Code that makes layers: its classes and its functions, as they call each other."""

    run: set[str] = field(default_factory=set)
    """The functions that were gone through."""
    made: set[str] = field(default_factory=set)
    """The classes of which a module was made within another."""
    _depth: int = 0

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
        except Returned as returned:
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

    def _set(self, own: Instance, name: object, module: object) -> None:
        if not isinstance(name, str):
            raise NotFollowed
        self.has_followed = True
        own.attributes[name] = module

    def _begin(self, own: Instance, name: str, node: ast.Call, names: Names) -> None:
        """Go through what the class does that a class of the code is made of."""
        if name != "__init__":
            return
        beginning = own.beginning
        base = next((base for base in beginning.bases if "__init__" in base.functions), None)
        if base is not None and self._depth < _DEEPEST:
            own.beginning = base.having("__init__") or base
            self._run(base.functions["__init__"], node, names, own)
            own.beginning = beginning
        elif beginning.is_sequential:
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


def _is_made_of_layers(instance: Instance) -> bool:
    """Return whether a module has others in it, and not parameters alone, as someone's own LayerNorm has."""
    values = (*instance.attributes.values(), *instance.chain)
    return any(
        not is_constant(value)
        and not (isinstance(value, Written) and written_name(getattr(value.node, "func", value.node)) in _PARAMETERS)
        for value in values
    )


_PARAMETERS = frozenset(("nn.Parameter", "Parameter", "torch.nn.Parameter", "nnx.Param", "mx.ones", "mx.zeros"))
