"""The inputs of layers in a functional model of Keras, whose variables say which outputs each layer takes.

A list of layers is read as one after another. Where a layer takes something else than what the line before it gives,
its call is written with the size of that: `b = Dense(64)(b_in)` is `b = Dense(64, in_features=8)(b_in)`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace

from service.advice.layer.vocabulary import LayerKind, fold_layer_word, is_activation, layer_word, weightless_word
from service.requests.code.python_syntax import parsed, written_name
from service.requests.code.statements import statements_of
from service.requests.layers.constructors import RECURRENT
from service.tensors.errors import InvalidParameter

_IS_FUNCTIONAL = re.compile(r"\bInput\s*\(")
_APPLIED = re.compile(r"\)\s*\(|\b(?:concatenate|add|average|maximum|multiply|subtract)\s*\(")
_TAKEN = re.compile(r"(?:\)\s*\(\s*\[?|[\[,]\s*|[+*-]\s*)([A-Za-z_]\w{0,63})\s*(?=[\],)+*-])")
"""A variable in a list, or alone in the brackets of a layer's call."""
_SUMS = frozenset(("add", "average", "maximum", "minimum", "multiply", "subtract"))
_WITH_UNITS: frozenset[LayerKind] = frozenset(("dense", "conv", "conv_transpose", "rnn", "lstm", "gru"))
_UNITS = frozenset(("units", "filters", "output_dim"))


@dataclass(frozen=True)
class _Tensor:
    """What a variable is: its features or channels, and whether they are all that each input of a batch has."""

    width: int | None = None
    is_vector: bool = False


_UNKNOWN = _Tensor()


def with_inputs(code: str) -> str:
    """Return code with the inputs of those layers that take others than the outputs of the line before."""
    if _IS_FUNCTIONAL.search(code) is None or _APPLIED.search(code) is None:
        return code
    statements = [*statements_of(code)]
    of_layers = (statement for statement in statements if "Model(" not in statement)
    reading = _Reading(taken=frozenset(name for statement in of_layers for name in _TAKEN.findall(statement)))
    return "\n".join(line for statement in statements for line in reading.lines(statement))


@dataclass
class _Reading:
    """The variables so far."""

    tensors: dict[str, _Tensor] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    """What makes the variables that are inputs of the model."""
    last: str | None = None
    """The one that the line before gives."""
    is_joined: bool = False
    """Whether that is of several variables beside each other."""
    taken: frozenset[str] = frozenset()
    """The variables that are taken by something after them, so that they are no outputs of the model."""
    head_of: str | None = None
    """What the line before takes, where it may be an output of the model."""

    def lines(self, statement: str) -> list[str]:
        """Return the lines that a statement is to be read as."""
        tree = (
            next(iter(parsed(statement.strip())), None) if _APPLIED.search(statement) or "Input" in statement else None
        )
        if not isinstance(tree, ast.Assign) or len(tree.targets) != 1 or not isinstance(tree.targets[0], ast.Name):
            return [statement]
        target, call = tree.targets[0].id, tree.value
        if not isinstance(call, ast.Call):
            return [statement]
        if _is_input(call):
            self._give(target, _input(call))
            self.inputs[target] = statement
            return [statement]
        layer, given = (call.func, call.args) if isinstance(call.func, ast.Call) else (call, call.args)
        joint = given[0] if isinstance(call.func, ast.Call) and len(given) == 1 else None
        if isinstance(joint, ast.Call) and written_name(joint.func).rpartition(".")[2] == "concatenate":
            # Dense(10)(concatenate([a, b])) is two lines in one.
            name = f"{target}_in"
            call.args = [ast.Name(name, ast.Load())]
            return [*self.lines(f"{name} = {ast.unparse(joint)}"), *self.lines(ast.unparse(tree))]
        sources = _sources(given)
        if not sources or not isinstance(layer, ast.Call):
            return [statement]
        tensors = [self.tensors.get(source, _UNKNOWN) for source in sources]
        is_elsewhere = sources != [self.last] or self.is_joined
        word = fold_layer_word(written_name(layer.func))
        indent = statement[: len(statement) - len(statement.lstrip())]
        lines = [statement]
        kind = _kind(written_name(layer.func))
        if is_elsewhere and kind in _WITH_UNITS and len(sources) == 1 and isinstance(call.func, ast.Call):
            lines = [f"{indent}{line}" for line in self._told(tree, layer, sources[0], kind)]
        self._give(target, _outputs(layer, word, kind, tensors), is_joined=len(sources) > 1)
        is_output = kind == "dense" and _may_be_output(layer) and target not in self.taken
        self.head_of = sources[0] if is_output else None
        return lines

    def _told(self, tree: ast.Assign, layer: ast.Call, source: str, kind: LayerKind | None) -> list[str]:
        """Return the lines of a layer that takes something else than what the line before it gives."""
        if source == self.head_of:
            # Heads beside each other take the same, which the list knows.
            return [ast.unparse(tree)]
        if source in self.inputs:
            return [self.inputs[source].strip(), ast.unparse(tree)]
        width = self.tensors.get(source, _UNKNOWN).width
        if width is not None:
            name = "inputs" if kind in RECURRENT else "in_features"
            layer.keywords.append(ast.keyword(name, ast.Constant(width)))
        return [f"{source} = concatenate([{source}])", ast.unparse(tree)]

    def _give(self, name: str, tensor: _Tensor, *, is_joined: bool = False) -> None:
        self.tensors[name], self.last, self.is_joined = tensor, name, is_joined


def _may_be_output(layer: ast.Call) -> bool:
    """Return whether nothing but what an output ends in follows a layer."""
    named = next((each.value for each in layer.keywords if each.arg == "activation"), None)
    return named is None or (isinstance(named, ast.Constant) and named.value in {"softmax", "sigmoid", "linear", None})


def _is_input(call: ast.Call) -> bool:
    return written_name(call.func).rpartition(".")[2] == "Input"


def _input(call: ast.Call) -> _Tensor:
    given = next((each.value for each in call.keywords if each.arg in {"shape", "batch_shape"}), None)
    shape = given if given is not None else next(iter(call.args), None)
    sizes = shape.elts if isinstance(shape, ast.Tuple | ast.List) else [] if shape is None else [shape]
    return _Tensor(_number(sizes[-1]) if sizes else None, is_vector=len(sizes) == 1)


def _number(node: ast.expr) -> int | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _sources(given: list[ast.expr]) -> list[str]:
    """Return the variables that a layer takes; none where it takes something else."""
    if len(given) != 1:
        return []
    elements = given[0].elts if isinstance(given[0], ast.List | ast.Tuple) else given
    return (
        [each.id for each in elements if isinstance(each, ast.Name)]
        if all(isinstance(each, ast.Name) for each in elements)
        else []
    )


def _kind(name: str) -> LayerKind | None:
    if weightless_word(name) is not None or is_activation(name):
        return None
    try:
        return layer_word(name).kind
    except InvalidParameter:
        return None


def _outputs(layer: ast.Call, word: str, kind: LayerKind | None, tensors: list[_Tensor]) -> _Tensor:
    """Return what a layer gives of what it takes."""
    first = tensors[0]
    if kind in _WITH_UNITS or kind == "embedding":
        place = 1 if kind == "embedding" else 0
        named = next((each.value for each in layer.keywords if each.arg in _UNITS), None)
        units = named if named is not None else (layer.args[place] if len(layer.args) > place else None)
        is_sequence = kind in {"conv", "conv_transpose", "embedding"} or (
            kind in RECURRENT and any(each.arg == "return_sequences" for each in layer.keywords)
        )
        is_vector = not is_sequence and (kind in RECURRENT or first.is_vector)
        return _Tensor(None if units is None else _number(units), is_vector)
    if "concat" in word:
        widths = [tensor.width for tensor in tensors]
        known = [width for width in widths if width is not None]
        return replace(first, width=sum(known) if len(known) == len(widths) else None)
    if word.startswith("global"):
        return replace(first, is_vector=True)
    if word == "flatten":
        return first if first.is_vector else _Tensor(None, is_vector=True)
    is_same = word in _SUMS or kind in {"normalization", "prelu"} or "dropout" in word or "pool" in word
    return first if is_same or is_activation(word) or word == "activation" else _UNKNOWN
