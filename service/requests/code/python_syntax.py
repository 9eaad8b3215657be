"""Lines of code, and expressions, as Python parses them: what clients write is parsed here and nowhere else."""

from __future__ import annotations

import ast
import re

from service.requests.code.statements import LONGEST

_LONGEST = 2**11
"""Characters of a line."""

_DEEPEST = 100
"""Expressions within each other."""

_WARNED_OF = re.compile(r"\\|(?<!\w)0[xXoObB]|(?<!\w)[0-9][0-9_.eE+-]{0,24}[jJ]?(?:and|else|for|if|in|is|not|or)")
"""What Python's parser warns of, on the log: escapes that are none, numbers that run into words. Layers have none."""


def parsed(line: str) -> list[ast.stmt]:
    """Return the statements of a line of Python; none of what is no Python."""
    return _statements(line) if len(line) <= _LONGEST else []


def _statements(text: str) -> list[ast.stmt]:
    if _WARNED_OF.search(text):
        return []
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return [] if level else tree.body


def parsed_expression(text: str) -> ast.expr | None:
    """Return the expression that a text is; None of what is none."""
    statements = parsed(text.strip())
    only = statements[0] if len(statements) == 1 else None
    return only.value if isinstance(only, ast.Expr) else None


def written_name(node: ast.expr) -> str:
    """Return a name with the modules before it; empty where something else is before it."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def parsed_code(text: str) -> list[ast.stmt]:
    """Return the statements of some lines of Python; none of what is no Python."""
    return _statements(text) if len(text) <= LONGEST else []
