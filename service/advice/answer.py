"""The members of an answer: what to take, why, what else there is, and what theory says of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from service.tensors.spec import Scalar


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

    level: Level
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class DepthEvidence:
    """The signal and the gradient from the first of `layers` layers like this one to the last."""

    layers: int
    forward: float
    backward: float


@dataclass(frozen=True)
class FiniteWidthEvidence:
    """What finite layers add: 95 % of all draws of the weights lie in the intervals."""

    width: float
    log_std: float
    forward_interval: tuple[float, float]
    backward_interval: tuple[float, float]


@dataclass(frozen=True)
class FixedPointEvidence:
    """Where the pre-activations' second moment settles, and the gradient's ratio there."""

    kind: Literal["stable", "unstable", "any", "zero", "infinity"]
    chi_perp: float


@dataclass(frozen=True)
class Evidence:
    """What theory predicts of the layer with these weights; null where it predicts nothing."""

    sigma_w2: float | None
    sigma_b2: float | None
    forward_ratio: float | None
    backward_ratio: float | None
    chi_perp: float | None
    elasticity: float | None
    q_star: float | None
    fixed_point: FixedPointEvidence | None
    depth: DepthEvidence | None
    finite_width: FiniteWidthEvidence | None
    initial_loss: float | None
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
    """None in a brief answer."""


Judgement = Literal["good", "acceptable", "poor", "reject"]
JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)
"""From the best to the worst."""


@dataclass(frozen=True)
class FrameworkDefault:
    """What the layer would have by default in a framework, judged."""

    framework: str
    layer: str
    weights: TensorAdvice | None
    bias: TensorAdvice | None
    judgement: Judgement
    statement: str
    evidence: Evidence


@dataclass(frozen=True)
class Verdict:
    """What is to be thought of the weights that the layer has now."""

    judgement: Judgement
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
    """What theory predicts behind a layer of the network."""

    layer: str
    second_moment: float
    """Of its pre-activations; of the residual stream, behind the last layer of a branch. The input's is 1."""
    gradient: float
    """The squared norm of the gradient there over that at the last layer."""


@dataclass(frozen=True)
class NetworkEvidence:
    """The signal from the input to the last layer that theory speaks of, and the gradient back to the first."""

    layers: int
    forward_ratio: float
    backward_ratio: float
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
    """The answer for a list of layers."""

    layers: tuple[Answer, ...]
    network: NetworkEvidence
    manifest: Manifest
