"""What parameters are called elsewhere, and what to write instead, as data."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from service.frameworks.registry import PARAMETER_NAMES
from service.likeness import fold, nearest

_LOW = ("low={}&bounds=absolute", "low={}")
_HIGH = ("high={}&bounds=absolute", "high={}")
_LONGEST_VALUE = 24

_OF_STD = "low=-{bound_of_std}&high={bound_of_std}"
"""The uniform distribution of a standard deviation."""

_SAME = ("={}", "={root}")
"""Ends of the templates by which a parameter says the same."""

_DERIVED: Mapping[str, tuple[str, Callable[[float], float]]] = {
    "root": ("√{}", math.sqrt),
    "square": ("{}²", lambda value: value * value),
    "bound_of_std": ("√3·{}", lambda value: math.sqrt(3.0) * value),
    "bound_of_variance": ("√(3·{})", lambda value: math.sqrt(3.0 * value)),
}
"""What a template may have of the value: as a formula, and as a function of a number that is not negative."""

MEANT: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("a",): ("negative_slope={}", *_LOW),
    ("b",): _HIGH,
    ("min", "minval", "minimum", "min_value", "lower", "lower_bound", "lo", "from"): _LOW,
    ("max", "maxval", "maximum", "max_value", "upper", "upper_bound", "hi", "to"): _HIGH,
    ("bound", "limit", "half_width"): ("low=-{0}&high={0}&bounds=absolute", "low=-{0}&high={0}", "gain"),
    ("variance", "var"): ("std={root}", "low=-{bound_of_variance}&high={bound_of_variance}", "scale", "gain"),
    ("stddev", "sd", "stdev", "sigma", "standard_deviation", "init_std", "initializer_range"): (
        "std={}", _OF_STD, "gain",
    ),
    ("std",): (_OF_STD, "gain", "scale"),
    ("scale",): ("std={}", "gain={root}", "low=0&high={}"),
    ("gain",): ("scale={square}", "std", "low&high"),
    ("mu", "loc", "average", "location"): ("mean={}",),
    ("random_state", "random_seed", "manual_seed", "rng", "rng_seed", "prng", "generator", "op_seed"): ("seed={}",),
    ("size", "n", "dim", "dims", "dimensions", "output_shape", "tensor_shape", "sizes"): ("shape={}",),
    ("rows", "cols", "columns", "height"): ("shape", "slice"),
    ("in_features", "in_channels", "input_dim", "n_in", "nin", "fanin", "input_size", "d_in"): ("fan_in={}", "shape"),
    ("out_features", "out_channels", "output_dim", "n_out", "nout", "fanout", "units", "filters", "d_out"): (
        "fan_out={}", "shape",
    ),
    ("type", "datatype", "data_type", "precision", "torch_dtype", "element_type"): ("dtype={}",),
    ("fmt", "output", "output_format", "file_format", "filetype", "file", "ext", "extension", "accept"): ("format={}",),
    ("act", "act_fn", "hidden_act", "activation_fn", "activation_function", "non_linearity"): (
        "activation={}", "nonlinearity={}",
    ),
    ("data_format", "kernel_layout", "order", "axes"): ("layout={}",),
    ("num_groups", "group", "n_groups", "feature_group_count"): ("groups={}",),
    ("num_layers", "n_layer", "n_layers", "num_hidden_layers", "blocks", "layers"): ("depth={}", "layers={}"),
    ("d_model", "hidden_size", "embed_dim", "n_embd", "model_dim"): ("width={}",),
    ("strides",): ("stride={}",),
    ("norm", "norm_layer", "normalisation"): ("normalization={}",),
    ("slope", "leak", "param", "leakiness"): ("negative_slope={}",),
    ("alpha",): ("negative_slope={}", "gain={}"),
    ("fill", "fill_value", "val", "constant", "const"): ("value={}",),
    ("label", "tensor_name", "key"): ("name={}",),
    ("part", "index", "indices", "range"): ("slice={}",),
    ("dist",): ("distribution={}",),
    ("fan", "fan_mode"): ("mode={}",),
    ("multiplier", "factor"): ("gain={}", "scale={}"),
}  # fmt: skip
"""By names that are no parameters, or not everywhere: what each may mean, of which the first that there is fits."""

_BY_NAME = {fold(name): meant for names, meant in MEANT.items() for name in names}


@dataclass(frozen=True)
class Guess:
    """What may have been meant by a parameter that is unknown, or that others take."""

    instead: str
    """What to write; empty where nothing is known and no parameter is near."""
    parameter: str
    """The parameter that says just that, or most nearly, be it taken or not; empty where that may be several."""


def meant_by(name: str, value: object, taken: Collection[str]) -> Guess:
    """Return what was probably meant by a parameter that is not among those that are taken."""
    folded = fold(name[:64])
    synonyms = PARAMETER_NAMES.get(name[:64].lower(), ())
    templates = (*_BY_NAME.get(folded, ()), *synonyms)
    same = {template.partition("=")[0] for template in templates if template in synonyms or template.endswith(_SAME)}
    says = same or {_parameters(template)[0] for template in templates[:1]}
    parameter = next(iter(says)) if len(says) == 1 else ""
    for template in templates:
        if all(part in taken for part in _parameters(template)):
            return Guess(_filled(template, value), parameter)
    by_fold = _by_fold(tuple(taken))
    near = [folded] if folded in by_fold else nearest(folded, by_fold, 1)
    return Guess(by_fold[near[0]] if near else "", parameter)


def shown(template: str) -> str:
    """Return a template with a formula in the place of each number that follows from the value."""
    return template.format("…", **{name: formula.format("…") for name, (formula, _) in _DERIVED.items()})


def _parameters(template: str) -> list[str]:
    return [part.partition("=")[0] for part in template.split("&")]


@functools.lru_cache(maxsize=256)
def _by_fold(names: tuple[str, ...]) -> Mapping[str, str]:
    return {fold(name): name for name in names}


def _filled(template: str, value: object) -> str:
    """Return a template with the value that was given, or its names alone where it has no place for such a value."""
    text = str(value) if isinstance(value, str | int | float) else ""
    is_short = 0 < len(text) <= _LONGEST_VALUE and text.isascii() and text.isprintable() and "&" not in text
    if "{" in template and is_short:
        with suppress(ValueError, OverflowError, KeyError):
            return template.format(text, **_derived(text)).replace("=--", "=")
    return " and ".join(_parameters(template))


def _derived(text: str) -> Mapping[str, str]:
    """Return the numbers that follow from a value; none of one that is not a number from 0 on."""
    try:
        number = float(text)
    except ValueError:
        return {}
    numbers = {name: of(number) for name, (_, of) in _DERIVED.items()} if number >= 0.0 else {}
    return {name: f"{derived:.9g}" for name, derived in numbers.items() if math.isfinite(derived)}
