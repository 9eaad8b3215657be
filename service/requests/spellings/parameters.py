"""What parameters are called elsewhere, and what to write instead, as data."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from service.frameworks.registry import PARAMETER_NAMES
from service.likeness import fold, nearest

_LOW = ("low={}&bounds=absolute", "low={}")
_HIGH = ("high={}&bounds=absolute", "high={}")
_LONGEST_VALUE = 24

MEANT: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("a",): ("negative_slope={}", *_LOW),
    ("b",): _HIGH,
    ("min", "minval", "minimum", "min_value", "lower", "lower_bound", "lo", "from"): _LOW,
    ("max", "maxval", "maximum", "max_value", "upper", "upper_bound", "hi", "to"): _HIGH,
    ("bound", "limit"): ("low=-{0}&high={0}&bounds=absolute", "low=-{0}&high={0}", "gain"),
    ("variance", "var"): ("std (its square root)", "scale", "gain"),
    ("stddev", "sd", "stdev", "sigma", "standard_deviation", "init_std", "initializer_range"): ("std={}", "gain"),
    ("std",): ("gain", "scale"),
    ("scale",): ("std={}", "gain={}"),
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


def meant_by(name: str, value: object, taken: Collection[str]) -> str:
    """Return what to write for an unknown parameter; empty where nothing is known and no parameter is near."""
    folded = fold(name[:64])
    for template in (*_BY_NAME.get(folded, ()), *PARAMETER_NAMES.get(name[:64].lower(), ())):
        if all(part.split("=")[0].split(" ")[0] in taken for part in template.split("&")):
            return _filled(template, value)
    by_fold = {fold(known): known for known in taken}
    near = [folded] if folded in by_fold else nearest(folded, by_fold, 1)
    return by_fold[near[0]] if near else ""


def _filled(template: str, value: object) -> str:
    """Return a template with the value that was given, or its names alone where the value is not a short one."""
    is_short = isinstance(value, str | int | float) and 0 < len(str(value)) <= _LONGEST_VALUE
    if "{" not in template:
        return template
    if is_short and str(value).isascii() and str(value).isprintable() and "&" not in str(value):
        return template.format(value).replace("=--", "=")
    return " and ".join(part.split("=")[0] for part in template.split("&"))
