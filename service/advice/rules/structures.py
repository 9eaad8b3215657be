"""Rules by the kind of layer: depthwise and transposed convolutions, embeddings, attention, state spaces, ..."""

from __future__ import annotations

import math
from collections.abc import Callable

from service.advice.layer.layer import Layer
from service.advice.layer.shape import MAMBA_HEAD
from service.advice.recipe import recipe
from service.advice.rules.condition import (
    DEPTHWISE,
    GROUPED,
    HIDDEN,
    TRANSFORMER,
    activation,
    architecture,
    has,
    kind,
    role,
)
from service.advice.rules.recipes import (
    GLOROT_NORMAL,
    GLOROT_UNIFORM,
    HE_FAN_OUT,
    HE_NORMAL,
    LECUN_NORMAL,
    ONES,
    TOKEN_NORMAL,
    TOKEN_STD,
    ZEROS,
)
from service.advice.rules.rule import Choice, ExtraTensor, Rule, out_units
from service.tensors.layout import Shape

_DT_BIAS = recipe("dt_bias")


def _up_shape(layer: Layer) -> Shape:
    """Return the shape of a low-rank adapter's B."""
    assert layer.axes is not None
    sizes = (
        (layer.adapted_units, layer.axes.out) if layer.axes.begins_with_out else (layer.axes.out, layer.adapted_units)
    )
    return (*layer.axes.stack_axes.sizes, *sizes)


def _output_shape(layer: Layer) -> Shape | None:
    """Return the shape of attention's last projection, which takes the heads that the weight has together again."""
    if layer.axes is None or layer.role == "attention_output":
        return None if layer.axes is not None else layer.shape
    if _output_layout(layer) is None:
        return (layer.axes.in_, layer.axes.in_)
    return (*layer.axes.out_axes.sizes, layer.axes.in_)


def _output_layout(layer: Layer) -> str | None:
    is_by_head = layer.axes is not None and layer.axes.letters == "ioo"
    return "iio" if is_by_head else None


def _features_root(layer: Layer) -> float:
    return 1.0 / math.sqrt(layer.width)


_MAMBA_KERNEL = 4
"""Steps that the convolution of a Mamba layer sees."""
_MAMBA_2_STATE = 128
"""Numbers in the state of each channel of Mamba-2."""


def _part(shape: Callable[[Layer], Shape]) -> ExtraTensor:
    """Return a matrix within another layer, which the authors' code leaves at PyTorch's default, U(±1/sqrt(fan_in))."""
    return ExtraTensor(recipe("uniform", fan_in=lambda layer: float(math.prod(shape(layer)[1:]))), shape)


def _channels(layer: Layer) -> int:
    """Return the channels of a Mamba-2 layer, whose weight has a number for each head."""
    return layer.out * (layer.description.head_size or MAMBA_HEAD)


def _convolved(layer: Layer) -> int:
    """Return the channels that its convolution sees, those of the state's inputs and outputs among them."""
    return _channels(layer) + 2 * _MAMBA_2_STATE


def _model_width(layer: Layer) -> int:
    return layer.description.width or max(_channels(layer) // 2, 1)


_EMBEDDING_CHOICES = (
    Choice(recipe("normal", std=_features_root), "embeddings that the model multiplies by sqrt(d)", ("huang2020",)),
    Choice(recipe("normal"), "a normalisation follows before anything is added, as PyTorch's default has it", ()),
    Choice(recipe("uniform", low=-0.05, high=0.05), "all as in Keras", ()),
)

STRUCTURE_RULES = (
    Rule(
        "depthwise",
        DEPTHWISE,
        HE_NORMAL,
        "Each channel has a kernel of its own: a unit sums k² inputs only, which is the fan_in of the stored shape.",
        ("tan2019", "he2015"),
        (
            Choice(HE_FAN_OUT, "as in EfficientNet, with the fan_out of one group", ("tan2019",)),
            Choice(recipe("dirac"), "a residual-free network that should start as the identity", ()),
        ),
        warnings=(
            "PyTorch's fan_out does not know of groups, and is too large by their number; Keras's Glorot counts all "
            "channels and is as much too small.",
        ),
    ),
    Rule(
        "grouped",
        kind("conv") & GROUPED & HIDDEN & activation("relu", "leaky_relu", "prelu", "relu6", "rrelu"),
        HE_NORMAL,
        "He's scheme with the fans of one group: fan_in is that of the stored shape, fan_out is divided by the groups.",
        ("he2015", "tan2019"),
        (Choice(HE_FAN_OUT, "the gradient's scale matters more than the signal's", ("he2015",)),),
    ),
    Rule(
        "transposed",
        kind("conv_transpose") & ~architecture("dcgan", "gan"),
        HE_NORMAL,
        "A unit of a transposed convolution sums in · k / stride inputs along each axis on average; fan_in is that "
        "here, not what the stored shape says.",
        ("he2015",),
        (
            Choice(recipe("bilinear"), "the layer should interpolate at first, as in segmentation", ("long2014",)),
            Choice(GLOROT_NORMAL, "the gradient matters as much as the signal", ("glorot2010",)),
        ),
        warnings=(
            "PyTorch stores (in, out / groups, kernel) and takes the second axis for the inputs: kaiming_* with "
            "mode='fan_in' has the wrong axis there, and does not look at the stride.",
        ),
    ),
    Rule(
        "subpixel",
        kind("subpixel_conv"),
        recipe("icnr", factor=lambda layer: max(layer.description.stride, 2)),
        "ICNR: all the pixels that a unit's copies make are the same at first, so that there is no checkerboard.",
        ("aitken2017", "he2015"),
        (Choice(HE_NORMAL, "the checkerboard does no harm", ("he2015",)),),
    ),
    Rule(
        "embedding_in_transformer",
        kind("embedding") & (TRANSFORMER | has("tied")),
        TOKEN_NORMAL,
        "GPT-2's and BERT's N(0, 0.02²). A tied embedding is the output layer as well: its logits have the variance "
        "d · std² after a normalisation, which should be below 1.",
        ("radford2019",),
        _EMBEDDING_CHOICES,
        bias=None,
        has_theory=False,
    ),
    Rule(
        "embedding",
        kind("embedding"),
        TOKEN_NORMAL,
        "Small, so that no token says much before it is learnt: N(0, 0.02²).",
        ("radford2019",),
        _EMBEDDING_CHOICES,
        bias=None,
        has_theory=False,
    ),
    Rule(
        "positional_embedding",
        kind("positional_embedding"),
        recipe("normal", std=lambda layer: 0.01 if layer.description.architecture == "clip" else TOKEN_STD),
        "Small beside the tokens: 0.02 in ViT and GPT-2, 0.01 in CLIP.",
        ("dosovitskiy2020", "radford2019", "radford2021"),
        (Choice(ZEROS, "relative position biases, and class tokens"),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "normalization_of_gan",
        kind("normalization") & architecture("dcgan"),
        recipe("normal", mean=1.0, std=0.02),
        "DCGAN's scales, N(1, 0.02²).",
        ("radford2015",),
        (Choice(ONES, "any other network", ("ioffe2015",), condition=~architecture("dcgan")),),
        has_theory=False,
    ),
    Rule(
        "normalization",
        kind("normalization"),
        ONES,
        "Scale 1 and shift 0: what is normalised stays so until the network learns otherwise.",
        ("ioffe2015", "ba2016"),
        (
            Choice(
                ZEROS,
                "the last normalisation of a residual branch: the block starts as the identity",
                ("goyal2017",),
                condition=role("residual_last"),
            ),
        ),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "prelu",
        kind("prelu"),
        recipe("constant", value=0.25),
        "The slope with which its authors started.",
        ("he2015",),
        (Choice(ZEROS, "it should start as ReLU", ("he2015",)),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "attention",
        kind("attention"),
        GLOROT_UNIFORM,
        "Queries, keys and values are d × d matrices without a nonlinearity: Glorot's scheme on each, not on the three "
        "stacked, whose fan_out would be three times theirs and the variance half.",
        ("glorot2010", "chen2021"),
        (
            Choice(TOKEN_NORMAL, "GPT-2 and BERT", ("radford2019",)),
            Choice(LECUN_NORMAL, "the forward signal matters more", ("lecun1998",)),
            Choice(recipe("small_init"), "deep transformers without warm-up", ("nguyen2019",)),
        ),
        tensors={
            "output": ExtraTensor(recipe("glorot_uniform", layout=_output_layout), _output_shape),
        },
        warnings=(
            "PyTorch's MultiheadAttention draws the packed (3d, d) matrix as one, with half the variance, and "
            "nn.TransformerEncoder copies its first layer, so that all start identical: initialise each again.",
        ),
    ),
    Rule(
        "lora",
        kind("lora"),
        recipe("lora_a"),
        "The down-projection is random, the up-projection zeros: the adapter adds nothing at first, and still learns. "
        "Both zeros would never learn.",
        ("hu2021",),
        (
            Choice(recipe("lora_a", method="gaussian"), "as in the paper, whose code has the uniform", ("hu2021",)),
            Choice(ZEROS, "the roles are swapped, as for an embedding, and B is normal", ("hu2021",)),
        ),
        bias=None,
        tensors={"up": ExtraTensor(ZEROS, _up_shape)},
        has_theory=False,
    ),
    Rule(
        "graph",
        kind("graph"),
        GLOROT_UNIFORM,
        "Glorot's uniform, as in the graph convolutions of their authors; averaging over neighbours also shrinks the "
        "signal.",
        ("kipf2016", "glorot2010"),
        (
            Choice(HE_NORMAL, "perceptrons of several layers with ReLU inside, as in GIN", ("he2015",)),
            Choice(GLOROT_NORMAL, "the same variance, normal", ("glorot2010",)),
        ),
    ),
    Rule(
        "s4",
        kind("s4"),
        recipe("hippo"),
        "HiPPO's matrix: the state is a projection of the past on polynomials.",
        ("gu2020",),
        (Choice(recipe("s4d", kind="real"), "a diagonal matrix is enough", ("gu2022",)),),
        tensors={"dt_bias": ExtraTensor(_DT_BIAS, out_units)},
        bias=None,
        has_theory=False,
    ),
    Rule(
        "s4d",
        kind("s4d"),
        recipe("s4d", dtype="complex64"),
        "S4D-Lin: decay 1/2 and frequencies π n, as of a Fourier basis. B is 1.",
        ("gu2022",),
        (Choice(recipe("s4d", kind="inv", dtype="complex64"), "it should approximate HiPPO-LegS", ("gu2022",)),),
        tensors={"dt_bias": ExtraTensor(_DT_BIAS, out_units)},
        bias=None,
        has_theory=False,
    ),
    Rule(
        "mamba",
        kind("mamba"),
        recipe("mamba_a_log"),
        "S4D-Real: -A = 1, 2, ..., N for each channel, by its logarithm; time steps log-uniform between 0.001 and 0.1.",
        ("gu2023", "gu2022"),
        (Choice(recipe("mamba2_a_log"), "Mamba-2, with one number a head", ("dao2024",)),),
        tensors={
            "dt_proj.weight": ExtraTensor(
                recipe("uniform", fan_in=lambda layer: float(layer.rank)), lambda layer: (layer.out, layer.rank)
            ),
            "dt_proj.bias": ExtraTensor(_DT_BIAS, out_units),
            "D": ExtraTensor(ONES, out_units),
        },
        parts={
            "in_proj.weight": _part(lambda layer: (2 * layer.out, layer.model_width)),
            "conv1d.weight": _part(lambda layer: (layer.out, 1, _MAMBA_KERNEL)),
            "conv1d.bias": ExtraTensor(ZEROS, out_units),
            "x_proj.weight": _part(lambda layer: (layer.rank + 2 * layer.shape[-1], layer.out)),
            "out_proj.weight": _part(lambda layer: (layer.model_width, layer.out)),
        },
        bias=None,
        has_theory=False,
    ),
    Rule(
        "mamba2",
        kind("mamba2"),
        recipe("mamba2_a_log"),
        "One decay a head, uniform on [1, 16), by its logarithm; time steps log-uniform between 0.001 and 0.1.",
        ("dao2024",),
        (Choice(recipe("mamba_a_log"), "Mamba-1, with a state of its own for each channel", ("gu2023",)),),
        tensors={"dt_bias": ExtraTensor(_DT_BIAS, out_units), "D": ExtraTensor(ONES, out_units)},
        parts={
            "in_proj.weight": _part(
                lambda layer: (_channels(layer) + _convolved(layer) + layer.out, _model_width(layer))
            ),
            "conv1d.weight": _part(lambda layer: (_convolved(layer), 1, _MAMBA_KERNEL)),
            "conv1d.bias": ExtraTensor(ZEROS, lambda layer: (_convolved(layer),)),
            "norm.weight": ExtraTensor(ONES, lambda layer: (_channels(layer),)),
            "out_proj.weight": _part(lambda layer: (_model_width(layer), _channels(layer))),
        },
        bias=None,
        has_theory=False,
    ),
    Rule(
        "logit_scale",
        kind("logit_scale"),
        recipe("constant", value=math.log(1.0 / 0.07)),
        "ln(1 / 0.07): the temperature with which CLIP started.",
        ("radford2021",),
        (Choice(recipe("constant", value=math.log(10.0)), "pairs by a sigmoid, as in SigLIP, with a bias of -10"),),
        bias=None,
        has_theory=False,
    ),
)
