"""Arrays as code makes them: np.random.randn(784, 256) * 0.01, torch.empty(2, 3).normal_(0, 0.02), np.ones(3)."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from service.catalogue.catalogue import CATALOGUE
from service.requests.code.arrays.array_laws import (
    BARE,
    BY_LIBRARY,
    DTYPE_METHODS,
    FILLED,
    IDLE,
    MLX,
    NAMES,
    SCALED,
    SHIFTED,
    SILENT_METHODS,
    WRAPPERS,
    ArrayLaw,
    Maker,
    UnreadableArray,
)
from service.requests.code.arrays.array_steps import NO_STEPS, Steps
from service.requests.code.calls import LONGEST, WrittenCall, read_call
from service.requests.code.expressions import evaluate_node
from service.requests.code.python_syntax import parsed_expression

_ELEMENTWISE = re.compile(r"(?<=[\s)\w])\s\.([*/+-])")
"""Julia's operators on the elements of arrays."""
_FLOAT_32 = re.compile(r"(?<=[0-9.])f0\b")
"""Julia's exponent of numbers with 32 bits, 0.01f0."""
_BARE_OF_NUMPY = re.compile(
    r"(?:(?:np|numpy|rng|gen|generator)\.)?(?:random\.)?(?:(?:RandomState|Generator|default_rng)\.)?"
    r"(standard_normal|random_sample|ranf)"
)
"""Functions of NumPy's that no framework has an initializer of, without their brackets."""
_OF_KEYS = frozenset(("PRNGKey", "key", "split", "fold_in", "clone"))
"""Functions that make keys."""
_GENERATORS = frozenset(("default_rng", "RandomState", "Generator"))
_OF_ANOTHER_STREAM = (
    "The seed is that of this service's stream: the code's own library draws other numbers with it, which stream= has "
    "for some libraries."
)
_READ = "only products and quotients with numbers, sums and differences with them"


@dataclass(frozen=True)
class _Array:
    """An array that an expression makes, as far as it says."""

    law: ArrayLaw
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    seed: str | None = None
    idle: tuple[str, ...] = ()
    steps: Steps = NO_STEPS
    key: str = ""

    def after(self, law: ArrayLaw, operation: str, number: ast.expr | None = None, value: float = 0.0) -> _Array:
        """Return the array after an operation, with a number where it has one, that leaves it with a law."""
        return replace(self, law=law, steps=self.steps.after(self.law, operation, number, value))

    def of_dtype(self, dtype: str) -> _Array:
        """Return the array in another dtype."""
        return replace(self, dtype=dtype, steps=self.steps.converted(self.law, dtype))


def read_initializer_call(text: str, *, as_drawn: bool = False) -> WrittenCall | None:
    """Return the call of an initializer, or of a function that makes an array, that a text is; None of what is none.

    `as_drawn` is for a stream that does after a draw what the code does, in its order. Raises UnreadableArray.
    """
    bare = _BARE_OF_NUMPY.fullmatch(text)
    text = text if bare is None else f"np.random.{bare[1]}()"
    return read_array_call(text, as_drawn=as_drawn) or read_call(text) or _applied(text)


def _applied(text: str) -> WrittenCall | None:
    """Return the call of an initializer that is applied to a key and a shape, as JAX's are; None of what is none."""
    node = parsed_expression(text) if len(text) <= LONGEST and ")(" in text else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Call):
        return None
    call = read_call(ast.unparse(node.func))
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    sizes = next((each for each in (*node.args, named.get("shape")) if isinstance(each, ast.Tuple | ast.List)), None)
    shape = _shape(sizes)
    if call is None:
        return None
    written = () if shape is None else (("shape", f"[{','.join(map(str, shape))}]"),)
    first = node.args[0] if node.args else named.get("key", named.get("rng"))
    return replace(call, arguments=(*call.arguments, *written), key="" if first is sizes else _key(first))


def _key(node: ast.expr | None) -> str:
    """Return the key that a call draws with, where it is more than a variable."""
    is_made = isinstance(node, ast.Call | ast.Subscript)
    return ast.unparse(node) if node is not None and is_made else ""


def read_array_call(text: str, *, as_drawn: bool = False) -> WrittenCall | None:
    """Return the initializer's call, with the shape by its name, that makes the same law; None of what is no array.

    With `as_drawn` it makes what is drawn, with the `operations` on it. Raises UnreadableArray where an array is made
    in a way that no initializer does.
    """
    if len(text) > LONGEST or not any(letter in text for letter in "(*/"):
        return None
    python = _FLOAT_32.sub("", _ELEMENTWISE.sub(r" \1", text.strip())).replace("::", ".")
    node = parsed_expression(python)
    array = None if node is None else _array(node)
    return None if array is None else _as_call(array, as_drawn)


def _as_call(array: _Array, as_drawn: bool) -> WrittenCall:
    law, dtype = array.law, array.dtype
    arguments = list(law.arguments)
    if as_drawn:
        law, dtype = array.steps.drawn or law, array.steps.dtype
        arguments = [*law.arguments, *array.steps.arguments]
    if array.shape is not None:
        arguments.append(("shape", f"[{','.join(map(str, array.shape))}]"))
    arguments += [(name, value) for name, value in (("dtype", dtype), ("seed", array.seed)) if value is not None]
    notes = () if array.seed is None or as_drawn else (_OF_ANOTHER_STREAM,)
    done = array.steps.operations
    if done and array.steps.drawn is not None and array.steps.drawn.arguments:
        done = (*array.steps.drawn.arguments[0], *done)
    return WrittenCall(law.name, tuple(arguments), array.idle, notes, is_law=True, key=array.key, operations=done)


def _array(node: ast.expr) -> _Array | None:
    """Return the array that an expression makes; None of one that makes none. Raises UnreadableArray."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        array = _array(node.operand)
        if array is None or isinstance(node.op, ast.UAdd):
            return array
        return array.after(array.law.scaled(-1.0), "negative")
    if isinstance(node, ast.BinOp):
        return _combined(node)
    if isinstance(node, ast.Call):
        return _called(node)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
        array = _array(node.value)
        if array is not None and node.attr != "data":
            raise UnreadableArray(f".{node.attr} of an array cannot be read; leave it out")
        return array
    path = _path(node)
    # A name alone is an initializer's; in a product it is an array's.
    return None if path is None or path[-1] not in BARE or path[0] != path[-1] else _Array(BARE[path[-1]].law({}))


def _combined(node: ast.BinOp) -> _Array | None:
    left, right = _array(node.left), _array(node.right)
    if left is not None and right is not None:
        raise UnreadableArray("two arrays are combined, of which no initializer makes the result")
    array = left or right
    if array is None:
        _refuse_scaled_initializer(node)
        return None
    is_power = not isinstance(node.op, ast.Mult | ast.Div | ast.Add | ast.Sub)
    if is_power or (isinstance(node.op, ast.Div) and left is None):
        raise UnreadableArray(f"{ast.unparse(node)[:48]!r} cannot be read: of arrays {_READ} can")
    other = node.right if left is not None else node.left
    number = _number(other)
    if isinstance(node.op, ast.Mult):
        return array.after(array.law.scaled(number), "times", other, number)
    if isinstance(node.op, ast.Div):
        return array.after(array.law.scaled(_inverse(number)), "over", other, number)
    if isinstance(node.op, ast.Add):
        return array.after(array.law.shifted(number), "plus", other, number)
    if left is not None:
        return array.after(array.law.shifted(-number), "minus", other, number)
    return array.after(array.law.scaled(-1.0).shifted(number), "from", other, number)


def _refuse_scaled_initializer(node: ast.BinOp) -> None:
    """Raise UnreadableArray for an initializer by name that is computed with as if it were an array."""
    for side in (node.left, node.right):
        path = _path(side.func if isinstance(side, ast.Call) else side)
        if path is not None and ".".join(path) in CATALOGUE:
            name = ".".join(path)
            raise UnreadableArray(f"{name} cannot be computed with; give its scale as a parameter, such as gain")


def _number(node: ast.expr) -> float:
    """Return the number that an expression is. Raises UnreadableArray."""
    try:
        return evaluate_node(node)
    except ValueError as error:
        raise UnreadableArray(
            f"{ast.unparse(node)[:48]!r} is no number that can be worked out here; write it out"
        ) from error


def _inverse(number: float) -> float:
    if number == 0.0:
        raise UnreadableArray("an array is divided by 0")
    return 1.0 / number


def _called(node: ast.Call) -> _Array | None:
    """Return the array that a call makes: of a function, or of a method of another array."""
    path = _path(node.func)
    if path is not None:
        wrapped = _array(node.args[0]) if path[-1] in WRAPPERS and node.args else None
        return wrapped if wrapped is not None else _made(path, node, None)
    if not isinstance(node.func, ast.Attribute):
        return None
    base, method = node.func.value, node.func.attr
    generator = _path(base.func) if isinstance(base, ast.Call) else None
    if generator is not None and generator[-1] in _GENERATORS and isinstance(base, ast.Call):
        seeds = [*base.args, *(keyword.value for keyword in base.keywords)]
        return _made((generator[-1], method), node, _seed(seeds[0]) if seeds else None)
    array = _array(base) or _filled_before(base)
    return None if array is None else _method(array, method, node)


def _seed(node: ast.expr) -> str:
    """Return a seed as a text of digits. Raises UnreadableArray."""
    whole = isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool)
    return ast.unparse(node) if whole else str(int(_number(node)))


def _filled_before(node: ast.expr) -> _Array | None:
    """Return what a tensor that is a variable was filled with: w.normal_(0, 0.02)."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    path = _path(node.func.value)
    is_variable = path is not None and path[-1] != "init" and node.func.attr in FILLED
    return _method(_Array(ArrayLaw("empty", {})), node.func.attr, node) if is_variable else None


def _method(array: _Array, method: str, node: ast.Call) -> _Array:
    """Return an array after a method of it. Raises UnreadableArray."""
    if method in FILLED:
        filled = _with_arguments(FILLED[method], node, None)
        return replace(array, law=filled.law, idle=(*array.idle, *filled.idle), steps=NO_STEPS)
    if method in SCALED and len(node.args) == 1:
        number, is_product = _number(node.args[0]), SCALED[method] > 0
        law = array.law.scaled(number if is_product else _inverse(number))
        return array.after(law, "times" if is_product else "over", node.args[0], number)
    if method in SHIFTED and len(node.args) == 1:
        number, sign = _number(node.args[0]), SHIFTED[method]
        return array.after(array.law.shifted(sign * number), "plus" if sign > 0 else "minus", node.args[0], number)
    if method in SILENT_METHODS:
        return array
    if method in DTYPE_METHODS and not node.args:
        return array.of_dtype(DTYPE_METHODS[method])
    if method == "astype" and len(node.args) == 1:
        return array.of_dtype(_word(node.args[0]))
    raise UnreadableArray(
        f".{method}(...) of an array cannot be read: name the initializer instead, such as normal?std=0.02"
    )


def _made(path: tuple[str, ...], node: ast.Call, seed: str | None) -> _Array | None:
    """Return the array that a library's function makes; None of a function that makes none."""
    library, last = path[0], path[-1]
    known = BARE if len(path) == 1 else BY_LIBRARY.get(library, {})
    maker = known.get(last)
    if maker is None and library in BY_LIBRARY and "random" in path[:-1] and last not in CATALOGUE:
        name = ".".join(path)
        raise UnreadableArray(f"{name} draws from a law that no initializer has; there are normal, uniform and others")
    if maker is None or "initializers" in path or "init" in path:
        return None
    if library not in _GENERATORS and last in {"normal", "uniform"} and len(path) > 1:
        # Of np.random, jax.random, a generator, or torch itself, and not of a layer's module.
        is_of_random = path[-2] in {"random", "rng", "gen", "generator", "jrandom", "jr", "torch", "Tensor"}
        if not is_of_random:
            return None
    if library in {"random", "rng"} and _begins_with_key(node):
        maker = BY_LIBRARY["jax"][last]
    if library == "mx" and node.args and isinstance(node.args[0], ast.Tuple | ast.List):
        maker = MLX.get(last, maker)
    return _with_arguments(maker, node, seed)


def _begins_with_key(node: ast.Call) -> bool:
    """Return whether the first argument is a variable, or a key that is made, as JAX's are."""
    first = node.args[0] if node.args else None
    made = first.value if isinstance(first, ast.Subscript) else first
    path = _path(made.func) if isinstance(made, ast.Call) else None
    return isinstance(first, ast.Name) or (path is not None and path[-1] in _OF_KEYS)


def _with_arguments(maker: Maker, node: ast.Call, seed: str | None) -> _Array:
    """Return the array of a function with the arguments of a call. Raises UnreadableArray."""
    given: dict[str, ast.expr] = {}
    idle: list[str] = []
    if maker.places == ("sizes",):
        sizes = _without_dtype(node.args)
        given |= {"shape": sizes[0] if len(sizes) == 1 else ast.Tuple(sizes, ast.Load())} if sizes else {}
    elif len(node.args) > len(maker.places):
        raise UnreadableArray(f"{ast.unparse(node)[:48]!r} has more arguments than are known of the function")
    else:
        given |= dict(zip(maker.places, node.args, strict=False))
    key = _key(given.pop("-", None)) if maker.is_keyed else ""
    for keyword in node.keywords:
        key = _key(keyword.value) if maker.is_keyed and keyword.arg in {"key", "rng"} else key
        name = NAMES.get(keyword.arg or "")
        if keyword.arg in IDLE:
            idle.append(keyword.arg)
        elif name is None or name in given:
            raise UnreadableArray(
                f"{keyword.arg!r} is not a known argument of {ast.unparse(node.func)[:48]}, or is given twice"
            )
        else:
            given[name] = keyword.value
    if "k" in given and _number(given["k"]) != 0.0:
        raise UnreadableArray("only the main diagonal of eye can be made: leave k out")
    numbers = {name: _number(value) for name, value in given.items() if name in _NUMBERS}
    dtype, own_seed = given.get("dtype"), given.get("seed")
    kind = None if dtype is None or _is_none(dtype) else _word(dtype)
    return _Array(
        maker.law(numbers),
        _square(given) if "rows" in given else _shape(given.get("shape")),
        kind,
        seed if own_seed is None or _is_none(own_seed) else _seed(own_seed),
        tuple(idle),
        Steps(drawn_in=kind),
        key,
    )


_NUMBERS = frozenset(("mean", "std", "low", "high", "value"))


def _without_dtype(arguments: list[ast.expr]) -> list[ast.expr]:
    """Return the sizes without the type of elements that Julia's functions begin with."""
    first = arguments[0] if arguments else None
    return arguments[1:] if isinstance(first, ast.Name) and first.id.startswith("Float") else arguments


def _square(given: dict[str, ast.expr]) -> tuple[int, ...] | None:
    rows = _shape(given["rows"])
    columns = _shape(given["columns"]) if "columns" in given and not _is_none(given["columns"]) else rows
    return None if rows is None or columns is None else (*rows, *columns)


def _shape(node: ast.expr | None) -> tuple[int, ...] | None:
    """Return sizes; None of those that are variables, which the request gives. Raises UnreadableArray."""
    if node is None or _is_none(node):
        return None
    sizes = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    found = [_size(size) for size in sizes]
    known = tuple(size for size in found if size is not None)
    return known if len(known) == len(found) else None


def _size(node: ast.expr) -> int | None:
    try:
        size = evaluate_node(node)
    except ValueError:
        return None
    if size < 0 or not size.is_integer():
        raise UnreadableArray(f"{ast.unparse(node)[:48]!r} is no size of an axis")
    return int(size)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _word(node: ast.expr) -> str:
    """Return a name or a text, such as that of a dtype. Raises UnreadableArray."""
    path = _path(node)
    if path is not None:
        return path[-1]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise UnreadableArray(f"{ast.unparse(node)[:48]!r} is no dtype")


def _path(node: ast.expr) -> tuple[str, ...] | None:
    """Return the parts of a name with points; None of what is no name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else None
