"""The words for layers that users of each framework type, and what each means here."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal, get_args

from service.tensors.errors import InvalidParameter

Kind = Literal[
    "dense", "conv", "conv_transpose", "subpixel_conv", "embedding", "positional_embedding", "rnn", "lstm", "gru",
    "attention", "normalization", "prelu", "layer_scale", "logit_scale", "lora", "graph", "s4", "s4d", "mamba",
    "mamba2",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

Role = Literal[
    "hidden", "first", "head", "binary_head", "detector_head", "regression_head", "policy_head", "value_head",
    "deterministic_policy_head", "variational_head", "residual_last", "query", "key", "value", "qkv",
    "attention_output", "mlp_up", "mlp_gate", "mlp_down", "router", "highway_gate", "modulation", "coupling_last",
    "patch_embedding", "hypernetwork_output",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Word:
    """What a word says of a layer: its kind, and more where the word implies it."""

    kind: Kind
    role: Role | None = None
    activation: str | None = None


_LINES: tuple[tuple[str, Word], ...] = (
    (
        "dense linear lazylinear fullyconnected fc innerproduct affine projection densegeneral einsumdense bilinear "
        "mlp feedforward perceptron",
        Word("dense"),
    ),
    ("conv convolution lazyconv depthwiseconv depthwise separableconv groupedconv pointwiseconv cnn", Word("conv")),
    (
        "convtranspose transposedconv convtransposed deconv deconvolution lazyconvtranspose fractionallystridedconv "
        "upconv",
        Word("conv_transpose"),
    ),
    ("subpixelconv pixelshuffle depthtospace icnr", Word("subpixel_conv")),
    ("embedding embed embeddingbag wordembedding tokenembedding", Word("embedding")),
    ("positionalembedding positionembedding posembed positionalencoding clstoken", Word("positional_embedding")),
    ("rnn simplernn rnncell simplecell simplernncell elman vanillarnn", Word("rnn")),
    ("lstm lstmcell optimizedlstmcell convlstm convlstmcell bilstm", Word("lstm")),
    ("gru grucell bigru", Word("gru")),
    (
        "attention multiheadattention multiheaddotproductattention selfattention crossattention groupedqueryattention "
        "scaleddotproductattention transformer transformerencoder transformerencoderlayer transformerdecoder "
        "transformerdecoderlayer",
        Word("attention", "qkv"),
    ),
    (
        "layernorm layernormalization rmsnorm rmsnormalization groupnorm groupnormalization instancenorm batchnorm "
        "batchnormalization syncbatchnorm norm normalization",
        Word("normalization"),
    ),
    ("prelu", Word("prelu")),
    ("layerscale", Word("layer_scale")),
    ("logitscale temperature", Word("logit_scale")),
    ("lora loralinear lowrankadapter adapter", Word("lora")),
    (
        "graph gcn gcnconv graphconv graphconvolution gat gatconv sageconv graphsage ginconv gin messagepassing gnn",
        Word("graph"),
    ),
    ("s4 ssm statespace", Word("s4")),
    ("s4d dss", Word("s4d")),
    ("mamba mamba1 selectivessm", Word("mamba")),
    ("mamba2 ssd", Word("mamba2")),
    ("head classifier output outputlayer logits classificationhead lmhead", Word("dense", "head")),
    ("binaryclassifier logisticregression", Word("dense", "binary_head")),
    ("detector detectionhead retinanethead", Word("conv", "detector_head")),
    ("regressor regressionhead linearregression", Word("dense", "regression_head")),
    ("actor policy policyhead actorhead", Word("dense", "policy_head")),
    ("critic valuehead critichead valuefunction", Word("dense", "value_head")),
    ("router moerouter moegate gatingnetwork", Word("dense", "router")),
    ("highway highwaygate transformgate", Word("dense", "highway_gate", "sigmoid")),
    ("adaln adalnmodulation adalnzero modulation film", Word("dense", "modulation")),
    ("zeroconv", Word("conv", "modulation")),
    ("coupling couplinglayer affinecoupling", Word("conv", "coupling_last")),
    ("patchembed patchembedding patchembeddings", Word("conv", "patch_embedding")),
    ("hypernetwork hypernet", Word("dense", "hypernetwork_output")),
    ("siren sirenlayer sinelayer", Word("dense", None, "siren")),
    ("maxout", Word("dense", None, "maxout")),
    *((gated, Word("dense", "mlp_down", gated)) for gated in ("glu", "reglu", "geglu", "swiglu")),
)
"""Words folded (lower case, without underscores, hyphens, a module's name, the number of dimensions), and meanings."""

_WORDS = {word: meaning for words, meaning in _LINES for word in words.split()}

_DIMENSIONS = re.compile(r"(?<=[a-z])[123]d(?=$|transpose)")


def _fold(word: str) -> str:
    folded = word.rsplit(".", 1)[-1].lower().replace("_", "").replace("-", "").replace(" ", "")
    return _DIMENSIONS.sub("", folded)


def understand(word: str) -> Word:
    """Return what a layer's word means. Raises InvalidParameter for an unknown one, naming the nearest."""
    folded = _fold(word[:128])
    found = _WORDS.get(folded)
    if found is not None:
        return found
    nearest = difflib.get_close_matches(folded, _WORDS, n=4, cutoff=0.5)
    meant = f"did you mean {' or '.join(nearest)}? " if nearest else ""
    raise InvalidParameter(
        "layer",
        f"{word[:64]!r} is no layer that is known here; {meant}The kinds are {', '.join(KINDS)}; the names that "
        "frameworks have for them (Linear, Conv2d, LSTM, MultiheadAttention, ...) are understood",
    )


def is_depthwise(word: str) -> bool:
    """Return whether the word itself says that every channel has a kernel of its own."""
    return _fold(word).startswith("depthwise")
