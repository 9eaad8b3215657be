"""The arguments of layers' constructors: what each says of a layer, and which say nothing of how it starts.

Read off the frameworks' own signatures (torch.nn, keras.layers, flax.linen and flax.nnx, haiku, equinox, mlx.nn,
paddle.nn, burn-nn, candle-nn, DL4J), as `service.frameworks` names them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.activations.names import UnknownActivation, find_activation
from service.advice.layer.vocabulary import (
    CONVOLUTIONS,
    LayerKind,
    fold_layer_word,
    is_convolutional_cell,
    is_depthwise,
)
from service.advice.layer.weight_axes import is_of_equation
from service.likeness import did_you_mean, fold, nearest
from service.tensors.errors import InvalidParameter

CONV_1D = "Conv1D"
"""Of Keras a convolution, of Hugging Face transformers GPT-2's matrix, whose arguments are its outputs and inputs."""

RECURRENT: frozenset[LayerKind] = frozenset(("rnn", "lstm", "gru"))
_VECTORS: frozenset[LayerKind] = frozenset(("normalization", "prelu", "layer_scale"))

SIZES: Mapping[str, str] = {
    "in_channels": "in_features", "out_channels": "out_features", "filters": "out_features", "units": "out_features",
    "input_size": "in_features", "input_dim": "in_features", "vocab_size": "in_features",
    "num_embeddings": "in_features",
    "output_dim": "out_features", "embedding_dim": "out_features", "hidden_units": "out_features",
}  # fmt: skip
"""Names of sizes that are understood beside the layer, by the member that each is; units are also a cell's."""
BESIDE: Mapping[str, str] = {
    **SIZES,
    "d_model": "width", "embed_dim": "width", "num_heads": "heads", "initializer": "current",
    "kernel_initializer": "current", "kernel_init": "current", "weight_init": "current",
}  # fmt: skip
"""Names of all members that are understood so."""
_BESIDE_A_CELL: Mapping[str, str] = {
    **SIZES, "hidden_size": "units", "initializer": "current", "recurrent_initializer": "current",
}  # fmt: skip
"""Beside a cell kernel_initializer is that of another matrix than the one that the answer is for."""

_MEMBERS: Mapping[str, str] = {
    **SIZES,
    **dict.fromkeys(("in_features", "in_dim", "input_dim", "d_in", "in_size", "num_embeddings", "n_in"), "in_features"),
    **dict.fromkeys(("input_dims", "d_input", "vocab_size"), "in_features"),
    "input_channels": "in_features", "nx": "in_features", "nf": "out_features",
    **dict.fromkeys(("out_features", "features", "output_size", "output_channels", "n_out"), "out_features"),
    **dict.fromkeys(("out_dim", "output_dim", "d_out", "embedding_dim", "output_dims", "out_size"), "out_features"),
    **dict.fromkeys(("embedding_size", "d_output"), "out_features"),
    **dict.fromkeys(("kernel_size", "kernel_shape"), "kernel_size"),
    **dict.fromkeys(("stride", "strides"), "stride"),
    **dict.fromkeys(("groups", "feature_group_count"), "groups"),
    **dict.fromkeys(("bias", "use_bias", "with_bias", "has_bias", "bias_attr", "center", "create_offset"), "bias"),
    **dict.fromkeys(("activation", "nonlinearity", "act", "activation_fn"), "activation"),
    **dict.fromkeys(("embed_dim", "d_model", "model_dim", "qkv_features", "query_size"), "width"),
    **dict.fromkeys(("num_heads", "nhead", "n_heads", "num_query_heads"), "heads"),
    **dict.fromkeys(("num_kv_heads", "num_key_value_heads", "num_query_groups"), "kv_heads"),
    **dict.fromkeys(("num_features", "normalized_shape", "num_channels", "num_parameters", "dims", "size"), "shape"),
    **dict.fromkeys(("kernel_initializer", "weight_init", "kernel_init", "w_init", "initializer", "init"), "current"),
    **dict.fromkeys(("embeddings_initializer", "embedding_init", "gamma_initializer", "scale_init"), "current"),
    **dict.fromkeys(("init_values", "alpha_initializer", "negative_slope_init"), "current"),
    **dict.fromkeys(("input_size", "inputs"), "inputs"),
    **dict.fromkeys(("hidden_size", "d_hidden"), "units"),
    **dict.fromkeys(("r", "rank"), "rank"),
    **{name: name for name in ("num_layers", "bidirectional", "proj_size", "dim_feedforward", "padding_idx")},
    **{name: name for name in ("width", "heads", "shape", "equation")},
    "einsum_str": "equation",
}  # fmt: skip
"""Arguments by the member of a description that each is."""
_BY_FOLD: Mapping[str, str] = {fold(name): member for name, member in _MEMBERS.items()}
"""The same without underscores: TensorFlow.js writes kernelSize."""

_OF_CELLS: Mapping[str, str] = {"in_features": "inputs", "out_features": "units"}
"""What members of other layers are in a recurrent one."""

TEXTS = frozenset(("activation", "current", "equation"))
LISTS = frozenset(("kernel_size", "shape"))
TRUTHS = frozenset(("bias", "bidirectional"))
"""Members that are a word or a call, a list of sizes, or a truth value; the others are whole numbers."""

_IDLE: Mapping[str, str] = {
    "any": (
        "device dtype name names trainable rngs rng key param_dtype compute_dtype precision promote_dtype dot_general "
        "dot_general_cls parent module path seed input_shape batch_input_shape batch_size auto_cast quantization "
        "kernel_regularizer bias_regularizer activity_regularizer kernel_constraint bias_constraint w_regularizer "
        "bias_initializer bias_init b_init weight_attr param_attr data_format channels_first updater bias_updater l1 "
        "l2 output_shape bias_shape bias_l1 bias_l2 regularization drop_out weight_noise gradient_normalization "
        "constrain_weights loss_function loss loss_fn learning_rate index metadata kernel_metadata bias_metadata "
        "lora_rank lora_alpha _weight _freeze kernel_axes kernel_partitioning preferred_element_type training inplace "
        "requires_grad generator params"
    ),
    "conv": (
        "padding dilation padding_mode output_padding dilation_rate kernel_dilation input_dilation rhs_dilation "
        "lhs_dilation mask pad same_pad causal auto_pad convolution_mode cudnn_algo_mode cnn2d_format rate "
        "depthwise_regularizer pointwise_regularizer depthwise_constraint pointwise_constraint pointwise_initializer "
        "batch_group_count depth_multiplier channel_multiplier feature_axes pad_mode noise_shape"
    ),
    "recurrent": (
        "batch_first dropout recurrent_activation recurrent_dropout return_sequences return_state go_backwards "
        "stateful unroll time_major use_cudnn reset_after unit_forget_bias zero_output_for_mask implementation "
        "recurrent_init recurrent_regularizer recurrent_constraint forget_gate_bias_init gate_activation_fn gate_fn "
        "activation_layer direction merge_mode carry_init time_axis keep_order reverse weight_ih_attr weight_hh_attr "
        "bias_ih_attr bias_hh_attr strides stride padding dilation_rate rate"
    ),
    "attention": (
        "dropout dropout_rate attn_dropout add_bias_kv add_zero_attn batch_first norm_first layer_norm_eps "
        "attention_axes flash_attention broadcast_dropout deterministic attention_fn decode normalize_qk "
        "quiet_softmax min_float num_encoder_layers num_decoder_layers custom_encoder custom_decoder use_causal_mask "
        "norm need_weights use_query_bias use_key_bias use_value_bias use_output_bias inference value_dim key_size "
        "value_size output_size qk_size vo_size"
    ),
    "embedding": (
        "max_norm norm_type scale_grad_by_freq sparse mode include_last_offset mask_zero input_length "
        "embeddings_regularizer embeddings_constraint weights lookup_style _weight _freeze"
    ),
    "normalization": (
        "eps epsilon momentum track_running_stats axis axes axis_name axis_index_groups use_running_average "
        "beta_initializer gamma_regularizer beta_regularizer gamma_constraint beta_constraint moving_mean_initializer "
        "moving_variance_initializer synchronized decay_rate create_scale param_axis offset_init reduction_axes "
        "feature_axes use_fast_variance channelwise_affine groups num_groups group_size scale_init elementwise_affine "
        "affine scale use_scale use_mean_var bias_init dims_per_head is_test moving_mean_name"
    ),
    "prelu": (
        "alpha_regularizer alpha_constraint shared_axes channel_axis"
    ),
    "lora": (
        "lora_alpha lora_dropout merge_weights fan_in_fan_out alpha dropout lora_param_type base_module a_initializer"
    ),
    "graph": (
        "aggr normalize cached improved add_self_loops concat edge_dim project root_weight node_dim flow fill_value "
        "add_remaining_self_loops residual dropout num_relations num_bases num_timesteps share_weights"
    ),
    "mamba": (
        "d_conv dt_rank dt_min dt_max dt_init dt_scale dt_init_floor conv_bias use_fast_path layer_idx"
    ),
}  # fmt: skip
"""Arguments that say nothing of the weights that a layer starts with, by the layers that have them."""

_GROUPS: Mapping[LayerKind, str] = {
    **dict.fromkeys(CONVOLUTIONS, "conv"),
    **dict.fromkeys(("rnn", "lstm", "gru"), "recurrent"),
    **dict.fromkeys(("embedding", "positional_embedding"), "embedding"),
    **dict.fromkeys(("mamba", "mamba2", "s4", "s4d"), "mamba"),
    "attention": "attention", "normalization": "normalization", "prelu": "prelu", "lora": "lora", "graph": "graph",
}  # fmt: skip

BIAS_STARTS = frozenset(map(fold, ("bias_initializer", "bias_init", "b_init")))
"""Arguments that say what the bias starts with, beside a matrix or a kernel."""

_WITHOUT_WEIGHT = frozenset(map(fold, ("affine", "elementwise_affine", "scale", "use_scale", "create_scale")))
"""Arguments of a normalisation, which is left without a weight where they are false."""

_OF_OTHER_MATRICES = frozenset(map(fold, ("kernel_initializer", "kernel_init", "w_init", "weight_init", "init_kernel")))
"""Of a cell: what the matrix of its inputs starts with, and not that of its state, which the answer is for."""
_OF_STATES = frozenset(map(fold, ("recurrent_initializer", "recurrent_kernel_init", "init_recurrent")))
NAMES_BESIDE = frozenset({*BESIDE, *_BESIDE_A_CELL})


def beside(name: str, kind: LayerKind) -> str:
    """Return the member that a name beside a layer of some kind is: its own, where it is no other name of one."""
    names = _BESIDE_A_CELL if kind in RECURRENT else BESIDE
    own = names.get(name, name)
    return in_a_cell(own) if kind in RECURRENT else own


def in_a_cell(member: str) -> str:
    """Return what a member of other layers is in a recurrent one."""
    return _OF_CELLS.get(member, member)


def member_of(name: str, kind: LayerKind) -> str | None:
    """Return the member of a description that an argument of a layer's constructor is; None where it is none."""
    folded = fold(name)
    if kind in RECURRENT:
        if folded in _OF_STATES:
            return "current"
        if folded in _OF_OTHER_MATRICES:
            return None
    if folded in _idle(kind):
        return None
    member = _BY_FOLD.get(folded)
    if kind in RECURRENT and member is not None:
        member = in_a_cell(member)
    return "shape" if kind in _VECTORS and member in {"in_features", "out_features", "width"} else member


def is_idle(name: str, kind: LayerKind) -> bool:
    """Return whether an argument says nothing of the weights that such a layer starts with."""
    folded = fold(name)
    return folded in _idle(kind) or (kind in RECURRENT and folded in _OF_OTHER_MATRICES)


@functools.cache
def _idle(kind: LayerKind) -> frozenset[str]:
    names = f"{_IDLE['any']} {_IDLE.get(_GROUPS.get(kind, ''), '')}"
    return frozenset(map(fold, names.split()))


def unknown_argument(name: str, call: str, kind: LayerKind) -> InvalidParameter:
    """Return the refusal of an argument that no constructor of such a layer is known to have, naming the nearest."""
    known = {fold(argument): argument for argument in (*_MEMBERS, *_names_of_idle(kind))}
    near = [known[each] for each in nearest(fold(name), known, 1)]
    hint = did_you_mean(near, "; leave it out if it says nothing of the layer's sizes")
    return InvalidParameter("layer", f"{name[:64]!r} is not a known argument of {call[:64]}(...){hint}")


def _names_of_idle(kind: LayerKind) -> list[str]:
    return f"{_IDLE['any']} {_IDLE.get(_GROUPS.get(kind, ''), '')}".split()


COMBINED = frozenset(map(fold, ("in1_features", "in2_features", "key_dim", "kdim", "vdim", "d_state", "expand")))
"""Arguments that make a member together with others."""


def refuse_what_leaves_no_weight(name: str, value: Any, kind: LayerKind) -> None:
    """Raise InvalidParameter for an argument with which the layer has no weight, or others than are advised on."""
    folded = fold(name)
    if kind == "normalization" and folded in _WITHOUT_WEIGHT and value is False:
        raise InvalidParameter("layer", f"has no weights with {name}=False, so that there is nothing to initialise")
    if folded in _MULTIPLIERS and value not in (None, 1):
        raise InvalidParameter("layer", f"{name} makes another shape than one kernel a channel: give shape")


_MULTIPLIERS = frozenset(map(fold, ("depth_multiplier", "channel_multiplier")))

Places = tuple[str, ...]
"""The names of a constructor's arguments in their order."""

_CONVOLUTION: Places = (
    "in_features", "out_features", "kernel_size", "stride", "padding", "dilation", "groups", "bias", "padding_mode",
    "device", "dtype",
)  # fmt: skip
_TRANSPOSED: Places = (
    *_CONVOLUTION[:5], "output_padding", "groups", "bias", "dilation", "padding_mode", "device", "dtype",
)  # fmt: skip
_KERAS_CONVOLUTION: Places = (
    "out_features", "kernel_size", "stride", "padding", "data_format", "dilation", "groups", "activation", "bias",
)  # fmt: skip
_KERAS = re.compile(r"[123]D\b")
_TORCH = re.compile(r"[123]d\b")
"""How names of convolutions end that begin with the filters, and of those that begin with the inputs."""
_ATTENTION: Places = (
    "width", "heads", "dropout", "bias", "add_bias_kv", "add_zero_attn", "kdim", "vdim", "batch_first",
)  # fmt: skip
_OF_CELL: Places = ("inputs", "units", "bias", "activation", "device", "dtype")
_OF_STACK: Places = (
    "inputs", "units", "num_layers", "bias", "batch_first", "dropout", "bidirectional", "proj_size",
)  # fmt: skip
_REST_OF_EMBEDDING: Places = (
    "padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse", "_weight", "_freeze",
)  # fmt: skip
_REST_OF_BAG: Places = (
    "max_norm", "norm_type", "scale_grad_by_freq", "mode", "sparse", "_weight", "include_last_offset", "padding_idx",
)  # fmt: skip
_TRANSFORMER: Places = (
    "width", "heads", "dim_feedforward", "dropout", "activation", "layer_norm_eps", "batch_first", "norm_first", "bias",
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """The arguments of a constructor's call, of which the order of those without names depends on all."""

    name: str
    kind: LayerKind
    values: Sequence[Any]
    """Those without names."""
    keywords: Collection[str]

    @property
    def word(self) -> str:
        return fold_layer_word(self.name)

    @property
    def is_lazy(self) -> bool:
        """Whether it is of PyTorch's modules that take their inputs from the first batch."""
        return fold(re.split(r"::|\.", self.name)[-1]).startswith("lazy")

    @property
    def names_outputs(self) -> bool:
        """Whether the outputs have a name, so that a size without one is the inputs."""
        return any(_BY_FOLD.get(fold(name)) == "out_features" for name in self.keywords)

    @property
    def places(self) -> Places:
        """The names of the arguments without names, in order; fewer where there are more of them than are known."""
        return _BY_KIND.get(self.kind, _of_matrix)(self)


def _of_matrix(written: Written) -> Places:
    if is_of_equation(written.name):
        return ("equation", *(("output_shape", "activation") if "dense" in written.word else ("shape",)))
    if written.word == "bilinear" and len(written.values) > 2:
        return ("in1_features", "in2_features", "out_features", "bias")
    if written.name.rpartition(".")[2] == CONV_1D:
        return ("out_features", "in_features")
    if written.is_lazy:
        return ("out_features", "bias")
    sizes = sum(not isinstance(value, bool) and not is_activation(value) for value in written.values[:2])
    sizes += written.names_outputs
    return ("in_features", "out_features", "bias") if sizes > 1 else ("out_features", "activation", "bias")


def _of_convolution(written: Written) -> Places:
    name, values = written.name, written.values
    numbers = [value for value in values if not isinstance(value, str | bool)]
    if values and isinstance(values[0], list):
        # Flux's begin with the kernel.
        return ("kernel_size", "in_features", "out_features", "activation")
    if written.is_lazy:
        return (_TRANSPOSED if written.kind == "conv_transpose" else _CONVOLUTION)[1:]
    if is_depthwise(name):
        return ("kernel_size", "stride", "padding", "depth_multiplier")
    in_order = _TRANSPOSED if written.kind == "conv_transpose" else _CONVOLUTION
    if written.names_outputs:
        return ("in_features", *in_order[2:])
    if {"kernel_size", "kernel_shape"} & {*written.keywords}:
        without_kernel = tuple(place for place in in_order if place != "kernel_size")
        return without_kernel if len(numbers) > 1 else ("out_features", *without_kernel[2:])
    begins_with_units = len(numbers) < (2 if _TORCH.search(name) else 3) or isinstance(numbers[1], list)
    is_keras = _KERAS.search(name) is not None and "paddle" not in name.lower()
    return _KERAS_CONVOLUTION if begins_with_units or is_keras else in_order


def _of_recurrent(written: Written) -> Places:
    values = written.values
    if is_convolutional_cell(written.name):
        return ("units", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation")
    if len(values) < 2 or is_activation(values[1]):
        return ("units", "activation", "recurrent_activation", "bias")
    if written.word.endswith("cell") or (len(values) > 2 and isinstance(values[2], bool)):
        return _OF_CELL
    return (*_OF_STACK[:3], "activation", *_OF_STACK[3:7]) if written.kind == "rnn" else _OF_STACK


def _of_attention(written: Written) -> Places:
    values, word = written.values, written.word
    if word == "transformer":
        stacks = ("num_encoder_layers", "num_decoder_layers")
        return ("width", "heads", *stacks, "dim_feedforward", "dropout", "activation")
    if word.startswith("transformer"):
        return _TRANSFORMER
    if written.name.startswith(("eqx.", "equinox.")):
        return ("heads", "width", "key_size", "value_size", "output_size")
    # Keras begins with the heads, of which there are fewer than a model is wide.
    if len(values) > 1 and all(isinstance(value, int) for value in values[:2]) and values[0] < values[1]:
        return ("heads", "key_dim", "value_dim", "dropout", "bias")
    return _ATTENTION


def _of_normalization(written: Written) -> Places:
    if written.word == "groupnorm":
        return ("num_groups", "shape", "eps", "affine")
    if written.word.startswith(("layer", "rms")):
        return ("shape", "eps", "elementwise_affine", "bias")
    places = ("shape", "eps", "momentum", "affine", "track_running_stats")
    return places[1:] if written.is_lazy else places


def _of_embedding(written: Written) -> Places:
    rest = _REST_OF_BAG if written.word == "embeddingbag" else _REST_OF_EMBEDDING
    return ("in_features", "out_features", *rest)


def _of_adapter(written: Written) -> Places:
    # Flax's nnx.LoRA has the rank between the two sides.
    has_rank_between = "nnx" in written.name
    return ("in_features", "rank", "out_features") if has_rank_between else ("in_features", "out_features", "rank")


_BY_KIND: Mapping[LayerKind, Callable[[Written], Places]] = {
    **dict.fromkeys(CONVOLUTIONS, _of_convolution),
    **dict.fromkeys(("rnn", "lstm", "gru"), _of_recurrent),
    "attention": _of_attention,
    "normalization": _of_normalization,
    "embedding": _of_embedding,
    "lora": _of_adapter,
    "prelu": lambda _: ("shape", "init"),
    "layer_scale": lambda _: ("shape", "init_values"),
    "mamba": lambda _: ("width", "d_state", "d_conv", "expand"),
    "graph": lambda _: ("in_features", "out_features"),
}
"""What gives the order of the arguments without names."""


def is_activation(value: Any) -> bool:
    """Return whether an argument is a text that names an activation."""
    if not isinstance(value, str):
        return False
    try:
        find_activation(value[:64])
    except (UnknownActivation, InvalidParameter):
        return False
    return True
