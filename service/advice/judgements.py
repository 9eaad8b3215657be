"""What weights may be called, and the thresholds between these words: choices, for theory has no such numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from service.lazy import lazy

Judgement = Literal["good", "acceptable", "poor", "reject"]
JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)
"""From the best to the worst."""

_ROUNDING = 1e-12
"""By which the logarithms of two numbers that are the same may differ."""


@dataclass(frozen=True)
class Scale:
    """A number by which weights are judged."""

    measure: str
    """What the number is, for people."""
    bounds: tuple[tuple[float, Judgement], ...]
    """Up to which number weights are called what, in rising order."""
    beyond: Judgement
    """What they are called beyond the last."""

    def judgement(self, log_number: float) -> Judgement:
        """Return what weights are called whose number has this logarithm."""
        for log_bound, name in self._log_bounds:
            if log_number <= log_bound:
                return name
        return self.beyond

    @lazy
    def _log_bounds(self) -> tuple[tuple[float, Judgement], ...]:
        return tuple((math.log(bound) + _ROUNDING, name) for bound, name in self.bounds)

    @property
    def in_words(self) -> str:
        """The thresholds as a phrase: good up to 10, acceptable up to 1000, poor beyond."""
        told = [f"{name} up to {bound:g}".replace("e+", "e") for bound, name in self.bounds]
        return f"{', '.join(told)}, {self.beyond} beyond"


SIGNAL = Scale(
    "the factor by which signal or gradient grow or shrink, whichever changes more",
    ((10.0, "good"), (1e3, "acceptable"), (1e10, "poor")),
    "reject",
)
"""Of layers that theory follows."""

GROWTH = Scale(
    "the factor by which either grows in one layer",
    ((10.0, "good"), (30.0, "acceptable"), (100.0, "poor")),
    "reject",
)
"""However few layers there are: at 100 the outputs have ten times the inputs' standard deviation."""

DEVIATION = Scale(
    "the factor between the standard deviation and the recommended one",
    ((2.0, "good"), (5.0, "acceptable")),
    "poor",
)
"""Of layers whose scale theory does not follow, as of those before a normalisation, and of constants."""

OUTPUT = Scale(
    "the mean square that the weights add to the output",
    ((0.1, "good"), (2.0, "acceptable")),
    "poor",
)
"""Where a constant is recommended; for inputs of mean square 1. He's scheme adds 2, and Glorot's, which is Keras's
default, less: both are ordinary practice."""

NUMBERS = Scale(
    "the mean square by which they differ from it",
    ((0.1, "good"), (1.0, "acceptable")),
    "poor",
)
"""Where a constant is recommended for scales and tables, which sum no inputs."""

JUDGED_LAYERS = 10
"""A signal is followed through so many to judge it, when the depth is not given."""

LARGEST_SHARED_PART = 0.9
"""Of the signal that may be the same in all units, before they count as copies of one."""

SHARED_OVER_OWN = 1.0
"""What all units share over what each has of its own, beyond which a normalisation leaves them much alike."""

EXCESS_NATS = 10.0
"""The initial loss over that of knowing nothing beyond which the first steps only undo the weights."""

RULES: tuple[tuple[str, str], ...] = (
    (
        "Theory follows the signal (dense and convolutional layers without normalisation)",
        f"{SIGNAL.measure}, over the `depth` or else {JUDGED_LAYERS} layers: {SIGNAL.in_words}; and by "
        f"{GROWTH.measure}: {GROWTH.in_words}. The worse of both holds. `reject` also where "
        f"over {100.0 * LARGEST_SHARED_PART:g} % of the signal is the same in all units. Where the recommended weights "
        "lose the signal too, the factor counts from theirs, and what is like them is `good`",
    ),
    (
        "It does not (before a normalisation, recurrent layers, embeddings, heads)",
        f"{DEVIATION.measure}: {DEVIATION.in_words}; `poor` too where a mean of the weights gives all units nearly the "
        f"same signal. A smaller one is `good` where zeros do no harm; a larger one at the end of a branch is "
        f"`acceptable` while all branches together multiply the stream's mean square by no more than "
        f"{SIGNAL.bounds[1][0]:g}",
    ),
    (
        "A constant is recommended, such as zeros",
        f"{OUTPUT.measure}: {OUTPUT.in_words}; of scales and tables, which sum no inputs, {NUMBERS.measure}: "
        f"{NUMBERS.in_words}. Another constant than one that is not zero, such as 1.5 for a scale of 1, by the factor "
        f"between both: {DEVIATION.in_words}; with the other sign it is `acceptable` at best",
    ),
    (
        "The layer ends a classifier",
        f"as above, and `reject` where the loss starts over {EXCESS_NATS:g} nats above that of a model that knows "
        "nothing",
    ),
    (
        "All weights are the same number",
        "where zeros are not recommended, by what they do there: `reject` where units stay alike or nothing is learnt, "
        "`poor` where layers learn late, `acceptable` where they only start at nothing, or where zeros are a choice",
    ),
)
"""When what decides, for people."""

IN_WORDS = (
    f"good, acceptable, poor or reject. Where theory follows the signal, by {SIGNAL.measure} over the depth, or else "
    f"{JUDGED_LAYERS} layers: {SIGNAL.in_words}; and by {GROWTH.measure}: {GROWTH.in_words}. "
    f"Elsewhere by {DEVIATION.measure}: {DEVIATION.in_words}; where a "
    f"constant is recommended by {OUTPUT.measure}: {OUTPUT.in_words}. These thresholds are choices."
)
"""The same in short, for a schema."""
