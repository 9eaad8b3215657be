"""The paths that modules have in a whole model, as the names of code that is written out."""

from __future__ import annotations

import ast

from service.requests.code.making.values import Modules

POINT = "\ua4f8"
"""A letter, to Python, that looks like a point and stands in no one's names."""


def path_of(name: str) -> str:
    """Return the path in the model that a name of what is written out is of."""
    return name.replace(POINT, ".")


def joined(*names: str) -> str:
    """Return the path of names within each other, of which some may be empty."""
    return ".".join(filter(None, names))


def own_member(path: str, context: ast.expr_context) -> ast.Attribute:
    """Return self's member that the module at a path has become."""
    return ast.Attribute(ast.Name("self", ast.Load()), path.replace(".", POINT), context)


def name_of(value: object, place: int) -> str:
    """Return the name of an item of a list of modules."""
    return value.path(place) if isinstance(value, Modules) else str(place)
