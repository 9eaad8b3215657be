"""Rules for recurrent cells, two a cell: one for the matrix of the state, one for that of the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.advice.layer.layer import Layer
from service.advice.layer.vocabulary import is_convolutional_cell
from service.advice.recipe import Recipe, recipe
from service.advice.rules.condition import Condition, activation, has, kind, member
from service.advice.rules.recipes import GLOROT_UNIFORM, IDENTITY_MATRIX, LECUN_NORMAL, ONES, ORTHOGONAL, ZEROS
from service.advice.rules.rule import Choice, ExtraTensor, Rule
from service.catalogue.catalogue import CATALOGUE
from service.tensors.layout import Shape


def _input_shape(layer: Layer) -> Shape | None:
    if layer.weight.is_of_inputs_and_state:
        return None
    return _with_kernel(layer, layer.description.inputs or layer.units)


def _recurrent_shape(layer: Layer) -> Shape | None:
    return None if layer.weight.is_of_inputs_and_state else _with_kernel(layer, layer.units)


def _with_kernel(layer: Layer, inputs: int) -> Shape:
    """Return the shape of a matrix of all gates; of a convolutional cell it has the kernel of the layer's weight."""
    kernel = () if layer.axes is None else layer.axes.kernel
    if layer.layout == "in_out":
        return (*kernel, inputs, layer.stacked_units)
    return (layer.stacked_units, inputs, *kernel)


def _stacked_layout(layer: Layer) -> str | None:
    return "in_out" if layer.layout == "in_out" else None


def _stacked_gates(layer: Layer) -> int | None:
    return layer.cell.gates if layer.cell is not None and layer.cell.gates > 1 else None


def _beside(matrix: Recipe) -> Recipe:
    """Return a recipe for the layer's other matrix, in which the gates are stacked as in the one that was asked for."""
    if "layout" not in CATALOGUE.get(matrix.initializer).model_fields:
        return matrix
    return Recipe(matrix.initializer, {**matrix.parameters, "layout": _stacked_layout, "gates": _stacked_gates})


_OF_KERAS = (
    Choice(recipe("glorot_uniform", gates=1), "you follow Keras, which draws all gates as one matrix", ("glorot2010",)),
)
"""keras/src/layers/rnn/lstm.py and gru.py: one kernel of all gates, whose larger fan_out makes it smaller."""


@dataclass(frozen=True)
class _Cell:
    """What the rules for the two matrices of a recurrent layer have in common."""

    name: str
    when: Condition
    recurrent: Recipe
    reason: str
    references: tuple[str, ...]
    alternatives: tuple[Choice, ...]
    input_matrix: Recipe = GLOROT_UNIFORM
    input_reason: str = "The input's matrix acts once in each step: Glorot's scheme, on each gate by itself."
    input_references: tuple[str, ...] = ("glorot2010",)
    bias: Recipe = ZEROS
    tensors: Mapping[str, ExtraTensor] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    bias_warnings: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[Rule, Rule]:
        """The rule for the input's matrix, where that is asked for, and for the recurrent one."""
        of_input = Rule(
            f"{self.name}_input",
            self.when & member("tensor", "input"),
            self.input_matrix,
            self.input_reason,
            self.input_references,
            (
                Choice(LECUN_NORMAL, "you follow Flax", ("lecun1998",)),
                *(_OF_KERAS if self.input_matrix is GLOROT_UNIFORM else ()),
                Choice(ORTHOGONAL, "there are as many inputs as units, and sequences are long", ("saxe2013",)),
            ),
            bias=self.bias,
            tensors={"recurrent": ExtraTensor(_beside(self.recurrent), _recurrent_shape), **self.tensors},
            warnings=self.warnings,
            bias_warnings=self.bias_warnings,
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
            tensors={"input": ExtraTensor(_beside(self.input_matrix), _input_shape), **self.tensors},
            warnings=self.warnings,
            bias_warnings=self.bias_warnings,
            has_theory=False,
        )
        return of_input, of_state


def _gate_bias_shape(layer: Layer) -> Shape:
    return (layer.stacked_units,)


_IS_PYTORCH = member("framework", "pytorch", "timm", "torchvision")
_SECOND_BIAS = {"bias_hh": ExtraTensor(ZEROS, _gate_bias_shape, is_bias=True)}
_TWO_BIASES = (
    "PyTorch adds two biases: set the forget gate's 1 in bias_ih only and keep bias_hh at zero; in both it would be 2.",
)
_LSTM_REASON = (
    "Orthogonal recurrent matrices, one for each gate, neither grow nor shrink the state from step to step. With "
    "a forget bias of 1 a cell keeps 73 % of its content a step at first, with 0 only half."
)
_LSTM_ALTERNATIVES = (
    Choice(GLOROT_UNIFORM, "sequences are short", ("glorot2010",)),
    Choice(recipe("identity"), "units should keep their state", ("le2015",)),
    Choice(
        recipe("uniform", fan_in=lambda layer: float(layer.units)),
        "you have to match PyTorch's default",
    ),
)
_CHRONO = recipe("chrono", longest=lambda layer: layer.description.longest)
_CHRONO_REASON = (
    "As for any LSTM, but the biases spread the units' time scales between one step and the longest dependency: "
    "b_f = ln u, u uniform on [1, T_max - 1), b_i = -b_f."
)

_BY_GATE = Condition("a kernel for each gate", lambda layer: layer.cell is not None and layer.cell.is_by_gate)
_FORGET_BIAS = {"forget_bias": ExtraTensor(ONES, _gate_bias_shape, is_bias=True)}
_BY_GATE_REASON = f"{_LSTM_REASON} Here each gate has a bias of its own, zeros but for forget_bias."

_ADDS_FORGET_BIAS = Condition(
    "a cell that adds 1 to its forget gate in the call",
    lambda layer: (
        layer.description.framework == "haiku"
        or (layer.description.framework in {"flax", "jax"} and is_convolutional_cell(layer.description.layer))
    ),
)
"""haiku/_src/recurrent.py, flax/linen/recurrent.py (ConvLSTMCell)."""
_OF_INPUTS_AND_STATE = Condition(
    "one matrix for the inputs and the state", lambda layer: layer.weight.is_of_inputs_and_state
)

_CUT_LECUN = recipe("lecun_normal", distribution="truncated_normal")

_CELLS = (
    _Cell(
        "lstm_of_one_matrix",
        kind("lstm") & _OF_INPUTS_AND_STATE,
        _CUT_LECUN,
        "One matrix takes the inputs and the state together, and each gate sums both: a variance of 1/(inputs + units) "
        "gives gates of variance 1. Haiku adds 1 to the forget gate in the call, so that its bias starts at zero.",
        ("lecun1998", "jozefowicz2015"),
        (
            Choice(GLOROT_UNIFORM, "sequences are short", ("glorot2010",)),
            Choice(ORTHOGONAL, "the state should neither grow nor shrink at first", ("saxe2013",)),
        ),
        input_matrix=_CUT_LECUN,
        input_reason="One matrix takes the inputs and the state together: a variance of 1/(inputs + units) gives gates "
        "of variance 1.",
        input_references=("lecun1998",),
    ),
    _Cell(
        "relu_rnn",
        kind("rnn") & activation("relu", "leaky_relu", "prelu", "relu6"),
        IDENTITY_MATRIX,
        "IRNN: with the identity a rectifier keeps the state as it is until an input changes it.",
        ("le2015",),
        (
            Choice(ORTHOGONAL, "states should mix from step to step", ("henaff2016", "saxe2013")),
            Choice(recipe("identity", gain=0.01), "dependencies are short, as in speech", ("le2015",)),
        ),
        input_matrix=recipe("normal", std=0.001),
        input_reason="IRNN: the input's matrix is small, N(0, 0.001²), so that the identity keeps the state at first.",
        input_references=("le2015",),
        warnings=("Clip gradients: nothing bounds the state of a ReLU RNN.",),
    ),
    _Cell(
        "rnn",
        kind("rnn"),
        ORTHOGONAL,
        "An orthogonal matrix keeps norms, so that the state neither explodes nor vanishes over the steps. With a "
        "random matrix of the same variance it often does within about sqrt(units) steps.",
        ("saxe2013", "henaff2016"),
        (
            Choice(IDENTITY_MATRIX, "units should keep their state", ("le2015",)),
            Choice(recipe("orthogonal", gain=0.95), "the state should fade slowly", ("henaff2016",)),
            Choice(GLOROT_UNIFORM, "sequences are short", ("glorot2010",)),
        ),
    ),
    _Cell(
        "long_lstm_by_gate",
        kind("lstm") & has("longest") & _BY_GATE,
        ORTHOGONAL,
        _BY_GATE_REASON,
        ("jozefowicz2015", "saxe2013"),
        _LSTM_ALTERNATIVES,
        tensors=_FORGET_BIAS,
        bias_warnings=(
            "For such long dependencies take the biases of all gates from /weights/chrono, with a shape of four times "
            "the units, and cut them with slice: input, forget, cell, output.",
        ),
    ),
    _Cell(
        "lstm_by_gate",
        kind("lstm") & _BY_GATE,
        ORTHOGONAL,
        _BY_GATE_REASON,
        ("jozefowicz2015", "saxe2013"),
        _LSTM_ALTERNATIVES,
        tensors=_FORGET_BIAS,
    ),
    _Cell(
        "long_lstm_of_pytorch",
        kind("lstm") & has("longest") & _IS_PYTORCH,
        ORTHOGONAL,
        _CHRONO_REASON,
        ("tallec2018", "saxe2013"),
        _LSTM_ALTERNATIVES,
        bias=_CHRONO,
        tensors=_SECOND_BIAS,
        bias_warnings=_TWO_BIASES,
    ),
    _Cell(
        "long_lstm",
        kind("lstm") & has("longest"),
        ORTHOGONAL,
        _CHRONO_REASON,
        ("tallec2018", "saxe2013"),
        _LSTM_ALTERNATIVES,
        bias=_CHRONO,
    ),
    _Cell(
        "lstm_of_pytorch",
        kind("lstm") & _IS_PYTORCH,
        ORTHOGONAL,
        _LSTM_REASON,
        ("jozefowicz2015", "saxe2013"),
        _LSTM_ALTERNATIVES,
        bias=recipe("lstm_bias"),
        tensors=_SECOND_BIAS,
        bias_warnings=_TWO_BIASES,
    ),
    _Cell(
        "lstm_with_forget_bias_in_call",
        kind("lstm") & _ADDS_FORGET_BIAS,
        ORTHOGONAL,
        "Orthogonal recurrent matrices, one for each gate, neither grow nor shrink the state from step to step. The "
        "cell adds a forget bias of 1 in its call, so that its biases start at zero.",
        ("jozefowicz2015", "saxe2013"),
        _LSTM_ALTERNATIVES,
    ),
    _Cell(
        "lstm",
        kind("lstm"),
        ORTHOGONAL,
        _LSTM_REASON,
        ("jozefowicz2015", "saxe2013"),
        _LSTM_ALTERNATIVES,
        bias=recipe("lstm_bias"),
    ),
    _Cell(
        "gru",
        kind("gru"),
        ORTHOGONAL,
        "Orthogonal recurrent matrices, one for each gate, neither grow nor shrink the state from step to step.",
        ("saxe2013", "cho2014"),
        (
            Choice(GLOROT_UNIFORM, "sequences are short", ("glorot2010",)),
            Choice(recipe("identity"), "units should keep their state", ("le2015",)),
        ),
        bias_warnings=(
            "For long memory raise the update gate's bias: in PyTorch and Keras, h = z h + (1 - z) n, a positive bias "
            "keeps the state; in the convention of Cho et al. (2014) the sign is the other way round.",
        ),
    ),
)


RECURRENT_RULES = tuple(rule for cell in _CELLS for rule in cell.rules)
