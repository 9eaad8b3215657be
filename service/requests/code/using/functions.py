"""Functions and modules by their names: what each makes of what goes through it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence
from typing import Literal

from service.advice.layer.vocabulary import fold_layer_word, is_activation, layer_word, weightless_word
from service.tensors.errors import InvalidParameter

Sort = Literal["matrix", "other", "passing", "activation", "weightless", "unknown"]

_SHAPED = frozenset(("view", "reshape"))
_SAME = """
contiguous to float half double type clone detach squeeze unsqueeze permute transpose swapaxes swapdims
moveaxis astype cuda cpu chunk split stop_gradient asarray array dropout dropout1d dropout2d dropout3d
alpha_dropout feature_alpha_dropout expand pad mean sum amax max cast convert_to_tensor expand_dims clamp clip
requires_grad_
"""
AS_IT_IS = frozenset(_SAME.split())
"""Functions and methods after which come the same numbers, or parts, means or sums of them."""
_RECTIFIERS = frozenset(("maximum",))
"""Functions that are ReLU where one of what they compare is 0."""
_MEANS = frozenset(("mean", "reduce_mean"))
SUMS = frozenset(("add", "add_"))
_JOINTS = frozenset(("cat", "concat", "concatenate", "stack", "hstack"))
_AFTER_OUTPUTS = """
exp log sqrt square pow normalize matmul bmm mm einsum dot cross_entropy mse_loss binary_cross_entropy cosine_similarity
norm randn_like argmax multinomial Normal Categorical
"""
OF_OUTPUTS = frozenset(_AFTER_OUTPUTS.split())
"""Functions of what a layer puts out without an activation."""


@functools.lru_cache(maxsize=1024)
def sort_of(word: str) -> Sort:
    """Return what a module, by its word, does to what goes through it."""
    folded = fold_layer_word(word)
    if (folded == "activation" and word[:1].isupper()) or is_activation(word):
        return "activation"
    if weightless_word(word) is not None:
        return "weightless"
    try:
        kind = layer_word(word).kind
    except InvalidParameter:
        return "unknown"
    if kind in {"normalization", "prelu", "layer_scale", "positional_embedding"}:
        return "passing"
    return "matrix" if kind in {"dense", "conv", "conv_transpose"} else "other"


def passage(call: ast.Call, name: str) -> str | None:
    """Return the module that does what a function does; None of one that is none: F.leaky_relu(0.2), Flatten()."""
    last, word = name.rpartition(".")[2], name.rstrip("_")
    if last in _JOINTS:
        return "Concatenate()"
    if last in _RECTIFIERS and any(isinstance(each, ast.Constant) and each.value == 0 for each in call.args):
        return "relu()"
    if last in _SHAPED or last == "flatten":
        return _shaped(call, last)
    if last in _MEANS:
        return "GlobalAveragePooling()" if len(_axes(call)) > 1 else None
    if last in AS_IT_IS or not (is_activation(word) or weightless_word(word) is not None):
        return None
    rest = [ast.unparse(each) for each in call.args if isinstance(each, ast.Constant | ast.Tuple | ast.UnaryOp)]
    named = [f"{each.arg}={ast.unparse(each.value)}" for each in call.keywords if each.arg not in {None, "inplace"}]
    return f"{word}({', '.join((*rest, *named))})"


def _shaped(call: ast.Call, name: str) -> str:
    """Return what view, reshape or flatten does: one vector of each input, or something else."""
    given = next((each.elts for each in call.args if isinstance(each, ast.Tuple | ast.List)), None)
    sizes = call.args if given is None else given
    return "Flatten()" if name == "flatten" or len(sizes) == 2 else "Reshape()"


def _axes(call: ast.Call) -> Sequence[ast.expr]:
    """Return the axes over which a mean is taken."""
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in {"dim", "axis"})]
    found = next((each.elts for each in given if isinstance(each, ast.Tuple | ast.List)), None)
    return found or []
