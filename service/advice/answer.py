"""The members of an answer: what to take, why, what else there is, and what theory says of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from service.advice.judgements import IN_WORDS, Judgement
from service.tensors.spec import Scalar


def _told(text: str) -> Any:
    """Return what the JSON Schema says of a member."""
    return Field(description=text)


Detail = Literal["full", "short"]
"""How much is told beside the recommendation."""

Extent = Literal["full", "short", "brief"]
"""How much is worked out beside the recommendation. short: what a short answer tells of evidence. brief: none of
alternatives and of the framework's default, of which a list of layers tells none."""


@dataclass(frozen=True)
class TensorAdvice:
    """How one tensor is to be made."""

    initializer: str
    parameters: Mapping[str, Scalar]
    std: float | None
    stds: Annotated[
        tuple[float, ...] | None,
        Field(
            description="The standard deviation of each block of the out axis, where blocks of unequal sizes, as those "
            "of grouped queries, keys and values, have their own; std is then that of all together."
        ),
    ]
    bound: float | None
    fan_in: float | None
    fan_out: float | None
    href: str


@dataclass(frozen=True)
class Citation:
    """Where a statement comes from; `key` is what the members `references` name it by."""

    key: str
    authors: str
    title: str
    year: int
    url: str


Level = Literal["high", "medium", "low", "none"]


@dataclass(frozen=True)
class Validity:
    """How far theory holds here, and why no further."""

    level: Annotated[
        Level,
        _told(
            "high: the intervals of `finite_width` hold 90 to 99 % of the draws; medium: at least 80 %; low: the "
            "numbers tell the direction; none: there are no numbers."
        ),
    ]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class DepthEvidence:
    """The signal and the gradient from the first of `layers` layers like this one to the last."""

    layers: Annotated[int, _told("Layers; blocks of a residual network.")]
    forward: Annotated[
        float, _told("The mean square of the last layer's pre-activations over the first's; of the residual stream.")
    ]
    backward: Annotated[
        float,
        _told(
            "The gradient's squared norm, by the first layer's pre-activations over that by the last's. Both layers "
            "are taken to be equally wide, so that it is the ratio of its mean squares too."
        ),
    ]


@dataclass(frozen=True)
class FiniteWidthEvidence:
    """How one draw of the weights differs from another, from the first layer to the last, as layers are not endless.

    The first layer's pre-activations are drawn too, as normal numbers. What cannot be told is left out.
    """

    width: Annotated[
        float,
        _told(
            "How many units in a layer make the noise: the harmonic mean of its inputs and outputs, of a convolution's "
            "channels."
        ),
    ]
    log_std: Annotated[
        float | None, _told("The standard deviation of the logarithm of `depth.forward` over the draws.")
    ]
    forward_interval: Annotated[
        tuple[float, float] | None, _told("Between which two numbers 95 % of the draws have `depth.forward`.")
    ]
    backward_interval: Annotated[
        tuple[float, float] | None, _told("Between which two numbers 95 % of the draws have `depth.backward`.")
    ]
    reason: Annotated[str | None, _told("Why an interval cannot be told, where it cannot.")]


@dataclass(frozen=True)
class FixedPointEvidence:
    """Where the pre-activations' mean square settles, layer after layer."""

    kind: Annotated[
        Literal["stable", "unstable", "any", "zero", "infinity"],
        _told("Whether it settles at `q_star`, runs from it, stays as it is, or goes to zero or infinity."),
    ]
    chi_perp: Annotated[float, _told("What `chi_perp` is there.")]


@dataclass(frozen=True)
class Evidence:
    """What theory predicts of the layer with these weights, for wide layers; what it does not predict is left out."""

    sigma_w2: Annotated[
        float | None, _told("fan_in times the mean square of the weights, at the scale that dropout and ω give them.")
    ]
    sigma_b2: Annotated[float | None, _told("The variance of the biases, at the same scale.")]
    forward_ratio: Annotated[
        float | None,
        _told(
            "The mean square of the layer's pre-activations over that of the pre-activations before it, which is 1; of "
            "the stream after a residual block over that before it."
        ),
    ]
    backward_ratio: Annotated[
        float | None,
        _told(
            "The mean square of the gradient's elements, by the pre-activations before the layer over that by the "
            "layer's own: `chi_perp` times fan_out / fan_in."
        ),
    ]
    chi_perp: Annotated[
        float | None, _told("The same ratio of the gradient's squared norms: sums of squares, not means.")
    ]
    elasticity: Annotated[
        float | None,
        _told("By how many percent a signal differs after the layer that differs by one before it, in mean square."),
    ]
    q_star: Annotated[
        float | None, _told("The mean square of the pre-activations that stays the same from layer to layer.")
    ]
    fixed_point: FixedPointEvidence | None
    depth: Annotated[DepthEvidence | None, _told("Where the layer's `depth` is known.")]
    finite_width: Annotated[FiniteWidthEvidence | None, _told("Likewise.")]
    initial_loss: Annotated[
        float | None,
        _told(
            "The cross-entropy with which training starts, in nats, of what ends a classifier: its mean over draws of "
            "the weights, for inputs of mean square 1."
        ),
    ]
    validity: Validity


@dataclass(frozen=True)
class Recommendation:
    """What to take. `tensors` are those of the layer besides its weights and its bias."""

    weights: TensorAdvice | None
    bias: TensorAdvice | None
    tensors: Mapping[str, TensorAdvice]
    rule: str
    reason: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Alternative:
    """Another choice, when to prefer it, and what theory says of it."""

    weights: TensorAdvice | None
    bias: TensorAdvice | None
    when: str
    references: tuple[str, ...]
    evidence: Evidence | None
    """None in a brief answer, as that of a framework's default."""


Judged = Annotated[Judgement, _told(IN_WORDS)]


@dataclass(frozen=True)
class FrameworkDefault:
    """What the layer would have by default in a framework, judged."""

    framework: str
    layer: str
    weights: TensorAdvice | None
    bias: TensorAdvice | None
    """None where not all is told, too."""
    judgement: Judged
    statement: str
    evidence: Evidence | None


@dataclass(frozen=True)
class Verdict:
    """What is to be thought of the weights that the layer has now."""

    judgement: Judged
    statement: str
    weights: TensorAdvice
    evidence: Evidence


@dataclass(frozen=True)
class Experiment:
    """Something to try, and what to look for."""

    name: str
    how: str
    expect: str
    hrefs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The answer for one layer."""

    layer: Mapping[str, Any]
    assumed: Mapping[str, Any]
    recommendation: Recommendation
    alternatives: tuple[Alternative, ...]
    evidence: Evidence
    framework_default: FrameworkDefault | None
    verdict: Verdict | None
    warnings: tuple[str, ...]
    experiments: tuple[Experiment, ...]
    references: tuple[Citation, ...]


@dataclass(frozen=True)
class LayerSignal:
    """What theory predicts after a layer of the network."""

    layer: str
    second_moment: Annotated[
        float,
        _told(
            "The mean square of its pre-activations; of the residual stream, after the last layer of a branch. The "
            "input's is 1."
        ),
    ]
    gradient: Annotated[float, _told("The gradient's squared norm there over that at the last layer.")]


@dataclass(frozen=True)
class NetworkEvidence:
    """The signal from the input to the last layer that theory speaks of, and the gradient back to the first."""

    layers: Annotated[int, _told("Those that theory speaks of.")]
    forward: Annotated[float, _told("The mean square of the last layer's pre-activations over the input's.")]
    backward: Annotated[float, _told("The gradient's squared norm at the first layer over that at the last.")]
    signal: tuple[LayerSignal, ...]
    validity: Validity


@dataclass(frozen=True)
class Manifest:
    """The tensors of the network: what `/weights` takes, by name."""

    seed: str
    dtype: str
    tensors: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class NetworkAnswer:
    """The answer for a list of layers. `assumed` is what none of the request says of all of them."""

    assumed: Mapping[str, Any]
    layers: tuple[Answer, ...]
    network: NetworkEvidence
    manifest: Manifest
    warnings: tuple[str, ...] = ()
    """What to beware of with the list itself."""
