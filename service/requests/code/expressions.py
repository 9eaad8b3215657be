"""A number as code computes it: math.sqrt(2), 2 ** 0.5, 1 / 3, nn.init.calculate_gain('tanh')."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

from service.activations.gains import gain
from service.activations.names import UnknownActivation
from service.requests.code.python_syntax import parsed_expression
from service.tensors.errors import InvalidParameter

_LONGEST = 96

_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: math.pow,
}

_FUNCTIONS: Mapping[str, Callable[[float], float]] = {"sqrt": math.sqrt, "log": math.log, "exp": math.exp}


def evaluate(text: str) -> float:
    """Return the number that an expression of numbers, roots, logarithms and PyTorch's gains is. Raises ValueError."""
    if len(text) > _LONGEST:
        raise ValueError(text)
    node = parsed_expression(text)
    if node is None:
        raise ValueError(text)
    return evaluate_node(node)


def evaluate_node(node: ast.expr) -> float:
    """Return the number that such an expression is, as Python has parsed it. Raises ValueError."""
    try:
        number = _number(node)
    except (ArithmeticError, RecursionError) as error:
        raise ValueError("no number") from error
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number


def _number(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _number(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_number(node.left), _number(node.right))
    if isinstance(node, ast.Call) and not node.keywords:
        return _called(_last_name(node.func), node.args)
    raise ValueError(ast.dump(node))


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr.lower()
    return function.id.lower() if isinstance(function, ast.Name) else ""


def _called(name: str, arguments: list[ast.expr]) -> float:
    if name in _FUNCTIONS and len(arguments) == 1:
        return _FUNCTIONS[name](_number(arguments[0]))
    word = arguments[0].value if arguments and isinstance(arguments[0], ast.Constant) else None
    if name == "calculate_gain" and isinstance(word, str) and len(arguments) <= 2:
        slope = _number(arguments[1]) if len(arguments) > 1 else None
        try:
            return gain(word[:64], slope if word.lower() == "leaky_relu" else None, "pytorch")
        except (InvalidParameter, UnknownActivation) as error:
            raise ValueError(name) from error
    raise ValueError(name)
