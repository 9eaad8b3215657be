"""What each axis of the weight is, by a letter: as its framework stores it, or as the description says."""

from __future__ import annotations

from itertools import accumulate
from operator import mul

from service.advice.layer.description import LayerDescription
from service.advice.layer.storage import RECURRENT_KINDS, StoredTensor, Weight
from service.advice.layer.vocabulary import dimensions, fold_layer_word, is_depthwise
from service.frameworks.layers import LayerTensor
from service.frameworks.registry import DESCRIBED
from service.frameworks.storage import in_words, letters, letters_of_equation
from service.tensors.errors import InvalidParameter
from service.tensors.layout import LAYOUT_NAMES, WEIGHTS, Layout, Shape

_OF_EQUATIONS = frozenset(("einsumdense", "einsum"))
_OF_AXES = frozenset(("densegeneral", "lineargeneral"))
_MOST_DIMENSIONS = 3
_LETTERS = "one letter an axis: o out, i in, k kernel, s a stack of independent kernels"


def weight_letters(description: LayerDescription, weight: Weight, shape: Shape) -> str:
    """Return a letter for each axis of a weight of rank 2 or more. Raises InvalidParameter."""
    rank, layout = len(shape), description.layout
    if layout is not None and layout not in LAYOUT_NAMES:
        return WEIGHTS.letters(layout, rank)
    if is_of_equation(description.layer) and (description.equation is not None or rank > 2):
        return _by_equation(description.equation, rank)
    if is_of_axes(description.layer) and (description.axis is not None or rank > 2):
        return _by_input_axes(description, shape)
    if weight.stored is None or not weight.stored.record.axes or (weight.kind == "lora" and rank > 2):
        return WEIGHTS.letters(layout or usual_layout(description.framework), rank)
    found = letters(weight.stored.record.axes, rank)
    if found is None and weight.kind in RECURRENT_KINDS:
        # A convolutional cell of someone's own.
        return WEIGHTS.letters(layout or usual_layout(description.framework), rank)
    if found is None:
        raise _unfit(weight.stored, rank)
    if "s" in found and "i" not in found and description.groups > 1 and shape[found.index("s")] == 1:
        # (*kernel, 1, channels), as grouped convolutions are stored, whatever the layer is called.
        found = found.replace("s", "i")
    _check_dimensions(description.layer, found, weight.stored.record)
    if description.shape is not None:
        _check_channels(description.layer, found, shape)
    return found


def usual_layout(framework: str | None) -> Layout:
    """Return the order of a framework, PyTorch's without one."""
    return "out_in" if framework is None else DESCRIBED[framework].layout


def is_of_equation(word: str) -> bool:
    """Return whether a layer's equation says what the axes of its weight are."""
    return fold_layer_word(word) in _OF_EQUATIONS


def is_of_axes(word: str) -> bool:
    """Return whether a layer's `axis` says how many axes of its weight are inputs."""
    return fold_layer_word(word) in _OF_AXES


def _by_equation(equation: str | None, rank: int) -> str:
    if equation is None:
        raise InvalidParameter(
            "equation",
            "which axes are inputs, the equation of the layer says: give it, such as abc,cde->abde, or layout, with "
            f"{_LETTERS}",
        )
    found = letters_of_equation(equation)
    if len(found) != rank:
        raise InvalidParameter(
            "equation", f"must name the {rank} axes of the kernel, as abc,cd->abd does those of a matrix"
        )
    return found


def _by_input_axes(description: LayerDescription, shape: Shape) -> str:
    """Return the letters of a kernel whose first axes are the inputs, which are as many as the layer sums over."""
    rank = len(shape)
    if description.axis is not None:
        inputs = len(description.axis)
        if inputs >= rank:
            raise InvalidParameter("axis", f"names {inputs} axes of the input, and the kernel has {rank} in all")
        return "i" * inputs + "o" * (rank - inputs)
    products = list(accumulate(shape[:-1], mul))
    if description.fan_in in products:
        inputs = products.index(description.fan_in) + 1
        return "i" * inputs + "o" * (rank - inputs)
    raise InvalidParameter(
        "axis",
        "which axes are inputs, the layer's axis says: give it (-1, or -2,-1), or layout, with "
        f"{_LETTERS}; ioo when the first is the input",
    )


def _unfit(stored: StoredTensor, rank: int) -> InvalidParameter:
    where = f"{stored.layers.title} stores the {stored.tensor} of its {stored.layer}"
    return InvalidParameter(
        "shape",
        f"{where} as {in_words(stored.record.axes)}, and this shape has {rank} axes; give the framework that it is of, "
        f"or layout, with {_LETTERS}",
    )


def _check_dimensions(word: str, found: str, record: LayerTensor) -> None:
    """Raise InvalidParameter where a convolution's weight has other dimensions than its name says."""
    said, has = dimensions(word), found.count("k")
    if said is None or has in {0, said} or (record.has_flat_kernel and (said, has) == (1, 2)):
        return
    fitting = f", as that of a {has}-dimensional one has" if has <= _MOST_DIMENSIONS else ""
    detail = f"the weight of {word} has {said + 2} axes, and this shape has {len(found)}{fitting}"
    if has == said + 1:
        detail += f"; give layout=s{found.replace('k', '', 1)} where the first axis is a stack of independent kernels"
    raise InvalidParameter("shape", detail)


def _check_channels(word: str, found: str, shape: Shape) -> None:
    """Raise InvalidParameter where a depthwise kernel has more than the one input that each of its units sees."""
    if not is_depthwise(word) or "i" not in found or shape[found.index("i")] == 1:
        return
    raise InvalidParameter(
        "shape",
        f"each unit of {word} has one input, and this shape, read as {found}, has {shape[found.index('i')]}; give "
        f"framework, or layout, with {_LETTERS}: {'k' * found.count('k')}so is Keras's (kernel, channels, multiplier)",
    )
