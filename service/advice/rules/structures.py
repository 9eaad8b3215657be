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
    SECOND_OF_ADAPTER,
    TRANSFORMER,
    activation,
    architecture,
    called,
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
_IS_SKIP = called("it is D", "d", "dskip")
_IS_OF_TIME_STEPS = called("it is dt_bias", "dtbias")
_OF_CODES = called(
    "it is a codebook", "codebook", "vectorquantizer", "vectorquantize", "quantizer", "quantizeembedding"
)
_IS_OF_LOGITS = called("it is logit_bias", "logitbias")


def _codes(layer: Layer) -> int:
    """Return how many codes there are in a codebook."""
    assert layer.axes is not None
    return layer.axes.in_


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
    Choice(recipe("normal", std=_features_root), "the model multiplies its embeddings by sqrt(d)", ("huang2020",)),
    Choice(recipe("normal"), "a normalisation follows before anything is added: this is PyTorch's default", ()),
    Choice(recipe("uniform", low=-0.05, high=0.05), "you follow Keras", ()),
)

STRUCTURE_RULES = (
    Rule(
        "depthwise",
        DEPTHWISE,
        HE_NORMAL,
        "Each channel has a kernel of its own, so that a unit sums only k² inputs: that is the fan_in.",
        ("tan2019", "he2015"),
        (
            Choice(HE_FAN_OUT, "you follow EfficientNet, which takes the fan_out of one group", ("tan2019",)),
            Choice(recipe("dirac"), "there are no skips, and the network should start as the identity", ()),
        ),
        warnings=(
            "PyTorch's fan_out ignores groups and is too large by their number; so is Keras's fan_in of a depthwise "
            "kernel, which counts all channels.",
        ),
    ),
    Rule(
        "grouped",
        kind("conv") & GROUPED & HIDDEN & activation("relu", "leaky_relu", "prelu", "relu6", "rrelu"),
        HE_NORMAL,
        "He's scheme with the fans of one group: fan_in is that of the stored shape, and fan_out is divided by the "
        "number of groups.",
        ("he2015", "tan2019"),
        (Choice(HE_FAN_OUT, "keeping the gradient matters more than keeping the signal", ("he2015",)),),
    ),
    Rule(
        "transposed",
        kind("conv_transpose") & ~architecture("dcgan", "gan"),
        HE_NORMAL,
        "He's scheme, by what a unit of a transposed convolution sums on average: its input channels times "
        "kernel / stride along each axis. That is its fan_in, whatever the stored shape suggests.",
        ("he2015",),
        (
            Choice(recipe("bilinear"), "the layer should interpolate at first, as in segmentation", ("long2014",)),
            Choice(GLOROT_NORMAL, "keeping the gradient matters as much as keeping the signal", ("glorot2010",)),
        ),
        warnings=(
            "PyTorch's kaiming_* with mode='fan_in', and Keras's schemes, take the output channels of such a kernel "
            "for its inputs, and ignore the stride.",
        ),
    ),
    Rule(
        "subpixel",
        kind("subpixel_conv"),
        recipe("icnr", factor=lambda layer: max(layer.description.stride, 2)),
        "ICNR: all pixels that come from one unit start with the same kernel, so that there is no checkerboard at "
        "first.",
        ("aitken2017", "he2015"),
        (Choice(HE_NORMAL, "a checkerboard at first does no harm", ("he2015",)),),
    ),
    Rule(
        "codebook",
        kind("embedding") & _OF_CODES,
        recipe("uniform", low=lambda layer: -1.0 / _codes(layer), high=lambda layer: 1.0 / _codes(layer)),
        "As in common code of VQ-VAE and VQGAN, uniform up to one over the number of codes: all are near zero, so "
        "that none is far from every input and never chosen.",
        ("esser2020",),
        (Choice(recipe("normal"), "a softmax chooses the codes: VQGAN's Gumbel quantisation", ("esser2020",)),),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "embedding_in_transformer",
        kind("embedding") & (TRANSFORMER | has("tied")),
        TOKEN_NORMAL,
        "N(0, 0.02²), as in GPT-2 and BERT. A tied embedding is the output layer as well: after a normalisation its "
        "logits have a variance of d · std², which should be below 1.",
        ("radford2019",),
        _EMBEDDING_CHOICES,
        bias=None,
        has_theory=False,
    ),
    Rule(
        "embedding",
        kind("embedding"),
        TOKEN_NORMAL,
        "N(0, 0.02²), as in GPT-2: small, so that no token says much before it is learnt.",
        ("radford2019",),
        _EMBEDDING_CHOICES,
        bias=None,
        has_theory=False,
    ),
    Rule(
        "positional_embedding",
        kind("positional_embedding"),
        recipe("normal", std=lambda layer: 0.01 if layer.description.architecture == "clip" else TOKEN_STD),
        "Small compared with the tokens: 0.02 in ViT and GPT-2, 0.01 in CLIP.",
        ("dosovitskiy2020", "radford2019", "radford2021"),
        (Choice(ZEROS, "these are relative position biases or class tokens"),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "normalization_of_gan",
        kind("normalization") & architecture("dcgan"),
        recipe("normal", mean=1.0, std=0.02),
        "DCGAN's scales: N(1, 0.02²).",
        ("radford2015",),
        (Choice(ONES, "you follow any other network", ("ioffe2015",), condition=~architecture("dcgan")),),
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
                "it is the last normalisation of a residual branch, so that the block starts as the identity",
                ("goyal2017",),
                condition=role("residual_last"),
            ),
        ),
        has_theory=False,
    ),
    Rule(
        "prelu",
        kind("prelu"),
        recipe("constant", value=0.25),
        "0.25 is the slope with which its authors started.",
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
        "Queries, keys and values are d × d matrices without a nonlinearity: Glorot's scheme on each. On the three "
        "stacked, fan_out would be three times as large and the variance half.",
        ("glorot2010", "chen2021"),
        (
            Choice(TOKEN_NORMAL, "you follow GPT-2 and BERT", ("radford2019",)),
            Choice(LECUN_NORMAL, "keeping the signal matters more than keeping the gradient", ("lecun1998",)),
            Choice(recipe("small_init"), "the transformer is deep and has no warm-up", ("nguyen2019",)),
        ),
        tensors={
            "output": ExtraTensor(recipe("glorot_uniform", layout=_output_layout), _output_shape),
        },
        warnings=(
            "PyTorch's MultiheadAttention draws the packed (3d, d) matrix as one, with half the variance. "
            "nn.TransformerEncoder copies its first layer, so that all start identical: initialise each again.",
        ),
    ),
    Rule(
        "lora_second",
        kind("lora") & SECOND_OF_ADAPTER,
        ZEROS,
        "LoRA's up-projection B starts at zero, so that the adapter adds nothing at first; A is random (layer=lora_A).",
        ("hu2021",),
        (Choice(recipe("normal"), "it adapts an embedding, whose A is zeros, as in the authors' code", ("hu2021",)),),
        bias=None,
        has_theory=False,
        zeros_are_fine=True,
    ),
    Rule(
        "lora",
        kind("lora"),
        recipe("lora_a"),
        "LoRA: the down-projection is random and the up-projection zero, so that the adapter adds nothing at first "
        "and still learns. If both were zero it would never learn.",
        ("hu2021",),
        (
            Choice(
                recipe("lora_a", method="gaussian"),
                "you follow the paper's text; its code draws a uniform",
                ("hu2021",),
            ),
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
        "Glorot's uniform, as in the authors' code of graph convolutions. Averaging over neighbours shrinks the "
        "signal as well.",
        ("kipf2016", "glorot2010"),
        (
            Choice(HE_NORMAL, "there are perceptrons of several layers with ReLU inside, as in GIN", ("he2015",)),
            Choice(GLOROT_NORMAL, "you prefer a normal of the same variance", ("glorot2010",)),
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
        "S4D-Lin: a decay of 1/2 and the frequencies π n of a Fourier basis. B is 1.",
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
        "S4D-Real: -A = 1, 2, ..., N for each channel, stored as logarithms; time steps are log-uniform between "
        "0.001 and 0.1.",
        ("gu2023", "gu2022"),
        (Choice(recipe("mamba2_a_log"), "it is Mamba-2, with one number a head", ("dao2024",)),),
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
        "One decay a head, uniform on [1, 16), stored as its logarithm; time steps are log-uniform between 0.001 and "
        "0.1.",
        ("dao2024",),
        (Choice(recipe("mamba_a_log"), "it is Mamba-1, with a state for each channel", ("gu2023",)),),
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
        "skip_of_state_space",
        kind("parameter") & _IS_SKIP,
        ONES,
        "Mamba's D: each channel's inputs are added to what its state gives, once.",
        ("gu2023",),
        (Choice(recipe("normal"), "you follow S4, which draws it from N(0, 1)", ("gu2022",)),),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "bias_of_time_steps",
        kind("parameter") & _IS_OF_TIME_STEPS,
        _DT_BIAS,
        "The inverse softplus of time steps that are log-uniform between 0.001 and 0.1, one a head in Mamba-2.",
        ("dao2024", "gu2023"),
        (Choice(recipe("dt_bias", dt_min=1e-4), "what matters is more than a thousand steps back", ("gu2022",)),),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "bias_of_logits",
        kind("parameter") & _IS_OF_LOGITS,
        recipe("constant", value=-10.0),
        "SigLIP: most pairs are negative, and a bias of -10 says so from the start.",
        ("zhai2023",),
        (Choice(ZEROS, "you follow transformers, whose class is for weights that are trained", ("wolf2019",)),),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "bias_of_experts",
        kind("parameter"),
        ZEROS,
        "A correction to the scores of experts, which training moves to balance their loads: none at first.",
        ("wang2024",),
        (Choice(ONES, "it multiplies its input, and adds nothing", ("gu2023",)),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "logit_scale",
        kind("logit_scale"),
        recipe("constant", value=math.log(1.0 / 0.07)),
        "ln(1 / 0.07): the temperature with which CLIP started.",
        ("radford2021",),
        (
            Choice(
                recipe("constant", value=math.log(10.0)),
                "pairs are judged by a sigmoid, as in SigLIP, with a bias of -10",
            ),
        ),
        bias=None,
        has_theory=False,
    ),
)
