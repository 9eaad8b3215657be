"""The words for layers that users of each framework type, and what each means here."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from service.activations.names import UnknownActivation, find_activation
from service.advice.layer.instead import INSTEAD, is_weightless
from service.advice.layer.paths import (
    CODEBOOK_PATHS,
    OTHER_PATHS,
    PATCH_PATHS,
    ROLES_OF_PATHS,
    ROLES_OF_PATHS_IN_TRANSFORMERS,
    folded_path,
    joined,
)
from service.advice.layer.unnamed_activations import find_by_samples
from service.likeness import did_you_mean, fold, nearest
from service.tensors.errors import InvalidParameter

LayerKind = Literal[
    "dense", "conv", "conv_transpose", "subpixel_conv", "embedding", "positional_embedding", "rnn", "lstm", "gru",
    "attention", "normalization", "prelu", "layer_scale", "logit_scale", "lora", "graph", "s4", "s4d", "mamba",
    "mamba2", "parameter",
]  # fmt: skip
LAYER_KINDS: tuple[LayerKind, ...] = get_args(LayerKind)

CONVOLUTIONS: frozenset[LayerKind] = frozenset(("conv", "conv_transpose", "subpixel_conv"))
"""Layers of kernels that slide over a map."""

LayerRole = Literal[
    "hidden", "first", "head", "binary_head", "detector_head", "lm_head", "regression_head", "reconstruction_head",
    "projection_head", "mixture_head", "policy_head", "value_head",
    "deterministic_policy_head", "variational_head", "residual_last", "shortcut", "query", "key", "value", "qkv",
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
    role_in_transformer: LayerRole | None = None
    """The role where the architecture is a transformer's, of words that are used elsewhere too."""


_LAYER_WORDS: tuple[tuple[str, LayerWord], ...] = (
    (
        "dense denselayer gemm matmul linear lazylinear fullyconnected fc innerproduct affine projection densegeneral "
        "lineargeneral einsumdense einsum bilinear mlp feedforward perceptron positionwisefeedforward ffn mlpblock "
        "convmlp mixerblock expert experts adaptivelogsoftmaxwithloss matmulinteger qlinearmatmul linearnobias linearb "
        "bottleneck latent firstlayer "
        "timestepembedding timestepembedder timeembed timemlp squeezeexcite squeezeexcitation semodule selayer se "
        "denseblock qgemm linearbn linearrelu cfc hidden hiddenlayer matmulnbits fusedmatmul timeembproj "
        "kvaprojwithmqa "
        "kvbproj qaproj qbproj qmatmul reduction embeddingsproject embeddinghiddenmappingin denseprediction "
        "inputprojection",
        LayerWord("dense"),
    ),
    (
        "conv convolution convolutionlayer lazyconv depthwiseconv depthwiseconvolution depthwise separableconv "
        "separableconvolution separabledepthwiseconv groupedconv pointwiseconv convlocal deformconv cnn convsame "
        "convnormact convnormactivation convbnrelu convbnact convbn convmodule convblock convrelu convstatic basicconv "
        "convolutional convolutionallayer "
        "convinteger qlinearconv crosscor convin convout downsample downsamplelayers stem locallyconnected "
        "locallyconnectedlayer causalconv dilatedconv convdw convpw convpwl convstem convhead",
        LayerWord("conv"),
    ),
    (
        "convtranspose transposedconv convtransposed deconv deconvolution lazyconvtranspose fractionallystridedconv "
        "upconv convtransposesame",
        LayerWord("conv_transpose"),
    ),
    ("subpixelconv pixelshuffle depthtospace icnr", LayerWord("subpixel_conv")),
    (
        "embedding embed word2vec embeddingbag embeddingext embeddinglayer embeddinglookup embeddingsequencelayer "
        "reversibleembedding wordembedding wordembeddings tokenembedding tokenembeddings tokembeddings embedtokens "
        "embeddings embedin shared tokentypeembeddings tokentypeembedding segmentembeddings "
        "wte lookuptable gather codebook vectorquantizer vectorquantize quantizer softprompt",
        LayerWord("embedding"),
    ),
    (
        "positionalembedding positionembedding positionembeddings posembed posembedding positionalencoding clstoken "
        "embedpositions wpe masktoken disttoken registertokens classtoken queryembed objectquery objectqueries "
        "distillationtoken classembedding querytokens latents relativepositionbias relativepositionbiastable "
        "relativeattentionbias relpos relattnbias learnedposition",
        LayerWord("positional_embedding"),
    ),
    ("rnn birnn simplernn rnncell simplecell simplernncell elman vanillarnn", LayerWord("rnn")),
    (
        "lstm lstmcell optimizedlstmcell convlstm convlstmcell bilstm graveslstm gravesbidirectionallstm",
        LayerWord("lstm"),
    ),
    ("gru grucell bigru gruv3 gruv3cell mgucell", LayerWord("gru")),
    (
        "attention multiheadattention multiheaddotproductattention selfattention crossattention groupedqueryattention "
        "groupqueryattention selfattentionlayer attentionlayer attn selfattn crossattn transformer transformerencoder "
        "transformerencoderlayer transformerdecoder transformerdecoderlayer transformerblock transformerlayer "
        "bertlayer attentionblock mha gqa mqa mla sdpa multiheadselfattention multiheadcrossattention",
        LayerWord("attention", "qkv"),
    ),
    (
        "layernorm layernormalization layernorm1p rmsnorm rmsnormalization groupnorm groupnormalization instancenorm "
        "instancenormalization batchnorm batchnormalization syncbatchnorm norm normalization scale frozenbatchnorm "
        "qnorm knorm ln "
        "lnf bn gn",
        LayerWord("normalization"),
    ),
    ("prelu prelulayer", LayerWord("prelu")),
    ("layerscale layerscaleparameter lambda1 lambda2 gamma1 gamma2", LayerWord("layer_scale")),
    ("logitscale temperature", LayerWord("logit_scale")),
    ("lora loraparam loralinear lowrankadapter adapter loraa lorab", LayerWord("lora")),
    (
        "graph gcn gcnconv graphconv graphconvolution gat gatconv sageconv graphsage ginconv gin messagepassing gnn "
        "gatv2conv transformerconv edgeconv dynamicedgeconv rgcnconv rgatconv chebconv nnconv gineconv ggnn "
        "gatedgraphconv tagconv sgconv appnp pnaconv cgconv hypergraphconv leconv armaconv clustergcnconv schnet egnn",
        LayerWord("graph"),
    ),
    ("s4 ssm statespace", LayerWord("s4")),
    ("s4d dss", LayerWord("s4d")),
    ("mamba mamba1 selectivessm s6 mambablock alog", LayerWord("mamba")),
    ("mamba2 ssd", LayerWord("mamba2")),
    ("d dskip dtbias escorecorrectionbias expertbias logitbias", LayerWord("parameter")),
    ("qproj wq queryproj toq query q", LayerWord("dense", "query")),
    ("kproj wk keyproj tok key k", LayerWord("dense", "key")),
    ("vproj wv valueproj tov value v", LayerWord("dense", "value")),
    ("cattn inproj inprojweight querykeyvalue qkv qkvproj wqkv toqkv fusedqkv", LayerWord("dense", "qkv")),
    (
        "oproj outproj wo cproj toout attnout outputprojection outlin",
        LayerWord("dense", "attention_output"),
    ),
    (
        "upproj gateupproj w3 densehto4h cfc",
        LayerWord("dense", "mlp_up"),
    ),
    ("fc1 linear1 wi lin1", LayerWord("dense", None, None, "mlp_up")),
    ("w1", LayerWord("dense", None, None, "mlp_gate")),
    ("gateproj wi0", LayerWord("dense", "mlp_gate")),
    ("downproj dense4htoh", LayerWord("dense", "mlp_down")),
    ("fc2 linear2 w2 lin2", LayerWord("dense", None, None, "mlp_down")),
    ("dtproj xproj featureprojection pwconv1 pwconv2", LayerWord("dense")),
    ("dwconv posconvembed positionalconvembedding", LayerWord("conv")),
    ("pooler prelogits", LayerWord("dense", None, "tanh")),
    (
        "head classifier output outputlayer logits classificationhead rnnoutputlayer clshead fcout score lastlayer "
        "tologits mlphead classembed clsscore "
        "finallayer newhead",
        LayerWord("dense", "head"),
    ),
    ("lmhead embedout vocabprojector lmloss generatorlmhead", LayerWord("dense", "lm_head")),
    (
        "projector projectionhead projhead textprojection visualprojection imageprojection",
        LayerWord("dense", "projection_head"),
    ),
    ("mdn mixturedensity mixturedensityhead mixturehead", LayerWord("dense", "mixture_head")),
    (
        "reconstructionhead reconstruction decoderoutput decoderhead decoderpred",
        LayerWord("dense", "reconstruction_head"),
    ),
    ("binaryclassifier binaryclassification logisticregression", LayerWord("dense", "binary_head")),
    ("detector detectionhead retinanethead rpn rpnhead clslogits", LayerWord("conv", "detector_head")),
    (
        "regressor regression regressionhead linearregression bboxhead bboxpred bboxembed",
        LayerWord("dense", "regression_head"),
    ),
    ("actor policy policyhead actorhead actormean", LayerWord("dense", "policy_head")),
    (
        "critic valuehead critichead valuefunction duelinghead qvalue qhead advantagehead",
        LayerWord("dense", "value_head"),
    ),
    ("fcmu tomu tologvar fcvar fclogvar zmean zlogvar", LayerWord("dense", "variational_head")),
    (
        "router moerouter moegate gatingnetwork topkgate topkrouter gatelayer",
        LayerWord("dense", "router"),
    ),
    ("highway highwaygate transformgate", LayerWord("dense", "highway_gate", "sigmoid")),
    ("adaln adalnmodulation adalnzero modulation film", LayerWord("dense", "modulation")),
    ("zeroconv", LayerWord("conv", "modulation")),
    ("coupling couplinglayer affinecoupling", LayerWord("conv", "coupling_last")),
    (
        "patchembed patchembedding patchembeddings patchproj",
        LayerWord("conv", "patch_embedding"),
    ),
    ("convproj", LayerWord("conv", role_in_transformer="patch_embedding")),
    ("hypernetwork hypernet", LayerWord("dense", "hypernetwork_output")),
    ("siren sirenlayer sinelayer", LayerWord("dense", None, "siren")),
    ("maxout", LayerWord("dense", None, "maxout")),
    *((gated, LayerWord("dense", "mlp_down", gated)) for gated in ("glu", "reglu", "geglu", "swiglu")),
    ("glumlp", LayerWord("dense", "mlp_down", "glu")),
    ("swiglupacked swigluffn swiglumlp", LayerWord("dense", "mlp_down", "swiglu")),
)
"""Words folded (lower case, without underscores, hyphens, a module's name, the number of dimensions), and meanings."""

_OF_PATHS: Mapping[str, LayerWord] = {
    **{folded_path(path): LayerWord("dense", role) for role, paths in ROLES_OF_PATHS for path in paths.split()},
    **{
        folded_path(path): LayerWord("dense", role_in_transformer=role)
        for role, paths in ROLES_OF_PATHS_IN_TRANSFORMERS
        for path in paths.split()
    },
    **{folded_path(path): LayerWord("dense") for path in OTHER_PATHS.split()},
    "poolerdense": LayerWord("dense", activation="tanh"),
    **{folded_path(path): LayerWord("conv", "patch_embedding") for path in PATCH_PATHS.split()},
    **{folded_path(path): LayerWord("embedding") for path in CODEBOOK_PATHS.split()},
}
"""Words that mean another layer than the last of their steps alone."""

_MEANINGS: Mapping[str, LayerWord] = {
    **{word: meaning for words, meaning in _LAYER_WORDS for word in words.split()},
    **_OF_PATHS,
}

_ENDINGS: tuple[str, ...] = (
    "linear", "dense", "matmul", "convtranspose", "deconv", "conv", "attention", "layernormalization", "layernorm",
    "rmsnorm", "batchnorm", "groupnorm",
    "instancenorm", "embedding", "embeddings", "lstm", "lstmcell", "grucell", "gru", "rnncell", "rnn",
)  # fmt: skip
"""What a word may end in that is otherwise a name of its own: BertSelfAttention, ColumnParallelLinear, StdConv2d."""

_DIMENSIONS = re.compile(r"(?<=[a-z])([123])d(?=$|layer|lstm|transpose|same|norm|static)")

_CALL = re.compile(r"\(.*\)\s*$", re.DOTALL)
_PATH = re.compile(r"::|[./]")
_TENSORS = frozenset(("weight", "kernel"))
"""What a path to a layer may end in, which is not the layer."""
_LONGEST = 128
_MOST_STEPS = 5


_KERNEL = re.compile(r"(?<![0-9])([1-9][0-9]?)[xX×]\1(?![0-9])")
_BUILDER = re.compile(r"(?:config|options)$")
"""What the names of the builders of layers end in: burn's LinearConfig, libtorch's Conv2dOptions."""
_NUMBER = re.compile(r"(?<=[A-Za-z])[_-]?[0-9]+$")
"""By which a network tells layers of one name apart: conv1, dense_3."""


def _fold_all_but_dimensions(word: str) -> str:
    written = _steps(word)
    path = _path(written)
    if path is not None:
        return path
    while len(written) > 1 and (written[-1].isdecimal() or _is_adapter(written)):
        written.pop()
    last = fold(written[-1])
    if (built := _BUILDER.sub("", last)) != last and _DIMENSIONS.sub("", built) in _MEANINGS:
        return built
    numberless = fold(_NUMBER.sub("", written[-1]))
    is_numbered = _DIMENSIONS.sub("", last) not in _MEANINGS and _DIMENSIONS.sub("", numberless) in _MEANINGS
    return numberless if is_numbered else last


def _steps(word: str) -> list[str]:
    """Return the last steps of the path that a word is, but for the tensor's."""
    steps = _PATH.split(_CALL.sub("", _KERNEL.sub("", word[:_LONGEST])))[-_MOST_STEPS:]
    while len(steps) > 1 and steps[-1].lower() in _TENSORS:
        steps.pop()
    return steps


def _path(steps: list[str]) -> str | None:
    """Return the end of a path that is a word; None where only its last step is one."""
    folded = [fold(step) for step in steps]
    return next((path for length in (4, 3, 2) if (path := joined(folded[-length:])) in _OF_PATHS), None)


def _is_adapter(written: list[str]) -> bool:
    """Return whether a path ends in the name of an adapter, as PEFT's lora_A.default does."""
    return fold(written[-2]) in {"loraa", "lorab"}


@functools.lru_cache(maxsize=1024)
def _fold_layer_word(word: str) -> str:
    return _DIMENSIONS.sub("", _fold_all_but_dimensions(word))


def fold_layer_word(word: str) -> str:
    """Return a layer's word as the vocabulary has it: Conv2DTranspose, nn.ConvTranspose(3, 8) are convtranspose."""
    return _fold_layer_word(word[:_LONGEST])


@functools.lru_cache(maxsize=1024)
def dimensions(word: str) -> int | None:
    """Return how many dimensions of a convolution the word says; None where it says none."""
    found = _DIMENSIONS.search(_fold_all_but_dimensions(word))
    return None if found is None else int(found[1])


def layer_word(word: str) -> LayerWord:
    """Return what a layer's word means. Raises InvalidParameter for an unknown one, naming the nearest."""
    folded = fold_layer_word(word)
    found = _MEANINGS.get(folded)
    if found is not None:
        return found
    _refuse_weightless(word, folded)
    near = nearest(folded, _MEANINGS, 2)
    ending = next((ending for ending in _ENDINGS if folded.endswith(ending)), None)
    if ending is not None and (not near or _begins_anew(word, ending)):
        return _MEANINGS[ending]
    hint = did_you_mean(near, ": ask for what it is made of, such as layer=Linear.")
    raise InvalidParameter(
        "layer",
        f"{word[:64]!r} is not a known layer{hint} The kinds are {', '.join(LAYER_KINDS)}; the names that "
        "frameworks have for them (Linear, Conv2d, LSTM, MultiheadAttention, ...) are understood",
    )


def why_unknown(word: str) -> str | None:
    """Return what to say of a word that is no layer's; None of a layer's."""
    try:
        layer_word(word)
    except InvalidParameter:
        folded = fold_layer_word(word)
        near = nearest(folded, _MEANINGS, 2)
        hint = f" (did you mean {' or '.join(near)}?)" if near else ""
        return INSTEAD.get(folded) or f"is not a known layer{hint}"
    return None


def _begins_anew(word: str, ending: str) -> bool:
    """Return whether a word's ending is set off from what is before it, as in BitLinear, so that it is no slip."""
    start = word.lower().rfind(ending)
    return start > 0 and (word[start].isupper() or word[start - 1] in "_-")


def _refuse_weightless(word: str, folded: str) -> None:
    """Raise InvalidParameter for what is no layer with weights."""
    if folded in INSTEAD:
        raise InvalidParameter("layer", f"{word[:64]!r} {INSTEAD[folded]}")
    if is_weightless(folded):
        raise InvalidParameter("layer", f"{word[:64]!r} has no weights, so that there is nothing to initialise")
    try:
        activation = find_activation(folded).full_name
    except (UnknownActivation, InvalidParameter):
        return
    # With its parameter, as in nn.LeakyReLU(0.2).
    written = word.strip() if _ARGUMENT.search(word) else activation
    raise InvalidParameter(
        "layer",
        f"{word[:64]!r} is an activation and has no weights; give the layer before it, and activation={written[:64]}, "
        "or both in a list of layers, in a POST",
    )


_ARGUMENT = re.compile(r"\(\s*[\w=.]*[0-9]")
"""The number with which an activation's call begins."""


_ROLES_OF_NAMES: dict[str, LayerRole] = {
    **dict.fromkeys(("fcmu", "mu", "fcvar", "fclogvar", "logvar", "zmean", "zlogvar", "fcmean"), "variational_head"),
}
"""Names of layers, folded, that are no words for them."""


GATED_UNITS = frozenset(("glu", "reglu", "geglu", "swiglu", "maxout"))
"""Words of activations that are layers too, where sizes are given."""


def is_activation(word: str) -> bool:
    """Return whether a word is an activation's and no layer's: nn.ReLU, jax.nn.gelu."""
    folded = fold_layer_word(word)
    if folded in _MEANINGS or is_weightless(folded) or folded in INSTEAD:
        return folded in GATED_UNITS
    if find_by_samples(folded) is not None:
        return True
    try:
        find_activation(folded)
    except (UnknownActivation, InvalidParameter):
        return False
    return True


def weightless_word(word: str) -> str | None:
    """Return a word folded where it is of a layer without weights, and not of an activation; None of others."""
    folded = fold_layer_word(word)
    return folded if is_weightless(folded) and folded not in _MEANINGS else None


def role_of_name(name: str) -> LayerRole | None:
    """Return the role that a layer's name in its network says: model.classifier, fc_mu; None where it says none."""
    word = word_of_name(name)
    return _ROLES_OF_NAMES.get(fold(name.rpartition(".")[2][:_LONGEST])) if word is None else word.meaning.role


@dataclass(frozen=True)
class NameWord:
    """What the name of a layer in its network says as a word for one."""

    word: str
    """Folded."""
    meaning: LayerWord
    is_path: bool
    """Whether more than the last step of the name says it."""


def word_of_name(name: str) -> NameWord | None:
    """Return what a name says: h.0.attn.c_proj, model.classifier; None of one that is no word, or a mere number."""
    return _word_of_name(name[-_LONGEST:])


@functools.lru_cache(maxsize=4096)
def _word_of_name(name: str) -> NameWord | None:
    steps = _steps(name)
    path = _path(steps)
    word = fold(steps[-1]) if path is None else path
    meaning = _MEANINGS.get(word)
    return None if meaning is None else NameWord(word, meaning, path is not None)


def kernel_side(word: str) -> int | None:
    """Return the sides of the kernel that a convolution's word says, conv3x3; None where it says none."""
    found = _KERNEL.search(word[:_LONGEST])
    if found is not None:
        return int(found[1])
    return 1 if fold_layer_word(word).startswith("pointwise") else None


def is_depthwise(word: str) -> bool:
    """Return whether the word itself says that every channel has a kernel of its own."""
    return "depthwise" in fold_layer_word(word)


def is_convolutional_cell(word: str) -> bool:
    """Return whether a word is of a recurrent layer whose matrices are the kernels of convolutions."""
    return fold_layer_word(word) in {"convlstm", "convlstmcell"}
