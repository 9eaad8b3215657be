"""The words for layers that users of each framework type, and what each means here."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal, get_args

from service.activations.names import UnknownActivation, find_activation
from service.likeness import fold, nearest
from service.tensors.errors import InvalidParameter

LayerKind = Literal[
    "dense", "conv", "conv_transpose", "subpixel_conv", "embedding", "positional_embedding", "rnn", "lstm", "gru",
    "attention", "normalization", "prelu", "layer_scale", "logit_scale", "lora", "graph", "s4", "s4d", "mamba",
    "mamba2",
]  # fmt: skip
LAYER_KINDS: tuple[LayerKind, ...] = get_args(LayerKind)

LayerRole = Literal[
    "hidden", "first", "head", "binary_head", "detector_head", "lm_head", "regression_head", "reconstruction_head",
    "projection_head", "mixture_head", "policy_head", "value_head",
    "deterministic_policy_head", "variational_head", "residual_last", "query", "key", "value", "qkv",
    "attention_output", "mlp_up", "mlp_gate", "mlp_down", "router", "highway_gate", "modulation", "coupling_last",
    "patch_embedding", "hypernetwork_output",
]  # fmt: skip
LAYER_ROLES: tuple[LayerRole, ...] = get_args(LayerRole)


@dataclass(frozen=True)
class LayerWord:
    """What a word says of a layer: its kind, and more where the word implies it."""

    kind: LayerKind
    role: LayerRole | None = None
    activation: str | None = None


_LAYER_WORDS: tuple[tuple[str, LayerWord], ...] = (
    (
        "dense denselayer gemm matmul linear lazylinear fullyconnected fc innerproduct affine projection densegeneral "
        "lineargeneral einsumdense einsum bilinear mlp feedforward perceptron positionwisefeedforward",
        LayerWord("dense"),
    ),
    (
        "conv convolution convolutionlayer lazyconv depthwiseconv depthwiseconvolution depthwise separableconv "
        "separableconvolution separabledepthwiseconv groupedconv pointwiseconv convlocal deformconv cnn",
        LayerWord("conv"),
    ),
    (
        "convtranspose transposedconv convtransposed deconv deconvolution lazyconvtranspose fractionallystridedconv "
        "upconv",
        LayerWord("conv_transpose"),
    ),
    ("subpixelconv pixelshuffle depthtospace icnr", LayerWord("subpixel_conv")),
    (
        "embedding embed embeddingbag embeddingext embeddinglayer embeddinglookup embeddingsequencelayer "
        "reversibleembedding wordembedding tokenembedding",
        LayerWord("embedding"),
    ),
    ("positionalembedding positionembedding posembed positionalencoding clstoken", LayerWord("positional_embedding")),
    ("rnn birnn simplernn rnncell simplecell simplernncell elman vanillarnn", LayerWord("rnn")),
    (
        "lstm lstmcell optimizedlstmcell convlstm convlstmcell bilstm graveslstm gravesbidirectionallstm",
        LayerWord("lstm"),
    ),
    ("gru grucell bigru gruv3 gruv3cell mgucell", LayerWord("gru")),
    (
        "attention multiheadattention multiheaddotproductattention selfattention crossattention groupedqueryattention "
        "groupqueryattention "
        "scaleddotproductattention transformer transformerencoder transformerencoderlayer transformerdecoder "
        "transformerdecoderlayer",
        LayerWord("attention", "qkv"),
    ),
    (
        "layernorm layernormalization rmsnorm rmsnormalization groupnorm groupnormalization instancenorm batchnorm "
        "batchnormalization syncbatchnorm norm normalization",
        LayerWord("normalization"),
    ),
    ("prelu prelulayer", LayerWord("prelu")),
    ("layerscale", LayerWord("layer_scale")),
    ("logitscale temperature", LayerWord("logit_scale")),
    ("lora loralinear lowrankadapter adapter", LayerWord("lora")),
    (
        "graph gcn gcnconv graphconv graphconvolution gat gatconv sageconv graphsage ginconv gin messagepassing gnn",
        LayerWord("graph"),
    ),
    ("s4 ssm statespace", LayerWord("s4")),
    ("s4d dss", LayerWord("s4d")),
    ("mamba mamba1 selectivessm", LayerWord("mamba")),
    ("mamba2 ssd", LayerWord("mamba2")),
    ("head classifier output outputlayer logits classificationhead lmhead rnnoutputlayer", LayerWord("dense", "head")),
    ("binaryclassifier logisticregression", LayerWord("dense", "binary_head")),
    ("detector detectionhead retinanethead", LayerWord("conv", "detector_head")),
    ("regressor regressionhead linearregression", LayerWord("dense", "regression_head")),
    ("actor policy policyhead actorhead", LayerWord("dense", "policy_head")),
    ("critic valuehead critichead valuefunction", LayerWord("dense", "value_head")),
    ("router moerouter moegate gatingnetwork", LayerWord("dense", "router")),
    ("highway highwaygate transformgate", LayerWord("dense", "highway_gate", "sigmoid")),
    ("adaln adalnmodulation adalnzero modulation film", LayerWord("dense", "modulation")),
    ("zeroconv", LayerWord("conv", "modulation")),
    ("coupling couplinglayer affinecoupling", LayerWord("conv", "coupling_last")),
    ("patchembed patchembedding patchembeddings", LayerWord("conv", "patch_embedding")),
    ("hypernetwork hypernet", LayerWord("dense", "hypernetwork_output")),
    ("siren sirenlayer sinelayer", LayerWord("dense", None, "siren")),
    ("maxout", LayerWord("dense", None, "maxout")),
    *((gated, LayerWord("dense", "mlp_down", gated)) for gated in ("glu", "reglu", "geglu", "swiglu")),
)
"""Words folded (lower case, without underscores, hyphens, a module's name, the number of dimensions), and meanings."""

_MEANINGS = {word: meaning for words, meaning in _LAYER_WORDS for word in words.split()}

_DIMENSIONS = re.compile(r"(?<=[a-z])([123])d(?=$|layer|lstm|transpose)")


_WEIGHTLESS_LAYERS = """
Dropout AlphaDropout SpatialDropout FeatureAlphaDropout DropPath DropBlock StochasticDepth GaussianNoise
GaussianDropout MaxPool MaxPooling AvgPool AveragePool AveragePooling GlobalMaxPool GlobalMaxPooling GlobalAvgPool
GlobalAveragePool GlobalAveragePooling AdaptiveAvgPool AdaptiveMaxPool LPPool FractionalMaxPool MaxUnpool Pooling
Flatten Unflatten Reshape Permute Transpose RepeatVector Masking Lambda Input InputLayer Concatenate Concat Add
Multiply Subtract Average Maximum Minimum Dot Cat Split Sequential ModuleList ModuleDict Module Model Functional
Identity Upsample UpSampling Interpolate Resize Resizing Rescaling ZeroPadding ZeroPad ReflectionPad ReplicationPad
ConstantPad Cropping Padding PixelUnshuffle Fold Unfold Normalize LRN LocalResponseNorm RotaryEmbedding RoPE Softmin
ActivityRegularization CrossEntropyLoss MSELoss
"""

_WEIGHTLESS = frozenset(map(fold, _WEIGHTLESS_LAYERS.split()))
"""Layers without weights, folded and without the number of dimensions."""

_CALL = re.compile(r"\(.*\)\s*$", re.DOTALL)
_ARGUMENTS = re.compile(r"\(\s*[^\s)]")
_PATH = re.compile(r"::|[./]")


def _fold_all_but_dimensions(word: str) -> str:
    return fold(_PATH.split(_CALL.sub("", word))[-1])


@functools.lru_cache(maxsize=1024)
def fold_layer_word(word: str) -> str:
    """Return a layer's word as the vocabulary has it: Conv2DTranspose, nn.ConvTranspose(3, 8) are convtranspose."""
    return _DIMENSIONS.sub("", _fold_all_but_dimensions(word))


@functools.lru_cache(maxsize=1024)
def dimensions(word: str) -> int | None:
    """Return how many dimensions of a convolution the word says; None where it says none."""
    found = _DIMENSIONS.search(_fold_all_but_dimensions(word))
    return None if found is None else int(found[1])


def layer_word(word: str) -> LayerWord:
    """Return what a layer's word means. Raises InvalidParameter for an unknown one, naming the nearest."""
    folded = fold_layer_word(word[:128])
    if folded in _MEANINGS:
        if _ARGUMENTS.search(word):
            name = _CALL.sub("", word)[:64]
            raise InvalidParameter("layer", f"must be the name alone, {name}; give its sizes as the weight's shape")
        return _MEANINGS[folded]
    _refuse_weightless(word, folded)
    near = nearest(folded, _MEANINGS, 2)
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    raise InvalidParameter(
        "layer",
        f"{word[:64]!r} is not a known layer{hint} The kinds are {', '.join(LAYER_KINDS)}; the names that "
        "frameworks have for them (Linear, Conv2d, LSTM, MultiheadAttention, ...) are understood",
    )


def _refuse_weightless(word: str, folded: str) -> None:
    """Raise InvalidParameter for a layer that has no weights."""
    if folded in _WEIGHTLESS:
        raise InvalidParameter("layer", f"{word[:64]!r} has no weights, so that there is nothing to initialise")
    try:
        activation = find_activation(folded).full_name
    except (UnknownActivation, InvalidParameter):
        return
    raise InvalidParameter(
        "layer",
        f"{word[:64]!r} is an activation and has no weights; give the layer before it, and activation={activation}",
    )


def is_depthwise(word: str) -> bool:
    """Return whether the word itself says that every channel has a kernel of its own."""
    return "depthwise" in fold_layer_word(word)
