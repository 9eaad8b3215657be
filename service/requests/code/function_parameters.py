"""The parameters of a function of pasted code, and what they are where a call gives nothing for them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FunctionParameters:
    """The parameters of a function; the first of a method's is the object."""

    by_place: tuple[str, ...]
    by_name: tuple[str, ...]
    """Those that a call can give by their names alone."""
    defaults: Mapping[str, ast.expr]

    def without_object(self) -> FunctionParameters:
        """Return those of a method that a call of it gives."""
        return FunctionParameters(self.by_place[1:], self.by_name, self.defaults)


def parameters_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> FunctionParameters:
    """Return the parameters of a function but for those that take any number of arguments, *args and **kwargs."""
    arguments = function.args
    by_place = tuple(each.arg for each in (*arguments.posonlyargs, *arguments.args))
    by_name = tuple(each.arg for each in arguments.kwonlyargs)
    last = by_place[len(by_place) - len(arguments.defaults) :]
    defaults = {
        **dict(zip(last, arguments.defaults, strict=True)),
        **{name: value for name, value in zip(by_name, arguments.kw_defaults, strict=True) if value is not None},
    }
    return FunctionParameters(by_place, by_name, defaults)
