"""Code by its lines: those that make layers, and those of the functions that use them, by the classes they are in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from service.requests.code.class_functions import ENTRIES, MAKING
from service.requests.code.function_parameters import parameters_of
from service.requests.code.numbers import CodeNumbers
from service.requests.code.python_syntax import parsed
from service.requests.code.statements import Statement, statement_of, statements_of
from service.requests.code.using.evaluation import Method

_NO_LAYER = re.compile(
    r"(?:import|from|using|use|mod|extern|#include|package|super|print|assert|pass|raise|global|del|plt|np|jnp|random|torch\.(?:manual_seed|device|set_\w+)|"
    r"model\.(?:compile|summary|build|fit|to|eval|train|evaluate|predict))\b|"
    r"(?:if|elif|else|try|except|finally|with)\b.*:$|@|['\"]|(?:self|model|net)\.apply\([\w.]{1,64}\)$|"
    r"for\s+[\w, ()]{1,64}\s+in\s+(?:self|model|net)\.(?:named_)?(?:modules|parameters|children)\("
)
"""How lines of code begin that make no layer."""
_NO_LAYERS = re.compile(
    r"(?:[\w.]+\.)?(?:optim|optimizers?|losses|metrics|callbacks|datasets|random|optax)\.|['\"]|"
    r"(?:jnp|np)\.(?!\w{1,32}\(\s*(?:\w{1,32}\.){0,4}[A-Z])|"
    r"torch\.(?:randn?|randint|zeros|ones|empty|full|tensor|arange|linspace|from_numpy|load|save|utils)\b|"
    r"(?:hk|haiku)\.(?:transform|without_apply_rng|multi_transform|PRNGSequence)\w*\b|nnx\.Rngs\b|"
    r"(?:[\w.]+\.)?(?:Model|Functional)\s*\(\s*\w+\s*[=,]"
)
"""How what is assigned begins where it is none, or a model of layers that are made before."""
_RETURN = re.compile(r"return\s+(?!self\.)(?=[\w.:]+\s*\()")
"""A layer, or several, that a function makes and returns."""
_FUNCTION = re.compile(r"(?:async\s+)?def\s+(\w+)|class\b")
_USING = re.compile(r"forward\w*|call|__call__|\w*step|main|_?init_\w+|train\w*|evaluate\w*|test\w*|loss\w*|predict\w*")
"""Functions that use layers, of those that are in no class."""
_MADE_AS_CALLED = re.compile(r"@(?:\w+\.)*compact\b")
"""Flax's decorator of a function that makes layers where it uses them."""
_HAIKU = re.compile(r"\b(?:hk|haiku)\.[A-Za-z]")
"""Haiku's modules may do so without one, and its functions."""
_FIELD = re.compile(r"\w+\s*:\s*[\w.\[\], |]+?\s*(?:=\s*(?:[^A-Za-z]*|(['\"])[^'\"]*\1|None|True|False))?")
"""The type of a class's member, which may have a value that makes nothing: fc: eqx.nn.Linear, sizes: list = [64]."""
_SELF = re.compile(r"\bself\b")
_CLASS = re.compile(r"class\s+(\w+)")


@dataclass(eq=False)
class Scope:
    """A class, or the code that is in none."""

    is_class: bool = False
    methods: dict[str, Method] = field(default_factory=dict)
    """The functions that use its layers."""

    @property
    def entry(self) -> str | None:
        """The function that the network is used by; None where the code shows none."""
        return next((name for name in ENTRIES if name in self.methods), None)


@dataclass(frozen=True)
class MakingLine:
    """A line that makes a layer, or several."""

    statement: Statement
    line: str
    scope: Scope
    is_compact: bool = False
    """Whether it is in a function of Flax's that makes layers where it uses them."""
    is_setup: bool = False
    """Whether it is in the one that makes a Flax module's layers before they are used."""
    parameters: tuple[str, ...] = ()
    """Those of the function that it is in."""


@dataclass
class CodeLines:
    """The lines so far, and the function that they are in."""

    numbers: CodeNumbers = field(default_factory=CodeNumbers)
    scope: Scope = field(default_factory=Scope)
    scopes: list[Scope] = field(default_factory=list)
    _classes: set[str] = field(default_factory=set)
    _outside: Scope = field(default_factory=Scope)
    _is_making: bool = True
    _is_compact: bool = False
    _function: list[str] | None = None
    """The lines of one that uses layers."""
    _name: str = ""
    _parameters: tuple[str, ...] = ()
    _defaults: Mapping[str, str] = field(default_factory=dict)
    """What the function's parameters are where nobody gives them."""

    def making(self, code: str) -> Iterator[MakingLine]:
        """Yield the lines of code that make layers, with numbers for the names of some."""
        self.scope = self._outside
        self.scopes.append(self.scope)
        makes_as_called = _HAIKU.search(code) is not None
        is_next = False
        for written in statements_of(code):
            line = written.strip()
            function = _FUNCTION.match(line)
            if function is not None:
                self.numbers.take_defaults(line)
                is_haiku = makes_as_called and (function[1] == "__call__" or not written[:1].isspace())
                self._enter(written, function[1], is_compact=is_next, is_made_as_called=is_next or is_haiku)
                is_next = False
                continue
            if line and not written[:1].isspace() and _SELF.search(line) is None:
                self._end()
            if self._is_making:
                made = self._made(line)
                if made is not None:
                    line = self.numbers.written_out(line)
                    yield MakingLine(made, line, self.scope, self._is_compact, self._name == "setup", self._parameters)
            elif self._function is not None:
                self._function.append(written)
            is_next = _MADE_AS_CALLED.match(line) is not None
        self._leave()

    def _made(self, line: str) -> Statement | None:
        """Return the statement of a line that makes something; None of others."""
        if not line.strip(",;)]}") or _NO_LAYER.match(line) or self.numbers.takes(line):
            return None
        if self.scope.is_class and _FIELD.fullmatch(line):
            return None
        made = statement_of(self.numbers.written_out(_RETURN.sub("", line)))
        if self.scope is self._outside and made.text.partition("(")[0] in self._classes:
            return None
        made = replace(made, text=self._defaults.get(made.text, made.text))
        return None if made.text.startswith("return") or _NO_LAYERS.match(made.text) else made

    def _enter(self, written: str, function: str | None, *, is_compact: bool, is_made_as_called: bool) -> None:
        """Begin a function or a class."""
        self._leave()
        is_of_class = written[:1].isspace()
        if function is None:
            self.scope = Scope(is_class=True)
            self._classes.update(_CLASS.findall(written))
            self.scopes.append(self.scope)
        elif not is_of_class and "self" not in written:
            self.scope = self._outside
        self._is_making = is_made_as_called or _is_making(function, is_of_class=is_of_class)
        self._is_compact = is_compact
        self._parameters, self._defaults = ((), {}) if function is None else _parameters(written.strip())
        self._name = function or ""
        self._function = None if function is None or self._is_making else []

    def _end(self) -> None:
        """End the class, or the function, before a line that is in none."""
        if self.scope is not self._outside or not self._is_making:
            self._leave()
            self.scope, self._is_making, self._is_compact, self._name = self._outside, True, False, ""
            self._parameters, self._defaults = (), {}

    def _leave(self) -> None:
        """End the function that the lines are in."""
        if self._function is not None:
            self.scope.methods[self._name] = Method(self._parameters, tuple(self._function))
        self._function = None


def _parameters(header: str) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the names of a function's parameters, and the defaults of those that have a function or a class for it."""
    for statement in parsed(f"{header} pass"):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            found = parameters_of(statement)
            defaults = {name: ast.unparse(each) for name, each in found.defaults.items() if isinstance(each, _MODULES)}
            return tuple(name for name in found.by_place if name != "self"), defaults
    return (), {}


_MODULES = (ast.Name, ast.Attribute, ast.Call)
"""Expressions that may stand for a module."""


def _is_making(function: str | None, is_of_class: bool) -> bool:
    """Return whether a function makes layers; None of what stands in a class and in no function."""
    if function is None or function in MAKING:
        return True
    return not is_of_class and _USING.fullmatch(function) is None
