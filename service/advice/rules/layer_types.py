"""Rules by the kind of layer: embeddings, recurrent cells, transposed and depthwise convolutions, state spaces, ..."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.advice.layer.layer import Layer
from service.advice.rules.activations import (
    GLOROT_NORMAL,
    GLOROT_UNIFORM,
    HE_FAN_OUT,
    HE_NORMAL,
    LECUN_NORMAL,
    ORTHOGONAL,
)
from service.advice.rules.condition import (
    ALWAYS,
    DEPTHWISE,
    GROUPED,
    HIDDEN,
    TRANSFORMER,
    Condition,
    activation,
    architecture,
    has,
    kind,
    member,
)
from service.advice.rules.rule import ONES, ZEROS, Choice, ExtraTensor, Rule
from service.advice.scheme import Recipe, recipe
from service.tensors.layout import Shape, stored_shape

TOKEN_STD = 0.02
"""GPT-2's and BERT's standard deviation, for embeddings and matrices alike."""

_IDENTITY = recipe("identity")
_DT_BIAS = recipe("dt_bias")


def _input_shape(layer: Layer) -> Shape:
    inputs, stacked = layer.description.inputs or layer.units, layer.gates * layer.units
    return (inputs, stacked) if layer.layout == "in_out" else (stacked, inputs)


def _recurrent_shape(layer: Layer) -> Shape:
    stacked = layer.gates * layer.units
    return (layer.units, stacked) if layer.layout == "in_out" else (stacked, layer.units)


def _stacked_layout(layer: Layer) -> str | None:
    return "in_out" if layer.layout == "in_out" else None


def _stacked_gates(layer: Layer) -> int | None:
    return layer.gates if layer.gates > 1 else None


_INPUT_GLOROT = recipe("glorot_uniform", layout=_stacked_layout, gates=_stacked_gates)
_STACKED_IDENTITY = recipe("identity", layout=_stacked_layout, gates=_stacked_gates)
_RECURRENT_ORTHOGONAL = recipe("orthogonal", layout=_stacked_layout, gates=_stacked_gates)
_INPUT_LECUN = recipe("lecun_normal", layout=_stacked_layout, gates=_stacked_gates)


@dataclass(frozen=True)
class _Cell:
    """What the rules for the two matrices of a recurrent layer have in common."""

    name: str
    when: Condition
    recurrent: Recipe
    reason: str
    references: tuple[str, ...]
    alternatives: tuple[Choice, ...]
    input_matrix: Recipe = _INPUT_GLOROT
    bias: Recipe = ZEROS
    tensors: Mapping[str, ExtraTensor] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[Rule, Rule]:
        """The rule for the input's matrix, where that is asked for, and for the recurrent one."""
        of_input = Rule(
            f"{self.name}_input",
            self.when & member("tensor", "input"),
            self.input_matrix,
            "The input's matrix acts once a step, as a layer without a past: Glorot's scheme, each gate by itself.",
            ("glorot2010",),
            (
                Choice(_INPUT_LECUN, "as in Flax", ("lecun1998",)),
                Choice(_RECURRENT_ORTHOGONAL, "inputs as many as units, over long sequences", ("saxe2013",)),
            ),
            bias=self.bias,
            tensors={"recurrent": ExtraTensor(self.recurrent, _recurrent_shape), **self.tensors},
            warnings=self.warnings,
            has_theory=False,
        )
        of_state = Rule(
            self.name,
            self.when,
            self.recurrent,
            self.reason,
            self.references,
            self.alternatives,
            bias=self.bias,
            tensors={"input": ExtraTensor(self.input_matrix, _input_shape), **self.tensors},
            warnings=self.warnings,
        )
        return of_input, of_state


def _gate_bias_shape(layer: Layer) -> Shape:
    return (layer.gates * layer.units,)


_IS_PYTORCH = member("framework", "pytorch")
_SECOND_BIAS = {"bias_hh": ExtraTensor(ZEROS, _gate_bias_shape)}
_TWO_BIASES = (
    "PyTorch adds two biases: give the forget gate's 1 to bias_ih alone, bias_hh being zeros; in both it would be 2.",
)
_LSTM_REASON = (
    "Orthogonal recurrent matrices, each gate by itself, neither grow nor shrink the state over the steps; a forget "
    "gate's bias of 1 keeps 73 % of the cell a step at first, where 0 keeps half."
)
_LSTM_ALTERNATIVES = (
    Choice(_INPUT_GLOROT, "short sequences", ("glorot2010",)),
    Choice(_STACKED_IDENTITY, "units that should keep their state", ("le2015",)),
    Choice(
        recipe("uniform", fan_in=lambda layer: float(layer.units)),
        "a PyTorch reference is to be matched, with its default",
    ),
)
_CHRONO = recipe("chrono", longest=lambda layer: layer.description.longest)
_CHRONO_REASON = (
    "As for any LSTM; the biases give the units time scales spread between one step and the longest dependency: "
    "b_f = ln u, u uniform on [1, T_max - 1), b_i = -b_f."
)

_CELLS = (
    _Cell(
        "relu_rnn",
        kind("rnn") & activation("relu", "leaky_relu", "prelu", "relu6"),
        _IDENTITY,
        "The identity (IRNN): a rectifier then keeps the state as it is until an input changes it.",
        ("le2015",),
        (
            Choice(recipe("orthogonal"), "states that should mix from step to step", ("henaff2016", "saxe2013")),
            Choice(recipe("identity", gain=0.01), "short-range dependencies, as in speech", ("le2015",)),
        ),
        input_matrix=recipe("normal", std=0.001),
        warnings=("Clip gradients: nothing bounds the state of a ReLU RNN.",),
    ),
    _Cell(
        "rnn",
        kind("rnn"),
        recipe("orthogonal"),
        "An orthogonal matrix has norm 1: over T steps the state neither explodes nor vanishes, where a random matrix "
        "of the same variance does within about sqrt(units) steps.",
        ("saxe2013", "henaff2016"),
        (
            Choice(_IDENTITY, "units that should keep their state", ("le2015",)),
            Choice(recipe("orthogonal", gain=0.95), "a state that should forget slowly", ("henaff2016",)),
            Choice(_INPUT_GLOROT, "short sequences", ("glorot2010",)),
        ),
    ),
    _Cell(
        "long_lstm_of_pytorch",
        kind("lstm") & has("longest") & _IS_PYTORCH,
        _RECURRENT_ORTHOGONAL,
        _CHRONO_REASON,
        ("tallec2018", "saxe2013"),
        _LSTM_ALTERNATIVES,
        bias=_CHRONO,
        tensors=_SECOND_BIAS,
        warnings=_TWO_BIASES,
    ),
    _Cell(
        "long_lstm",
        kind("lstm") & has("longest"),
        _RECURRENT_ORTHOGONAL,
        _CHRONO_REASON,
        ("tallec2018", "saxe2013"),
        _LSTM_ALTERNATIVES,
        bias=_CHRONO,
    ),
    _Cell(
        "lstm_of_pytorch",
        kind("lstm") & _IS_PYTORCH,
        _RECURRENT_ORTHOGONAL,
        _LSTM_REASON,
        ("jozefowicz2015", "saxe2013"),
        _LSTM_ALTERNATIVES,
        bias=recipe("lstm_bias"),
        tensors=_SECOND_BIAS,
        warnings=_TWO_BIASES,
    ),
    _Cell(
        "lstm",
        kind("lstm"),
        _RECURRENT_ORTHOGONAL,
        _LSTM_REASON,
        ("jozefowicz2015", "saxe2013"),
        _LSTM_ALTERNATIVES,
        bias=recipe("lstm_bias"),
    ),
    _Cell(
        "gru",
        kind("gru"),
        _RECURRENT_ORTHOGONAL,
        "Orthogonal recurrent matrices, each gate by itself, neither grow nor shrink the state over the steps.",
        ("saxe2013", "cho2014"),
        (
            Choice(_INPUT_GLOROT, "short sequences", ("glorot2010",)),
            Choice(_STACKED_IDENTITY, "units that keep their state", ("le2015",)),
        ),
        warnings=(
            "For long memory raise the update gate's bias: in PyTorch and Keras, h = z h + (1 - z) n, a positive bias "
            "keeps the state; in the convention of Cho et al. (2014) the sign is the other way round.",
        ),
    ),
)


def _up_shape(layer: Layer) -> Shape:
    """Return the shape of a low-rank adapter's B."""
    assert layer.axes is not None
    return stored_shape(layer.adapted_units, layer.axes.out, (), layer.layout)


RECURRENT_RULES = tuple(rule for cell in _CELLS for rule in cell.rules)


def _features_root(layer: Layer) -> float:
    return 1.0 / math.sqrt(layer.width)


def _channels(layer: Layer) -> Shape:
    return (layer.out,)


_D_CHANNELS = recipe("ones")
_EMBEDDING_CHOICES = (
    Choice(recipe("normal", std=_features_root), "embeddings that are scaled by sqrt(d), or tied ones", ("huang2020",)),
    Choice(recipe("normal"), "not tied, and normalised behind the embedding (PyTorch's default)", ()),
    Choice(recipe("uniform", low=-0.05, high=0.05), "as in Keras", ()),
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
            Choice(recipe("bilinear"), "enlarging feature maps: it interpolates at first", ("long2014",)),
            Choice(recipe("glorot_normal"), "no rectifier behind it", ("glorot2010",)),
        ),
        warnings=(
            "PyTorch stores (in, out / groups, kernel) and takes the second axis for the inputs: kaiming_* with "
            "mode='fan_in' has the wrong axis there, and knows no stride.",
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
        recipe("normal", std=TOKEN_STD),
        "GPT-2's and BERT's N(0, 0.02²). A tied embedding is the output layer as well: its logits have the variance "
        "d · std² behind a normalisation, which should be below 1.",
        ("radford2019",),
        _EMBEDDING_CHOICES,
        bias=None,
        has_theory=False,
    ),
    Rule(
        "embedding",
        kind("embedding"),
        recipe("normal", std=TOKEN_STD),
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
        (Choice(ONES, "any other network", ("ioffe2015",)),),
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
                ZEROS, "the last normalisation of a residual branch: the block starts as the identity", ("goyal2017",)
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
            Choice(recipe("normal", std=TOKEN_STD), "GPT-2 and BERT", ("radford2019",)),
            Choice(LECUN_NORMAL, "the forward signal matters more", ("lecun1998",)),
            Choice(recipe("small_init"), "deep transformers without warm-up", ("nguyen2019",)),
        ),
        tensors={
            "output": ExtraTensor(
                GLOROT_UNIFORM, lambda layer: (layer.axes.in_, layer.axes.in_) if layer.axes else layer.shape
            )
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
        "Glorot's uniform, as in the graph convolutions of their authors; averaging over neighbours shrinks the signal "
        "besides.",
        ("kipf2016", "glorot2010"),
        (
            Choice(HE_NORMAL, "perceptrons with ReLU inside, as in GIN", ("he2015",)),
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
        tensors={"dt_bias": ExtraTensor(_DT_BIAS, _channels)},
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
        tensors={"dt_bias": ExtraTensor(_DT_BIAS, _channels)},
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
                recipe("uniform", fan_in=lambda layer: float(layer.description.rank or math.ceil(layer.width / 16))),
                lambda layer: (layer.out, layer.description.rank or math.ceil(layer.width / 16)),
            ),
            "dt_proj.bias": ExtraTensor(_DT_BIAS, _channels),
            "D": ExtraTensor(_D_CHANNELS, _channels),
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
        tensors={"dt_bias": ExtraTensor(_DT_BIAS, _channels), "D": ExtraTensor(_D_CHANNELS, _channels)},
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

FALLBACK_RULES = (
    Rule(
        "fallback",
        ALWAYS,
        LECUN_NORMAL,
        "LeCun's variance keeps the scale of a layer that no nonlinearity follows.",
        ("lecun1998",),
        (
            Choice(GLOROT_UNIFORM, "the gradient matters as much as the signal", ("glorot2010",)),
            Choice(ORTHOGONAL, "norms should be kept exactly", ("saxe2013",)),
        ),
    ),
)
