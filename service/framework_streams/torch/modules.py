"""The modules of torch.nn: which tensors the constructor of each makes, and in which order it draws them.

Read in torch 2.13.0, torch/nn/modules/{linear,conv,sparse,rnn,activation,transformer,batchnorm,instancenorm,
normalization,container}.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from service.likeness import did_you_mean, fold, nearest
from service.streams.torch.position import SMALLEST_BLOCKED

MOST_COPIES = 1024
"""Layers of one module."""

MOST_TENSORS = 2**14
"""Of modules: a short text may stand for as many, each of which takes some microseconds to be read."""


class UnreadableModule(ValueError):
    """A call that makes no module, or one whose tensors are not known; the text says why."""


@dataclass(frozen=True)
class ModuleCall:
    """A constructor's call: numbers, truth values, texts, tuples of them, names with them, None, and other calls."""

    name: str
    positional: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)

    @property
    def word(self) -> str:
        """The name without the modules before it."""
        return self.name.rpartition(".")[2]

    @property
    def is_module(self) -> bool:
        """Whether it makes a module or a parameter, and no array of which one is made."""
        return self.word not in _ARRAYS and self.word != "times"


@dataclass(frozen=True)
class ModuleTensor:
    """A tensor of a module's state_dict."""

    name: str
    shape: tuple[int, ...]
    members: Mapping[str, Any]
    """What a request says of it besides its shape."""
    discards: tuple[ModuleTensor, ...] = ()
    """What is drawn before it and thrown away."""
    copy_of: str = ""
    """The tensor whose numbers it has, where a module is copied."""

    @property
    def entry(self) -> dict[str, Any]:
        """Its members, as a manifest has them."""
        return {**self.members, "shape": list(self.shape)}

    def within(self, path: str) -> ModuleTensor:
        """Return it as a tensor of a module within another."""
        copied = f"{path}.{self.copy_of}" if self.copy_of else ""
        return replace(self, name=f"{path}.{self.name}" if self.name else path, copy_of=copied)

    def drawn_in(self, dtype: str) -> ModuleTensor:
        """Return it in the dtype of its module; one of whole numbers stays."""
        if "dtype" in self.members:
            return self
        discards = tuple(each.drawn_in(dtype) for each in self.discards)
        return replace(self, members={**self.members, "dtype": dtype}, discards=discards)


Tensors = Iterator[ModuleTensor]


@dataclass(frozen=True)
class _Module:
    """A class of torch.nn."""

    arguments: tuple[str, ...]
    tensors: Callable[[_Arguments], Tensors]


@dataclass(frozen=True)
class _Arguments:
    """The arguments of a call, by name."""

    module: str
    given: Mapping[str, Any]

    def size(self, name: str, default: int | None = None) -> int:
        """Return a whole number of 1 and more. Raises UnreadableModule."""
        value = self.given.get(name, default)
        if type(value) is not int or value < 1:
            raise UnreadableModule(f"{self.module}'s {name} must be a whole number of 1 and more")
        return value

    def sizes(self, name: str, rank: int | None = None) -> tuple[int, ...]:
        """Return several of them; one stands for `rank` of them. Raises UnreadableModule."""
        value = self.given.get(name)
        values: tuple[Any, ...] = value if isinstance(value, tuple) else (value,) * (rank or 1)
        if any(type(size) is not int or size < 1 for size in values) or (rank and len(values) != rank):
            raise UnreadableModule(f"{self.module}'s {name} must be a whole number of 1 and more, or {rank or 'some'}")
        return values

    def truth(self, name: str, default: bool = True) -> bool:
        """Return a truth value. Raises UnreadableModule."""
        value = self.given.get(name, default)
        if not isinstance(value, bool):
            raise UnreadableModule(f"{self.module}'s {name} must be True or False")
        return value

    def module_of(self, name: str) -> ModuleCall:
        """Return a module. Raises UnreadableModule."""
        value = self.given.get(name)
        if not isinstance(value, ModuleCall):
            raise UnreadableModule(f"{self.module}'s {name} must be a module, such as nn.TransformerEncoderLayer(8, 2)")
        return value


def _default(layer: str, tensor: str, name: str, shape: tuple[int, ...], **said: Any) -> ModuleTensor:
    return ModuleTensor(name, shape, {"initializer": "pytorch_default", "layer": layer, "tensor": tensor, **said})


def _xavier(name: str, *shape: int) -> ModuleTensor:
    return ModuleTensor(name, shape, {"initializer": "glorot_uniform"})


def _zeros(name: str, *shape: int) -> ModuleTensor:
    return ModuleTensor(name, shape, {"initializer": "zeros"})


def _ones(name: str, *shape: int) -> ModuleTensor:
    return ModuleTensor(name, shape, {"initializer": "ones"})


def _linear_of(in_features: int, out_features: int, has_bias: bool) -> Tensors:
    yield _default("Linear", "weight", "weight", (out_features, in_features))
    if has_bias:
        yield _default("Linear", "bias", "bias", (out_features,), fan_in=in_features)


def _linear(given: _Arguments) -> Tensors:
    return _linear_of(given.size("in_features"), given.size("out_features"), given.truth("bias"))


def _bilinear(given: _Arguments) -> Tensors:
    first, second, out = (given.size(name) for name in ("in1_features", "in2_features", "out_features"))
    yield _default("Bilinear", "weight", "weight", (out, first, second))
    if given.truth("bias"):
        yield _default("Bilinear", "bias", "bias", (out,), fan_in=first)


def _convolution(layer: str, rank: int) -> Callable[[_Arguments], Tensors]:
    def tensors(given: _Arguments) -> Tensors:
        channels, out, groups = given.size("in_channels"), given.size("out_channels"), given.size("groups", 1)
        if channels % groups or out % groups:
            raise UnreadableModule(f"{given.module}'s groups must divide in_channels and out_channels")
        kernel = given.sizes("kernel_size", rank)
        is_transposed = layer == "ConvTranspose"
        shape = (channels, out // groups) if is_transposed else (out, channels // groups)
        yield _default(layer, "weight", "weight", (*shape, *kernel))
        if given.truth("bias"):
            yield _default(layer, "bias", "bias", (out,), fan_in=shape[1] * math.prod(kernel))

    return tensors


def _embedding(given: _Arguments) -> Tensors:
    rows = given.size("num_embeddings")
    padding = given.given.get("padding_idx")
    said = {} if padding is None else {"padding_idx": padding}
    if padding is not None and (type(padding) is not int or not -rows <= padding < rows):
        raise UnreadableModule(f"{given.module}'s padding_idx must be one of its rows")
    if given.given.get("_weight") is not None:
        raise UnreadableModule(f"{given.module}'s _weight is not read; give the tensor itself")
    yield _default("Embedding", "weight", "weight", (rows, given.size("embedding_dim")), **said)


def _recurrent(layer: str, gates: int) -> Callable[[_Arguments], Tensors]:
    def tensors(given: _Arguments) -> Tensors:
        units, projection = given.size("hidden_size"), given.given.get("proj_size", 0)
        state = units if projection == 0 else given.size("proj_size")
        directions = ("", "_reverse") if given.truth("bidirectional", False) else ("",)
        for number in range(_copies(given.size("num_layers", 1))):
            inputs = given.size("input_size") if number == 0 else state * len(directions)
            for direction in directions:
                of = f"_l{number}{direction}"
                yield from _cell(layer, of, (gates * units, inputs, state), given.truth("bias"))
                if state != units or projection:
                    yield _default(layer, "weight_hr", f"weight_hr{of}", (state, units))

    return tensors


def _cell(layer: str, of: str, sizes: tuple[int, int, int], has_bias: bool) -> Tensors:
    """Yield those of a cell; `sizes` are those of all gates together, the inputs and the state that comes back."""
    gates, inputs, state = sizes
    yield _default(layer, "weight_ih", f"weight_ih{of}", (gates, inputs))
    yield _default(layer, "weight_hh", f"weight_hh{of}", (gates, state))
    if has_bias:
        yield _default(layer, "bias_ih", f"bias_ih{of}", (gates,))
        yield _default(layer, "bias_hh", f"bias_hh{of}", (gates,))


def _lone_cell(layer: str, gates: int) -> Callable[[_Arguments], Tensors]:
    def tensors(given: _Arguments) -> Tensors:
        units = given.size("hidden_size")
        return _cell(layer, "", (gates * units, given.size("input_size"), units), given.truth("bias"))

    return tensors


def _attention(given: _Arguments) -> Tensors:
    """The output projection is made first; its bias is drawn, and becomes zeros with the others."""
    width, layer = given.size("embed_dim"), "MultiheadAttention"
    has_bias = given.truth("bias")
    sources = [width if given.given.get(name) is None else given.size(name) for name in ("kdim", "vdim")]
    out_weight = _default(layer, "out_proj.weight", "out_proj.weight", (width, width))
    yield out_weight
    if has_bias:
        drawn = _default("Linear", "bias", "", (width,), fan_in=width)
        yield replace(_zeros("out_proj.bias", width), discards=(drawn,))
    if sources == [width, width]:
        yield _default(layer, "in_proj_weight", "in_proj_weight", (3 * width, width))
    else:
        for letter, size in zip("qkv", (width, *sources), strict=True):
            yield _default(layer, f"{letter}_proj_weight", f"{letter}_proj_weight", (width, size))
    if has_bias:
        yield _zeros("in_proj_bias", 3 * width)
    if given.truth("add_bias_kv", False):
        yield _default(layer, "bias_k", "bias_k", (1, 1, width))
        yield _default(layer, "bias_v", "bias_v", (1, 1, width))


def _transformer_layer(attentions: tuple[str, ...]) -> Callable[[_Arguments], Tensors]:
    def tensors(given: _Arguments) -> Tensors:
        width, hidden = given.size("d_model"), given.size("dim_feedforward", 2048)
        has_bias = given.truth("bias")
        for name in attentions:
            of_attention = _Arguments("MultiheadAttention", {"embed_dim": width, "bias": has_bias})
            yield from _within(name, _attention(of_attention))
        yield from _within("linear1", _linear_of(width, hidden, has_bias))
        yield from _within("linear2", _linear_of(hidden, width, has_bias))
        for number in range(len(attentions) + 1):
            yield from _within(f"norm{number + 1}", _scale_and_shift((width,), has_bias))

    return tensors


def _stack(argument: str) -> Callable[[_Arguments], Tensors]:
    def tensors(given: _Arguments) -> Tensors:
        layer = [tensor.within("layers.0") for tensor in tensors_of(given.module_of(argument))]
        copies = _copies(given.size("num_layers"))
        if len(layer) * copies > MOST_TENSORS:
            raise UnreadableModule(f"has more than {MOST_TENSORS} tensors")
        yield from layer
        for number in range(1, copies):
            for tensor in layer:
                name = tensor.name.replace("layers.0", f"layers.{number}", 1)
                yield replace(tensor, name=name, discards=(), copy_of=tensor.name)
        if given.given.get("norm") is not None:
            yield from _within("norm", tensors_of(given.module_of("norm")))

    return tensors


def _transformer(given: _Arguments) -> Tensors:
    """An encoder, a decoder, and then all of their matrices once more, by xavier_uniform_."""
    width, hidden = given.size("d_model", 512), given.size("dim_feedforward", 2048)
    stacks: list[tuple[str, int]] = []
    drawn: list[ModuleTensor] = []
    for part, attentions in _PARTS_OF_TRANSFORMER.items():
        if given.given.get(f"custom_{part}") is not None:
            raise UnreadableModule(f"Transformer's custom_{part} is not followed; write the modules out")
        copies = given.size(f"num_{part}_layers", 6)
        layer = ModuleCall(
            f"Transformer{part.title()}Layer", (width, 1, hidden), {"bias": given.truth("bias")}
        )  # fmt: skip
        norm = ModuleCall("LayerNorm", (width,), {"bias": given.truth("bias")})
        stack = _stack(f"{part}_layer")
        of_stack = {f"{part}_layer": layer, "num_layers": copies, "norm": norm}
        drawn += _within(part, stack(_Arguments(given.module, of_stack)))
        stacks += [(f"{part}.layers.{number}", len(attentions)) for number in range(copies)]
    discards: list[ModuleTensor] = []
    for tensor in drawn:
        discards += tensor.discards
        if len(tensor.shape) > 1:
            discards += [] if tensor.copy_of else [tensor]
        else:
            yield replace(tensor, discards=tuple(discards))
            discards = []
    for path, attentions_of_layer in stacks:
        for name in ("self_attn", "multihead_attn")[:attentions_of_layer]:
            yield _xavier(f"{path}.{name}.in_proj_weight", 3 * width, width)
            yield _xavier(f"{path}.{name}.out_proj.weight", width, width)
        yield _xavier(f"{path}.linear1.weight", hidden, width)
        yield _xavier(f"{path}.linear2.weight", width, hidden)


_PARTS_OF_TRANSFORMER = {"encoder": ("self_attn",), "decoder": ("self_attn", "multihead_attn")}
"""The attentions in each layer of them."""


def _parameter(given: _Arguments) -> Tensors:
    """A parameter is what it is made of: torch.randn, rand, zeros or ones, or randn times a number."""
    data, factor = given.given.get("data"), 1.0
    if isinstance(data, ModuleCall) and data.word == "times":
        data, factor = data.positional
    if not isinstance(data, ModuleCall) or data.word not in _ARRAYS:
        raise UnreadableModule("Parameter's data must be torch.randn(…), rand, zeros or ones with its sizes in numbers")
    sizes = data.positional[0] if data.positional and isinstance(data.positional[0], tuple) else data.positional
    if unknown := data.keywords.keys() - _OF_ALL:
        raise UnreadableModule(f"{data.name}'s {min(unknown)} is not read")
    if any(type(size) is not int or size < 1 for size in sizes):
        raise UnreadableModule(f"{data.name} must have its sizes, whole numbers of 1 and more")
    members = dict(_ARRAYS[data.word])
    if factor != 1.0:
        if data.word != "randn" or math.prod(sizes) < SMALLEST_BLOCKED or factor < 0:
            raise UnreadableModule(f"of arrays times a number, randn of {SMALLEST_BLOCKED} and more is read")
        members["std"] = factor
    tensor = ModuleTensor("", sizes, members)
    dtype = data.keywords.get("dtype")
    yield tensor if dtype is None else tensor.drawn_in(str(dtype))


_ARRAYS: Mapping[str, Mapping[str, Any]] = {
    "randn": {"initializer": "normal"},
    "rand": {"initializer": "uniform", "low": 0.0, "high": 1.0},
    "zeros": {"initializer": "zeros"},
    "ones": {"initializer": "ones"},
}
"""Functions of torch of which parameters are made."""


def _scale_and_shift(shape: tuple[int, ...], has_bias: bool = True) -> Tensors:
    yield _ones("weight", *shape)
    if has_bias:
        yield _zeros("bias", *shape)


def _layer_norm(given: _Arguments) -> Tensors:
    if given.truth("elementwise_affine"):
        yield from _scale_and_shift(given.sizes("normalized_shape"), given.truth("bias"))


def _rms_norm(given: _Arguments) -> Tensors:
    if given.truth("elementwise_affine"):
        yield from _scale_and_shift(given.sizes("normalized_shape"), False)


def _group_norm(given: _Arguments) -> Tensors:
    if given.truth("affine"):
        yield from _scale_and_shift((given.size("num_channels"),))


def _running_norm(by_default: bool) -> Callable[[_Arguments], Tensors]:
    def tensors(given: _Arguments) -> Tensors:
        features = given.size("num_features")
        if given.truth("affine", by_default):
            yield from _scale_and_shift((features,))
        if given.truth("track_running_stats", by_default):
            yield _zeros("running_mean", features)
            yield _ones("running_var", features)
            yield ModuleTensor("num_batches_tracked", (), {"initializer": "zeros", "dtype": "int64"})

    return tensors


def _prelu(given: _Arguments) -> Tensors:
    value = given.given.get("init", 0.25)
    if type(value) not in (int, float):
        raise UnreadableModule("PReLU's init must be a number")
    count = given.size("num_parameters", 1)
    yield ModuleTensor("weight", (count,), {"initializer": "constant", "value": value})


def _nothing(given: _Arguments) -> Tensors:
    return iter(())


def _within(path: str, tensors: Tensors) -> Tensors:
    return (tensor.within(path) for tensor in tensors)


def _copies(number: int) -> int:
    if number > MOST_COPIES:
        raise UnreadableModule(f"has {number} layers; at most {MOST_COPIES} are read")
    return number


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NORMALIZED = "num_features eps momentum affine track_running_stats"
_CONVOLUTION = "in_channels out_channels kernel_size stride padding dilation groups bias padding_mode"
_TRANSPOSED = "in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode"
_RECURRENT = "input_size hidden_size num_layers bias batch_first dropout bidirectional proj_size"
_RNN = "input_size hidden_size num_layers nonlinearity bias batch_first dropout bidirectional"
_TRANSFORMER = "d_model nhead dim_feedforward dropout activation layer_norm_eps batch_first norm_first bias"
_WHOLE_TRANSFORMER = (
    "d_model nhead num_encoder_layers num_decoder_layers dim_feedforward dropout activation custom_encoder "
    "custom_decoder layer_norm_eps batch_first norm_first bias"
)
_OF_EMBEDDING = "max_norm norm_type scale_grad_by_freq"
_IDLE = (
    "ReLU ReLU6 LeakyReLU ELU SELU CELU GELU SiLU Mish Sigmoid Tanh Hardswish Hardsigmoid Hardtanh Softplus Softsign "
    "LogSigmoid Softmax LogSoftmax GLU Threshold Identity Flatten Unflatten Dropout Dropout1d Dropout2d Dropout3d "
    "AlphaDropout MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d AdaptiveAvgPool1d AdaptiveAvgPool2d "
    "AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d Upsample PixelShuffle PixelUnshuffle "
    "ZeroPad1d ZeroPad2d ZeroPad3d ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d "
    "ReplicationPad3d ConstantPad1d ConstantPad2d ConstantPad3d CircularPad1d CircularPad2d CircularPad3d "
    "LocalResponseNorm CrossMapLRN2d RReLU Softmax2d Softmin Softshrink Hardshrink Tanhshrink FeatureAlphaDropout "
    "LPPool1d LPPool2d LPPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d FractionalMaxPool2d FractionalMaxPool3d "
    "ChannelShuffle Fold Unfold UpsamplingNearest2d UpsamplingBilinear2d CosineSimilarity PairwiseDistance L1Loss "
    "CrossEntropyLoss NLLLoss BCELoss BCEWithLogitsLoss "
    "MSELoss SmoothL1Loss HuberLoss KLDivLoss CTCLoss GaussianNLLLoss PoissonNLLLoss"
)
"""Modules without tensors."""


def _modules() -> Mapping[str, _Module]:
    known = {name: _Module((), _nothing) for name in _words(_IDLE)}
    for rank in (1, 2, 3):
        known[f"Conv{rank}d"] = _Module(_words(_CONVOLUTION), _convolution("Conv", rank))
        known[f"ConvTranspose{rank}d"] = _Module(_words(_TRANSPOSED), _convolution("ConvTranspose", rank))
        known[f"BatchNorm{rank}d"] = _Module(_words(_NORMALIZED), _running_norm(True))
        known[f"InstanceNorm{rank}d"] = _Module(_words(_NORMALIZED), _running_norm(False))
    embedding = _words(f"num_embeddings embedding_dim padding_idx {_OF_EMBEDDING} sparse")
    bag = _words(f"num_embeddings embedding_dim {_OF_EMBEDDING} mode sparse _weight include_last_offset padding_idx")
    for layer, gates in (("LSTM", 4), ("GRU", 3), ("RNN", 1)):
        arguments = _words(_RNN if layer == "RNN" else _RECURRENT)
        known[layer] = _Module(arguments, _recurrent(layer, gates))
        known[f"{layer}Cell"] = _Module(_words("input_size hidden_size bias"), _lone_cell(layer, gates))
    return {
        **known,
        "Linear": _Module(_words("in_features out_features bias"), _linear),
        "Bilinear": _Module(_words("in1_features in2_features out_features bias"), _bilinear),
        "Embedding": _Module(embedding, _embedding),
        "EmbeddingBag": _Module(bag, _embedding),
        "SyncBatchNorm": known["BatchNorm1d"],
        "Parameter": _Module(_words("data requires_grad"), _parameter),
        "Transformer": _Module(_words(_WHOLE_TRANSFORMER), _transformer),
        "LayerNorm": _Module(_words("normalized_shape eps elementwise_affine bias"), _layer_norm),
        "RMSNorm": _Module(_words("normalized_shape eps elementwise_affine"), _rms_norm),
        "GroupNorm": _Module(_words("num_groups num_channels eps affine"), _group_norm),
        "PReLU": _Module(_words("num_parameters init"), _prelu),
        "MultiheadAttention": _Module(
            _words("embed_dim num_heads dropout bias add_bias_kv add_zero_attn kdim vdim batch_first"), _attention
        ),
        "TransformerEncoderLayer": _Module(_words(_TRANSFORMER), _transformer_layer(("self_attn",))),
        "TransformerDecoderLayer": _Module(_words(_TRANSFORMER), _transformer_layer(("self_attn", "multihead_attn"))),
        "TransformerEncoder": _Module(
            _words("encoder_layer num_layers norm enable_nested_tensor mask_check"), _stack("encoder_layer")
        ),
        "TransformerDecoder": _Module(_words("decoder_layer num_layers norm"), _stack("decoder_layer")),
    }


MODULES = _modules()
"""By the class's name."""

_WEIGHTED = frozenset(("CrossEntropyLoss", "NLLLoss", "BCELoss", "BCEWithLogitsLoss"))
"""Losses that may be given weights of classes first."""
_LISTS = frozenset(("Sequential", "ModuleList", "ModuleDict"))
_OF_ALL = frozenset(("device", "dtype", "requires_grad"))
"""What constructors take besides: on which device, in which dtype."""
_BY_FOLD = {fold(name): name for name in (*MODULES, *_LISTS)}


def makes_tensors(word: str) -> bool:
    """Return whether a class of torch.nn has tensors, its own or those of modules that it is given."""
    return word in _LISTS or (word in MODULES and MODULES[word].tensors is not _nothing)


def tensors_of(call: ModuleCall) -> Tensors:
    """Yield the tensors of a module in the order in which its constructor draws them. Raises UnreadableModule."""
    word = call.word
    if word in _LISTS:
        yield from _of_list(call)
        return
    module = MODULES.get(word)
    if module is None:
        hint = did_you_mean([_BY_FOLD[key] for key in nearest(fold(word[:64]), _BY_FOLD)][:2]) or "."
        known = ", ".join(name for name in MODULES if MODULES[name].tensors is not _nothing)
        raise UnreadableModule(f"{word[:64]!r} is not a module that is read{hint} {_INSTEAD} There are {known}")
    if module.tensors is _nothing:
        of_classes = call.positional[:1] if word in _WEIGHTED else ()
        if any(given is not None for given in (*of_classes, *map(call.keywords.get, ("weight", "pos_weight")))):
            raise UnreadableModule(f"{word}'s weight is a tensor of the state_dict that is not read; leave it out")
        return
    if len(call.positional) > len(module.arguments):
        raise UnreadableModule(f"{word} takes {', '.join(module.arguments)}, and {len(call.positional)} are given")
    positional = dict(zip(module.arguments, call.positional, strict=False))
    for name in call.keywords:
        if name in positional or name not in {*module.arguments, *_OF_ALL}:
            problem = "is given twice" if name in positional else "is not known"
            raise UnreadableModule(
                f"{word}'s {name[:48]} {problem}: it takes {', '.join(module.arguments)}, device, dtype"
            )
    tensors = module.tensors(_Arguments(word, {**positional, **call.keywords}))
    dtype = call.keywords.get("dtype")
    yield from tensors if dtype is None else (tensor.drawn_in(str(dtype)) for tensor in tensors)


_INSTEAD = (
    "Write out the modules of which it is made, in the order of their construction, or give its tensors, each with an "
    "initializer."
)


def _of_list(call: ModuleCall) -> Tensors:
    items: Any = call.positional
    if len(items) == 1 and isinstance(items[0], tuple | dict):
        items = items[0]
    if call.word == "ModuleDict" and isinstance(items, tuple):
        items = {str(item[0]): item[1] for item in items if isinstance(item, tuple) and len(item) == 2}
    for name, item in items.items() if isinstance(items, dict) else enumerate(items):
        if not isinstance(item, ModuleCall) or not item.is_module:
            raise UnreadableModule(f"{call.name} must have modules, such as nn.Linear(2, 3)")
        yield from _within(str(name), tensors_of(item))
