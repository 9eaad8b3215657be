"""Keys as code has them, jax.random.split(jax.random.PRNGKey(0), 3)[1], as the steps of the parameter `key`.

Sources: jax/_src/random.py, JAX 0.10.2; flax/nnx/rnglib.py, Flax 0.12.8.
"""

from __future__ import annotations

import ast
import math
import re
from typing import Any

from service.requests.code.python_syntax import parsed_expression, written_name

_LARGEST_SEED = 2**64 - 1
_OF_SEED = frozenset(("PRNGKey", "key"))
_VARIABLES = frozenset(("key", "rng", "seed", "prng_key", "rng_key", "root_key", "main_key", "master_key"))
"""What code calls the key that it begins with: that of the request's seed."""
_USUAL_NUMBER = 2
"""Of `split`."""
_IMPLEMENTATIONS = frozenset(("threefry2x32", "threefry2x32_p"))
_OF_KERAS = re.compile(r"\s*(?:\w+\.){1,4}(?=set_random_seed|SeedGenerator)")
"""The modules before Keras's functions."""


def written_as_steps(text: str) -> str:
    """Return a key as the parameter has it; what is no code stays. Raises ValueError of code that leads to no key."""
    text = _OF_KERAS.sub("", text)
    # The names of modules are no Python.
    head, of_modules, rest = text.partition("/linen(")
    node = parsed_expression(head)
    if node is None or not isinstance(node, ast.Call | ast.Subscript | ast.BinOp | ast.Name | ast.List):
        return text
    steps = _steps(node)
    return text if steps is None else "/".join(filter(None, steps)) + of_modules + rest


def _steps(node: ast.expr) -> list[str] | None:
    """Return the seed, empty where the request's is meant, and the steps after it; None of what is none of this."""
    found: list[str] | None = None
    match node:
        case ast.Constant(int()):
            found = [str(node.value)]
        case ast.List([ast.Constant(0), ast.Constant(int()) as low]):
            found = [str(low.value)]
        case ast.Name(name):
            if name not in _VARIABLES:
                raise ValueError(f"which key {name!r} is the request does not say: write how it is made, from a seed")
            found = [""]
        case ast.BinOp(left, ast.Div(), right):
            before, step = _steps(left), _step(right)
            found = None if before is None else [*before, step]
        case ast.Subscript(ast.Name("split")) | ast.Call(ast.Name("fold_in"), [_], []):
            # A step by itself, of the key of the request's seed.
            found = ["", _step(node)]
        case ast.Subscript(value, index):
            found = _indexed(value, index)
        case ast.Call():
            found = _called(node)
    return found


def _step(node: ast.expr) -> str:
    """Return a step that stands after /, as the parameter has it."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "split":
        node = ast.Subscript(ast.Call(node.value, [ast.Constant(_USUAL_NUMBER)], []), node.slice)
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Call)
        and written_name(node.value.func) == "split"
    ):
        return _split(node.value, node.value.args[:1], node.slice)
    return ast.unparse(node).replace(" ", "")


def _indexed(value: ast.expr, index: ast.expr) -> list[str] | None:
    """Return the steps to one of several keys: split(key, 3)[1], split(key, (2, 3))[1, 2] and [1][2]."""
    indices = [index]
    while isinstance(value, ast.Subscript):
        indices.insert(0, value.slice)
        value = value.value
    if not isinstance(value, ast.Call) or written_name(value.func).rpartition(".")[2] != "split" or not value.args:
        return None
    before = _steps(value.args[0])
    if before is None:
        return None
    together = index if len(indices) == 1 else ast.Tuple(indices, ast.Load())
    if before == [""] or not isinstance(value.args[0], ast.Constant):
        return [*before, _split(value, value.args[1:], together)]
    # split(3)[1] by itself, of the key of the request's seed.
    return ["", _split(value, value.args[:1], together)]


def _split(call: ast.Call, sizes: list[ast.expr], index: ast.expr) -> str:
    """Return the step that takes one of the keys of a split. Raises ValueError."""
    sizes = [*sizes, *(keyword.value for keyword in call.keywords if keyword.arg in {"num", "shape"})]
    shape = _whole_numbers(sizes[0]) if sizes else (_USUAL_NUMBER,)
    place = _whole_numbers(index)
    written = ast.unparse(call)[:48]
    if shape is None or place is None or len(shape) != len(place):
        raise ValueError(f"{written!r}: one of its keys is meant, by whole numbers, as in split(key, 3)[1]")
    at = 0
    for size, number in zip(shape, place, strict=True):
        if size > 0 and not -size <= number < size:
            raise ValueError(f"{written!r}: of {size} keys the last is [{size - 1}]")
        at = at * size + (number % size if size > 0 else number)
    return f"split({math.prod(shape)})[{at}]"


def _called(node: ast.Call) -> list[str] | None:
    path = written_name(node.func)
    name = path.rpartition(".")[2]
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    given: list[Any] = [*node.args]
    if name in _OF_SEED:
        return [_root(given[0] if given else keywords.get("seed"), keywords.get("impl"))]
    if name == "fold_in" and len(given) + ("data" in keywords) == 2:
        before, data = _steps(given[0]), given[1] if len(given) > 1 else keywords["data"]
        return None if before is None else [*before, f"fold_in({ast.unparse(data)})"]
    if name == "clone" and len(given) == 1:
        return _steps(given[0])
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call) and not given:
        made = node.func.value
        if written_name(made.func).rpartition(".")[2] == "Rngs" and node.func.attr in {"params", "default"}:
            seeds = [*made.args, *(each.value for each in made.keywords if each.arg in {"params", "default"})]
            return [_root(seeds[0] if len(seeds) == 1 else None, None), "nnx[0]"]
    if name == "split":
        raise ValueError(f"{ast.unparse(node)[:48]!r} is several keys: which of them is meant, such as [1]?")
    return None


def _root(seed: ast.expr | None, implementation: ast.expr | None) -> str:
    """Return the seed of a key; nothing where it is the request's. Raises ValueError."""
    if implementation is not None:
        word = implementation.value if isinstance(implementation, ast.Constant) else ast.unparse(implementation)
        if word not in _IMPLEMENTATIONS:
            raise ValueError(f"keys of {word!r} are not made here: JAX's default is threefry2x32")
    if isinstance(seed, ast.Name):
        return ""
    numbers = None if seed is None else _whole_numbers(seed)
    if numbers is None or len(numbers) != 1:
        raise ValueError("a seed is one whole number, as in jax.random.key(42)")
    if not 0 <= numbers[0] <= _LARGEST_SEED:
        least = numbers[0] % 2**32
        raise ValueError(f"the seed {numbers[0]} is {least} where JAX has no 64 bits, its default: write {least}")
    return str(numbers[0])


def _whole_numbers(node: ast.expr) -> tuple[int, ...] | None:
    """Return a whole number, or several; None of what is neither."""
    nodes = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    found = []
    for each in nodes:
        sign, number = (
            (-1, each.operand) if isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.USub) else (1, each)
        )
        if not isinstance(number, ast.Constant) or type(number.value) is not int:
            return None
        found.append(sign * number.value)
    return tuple(found)
