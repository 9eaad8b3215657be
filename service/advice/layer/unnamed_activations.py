"""Activations that have no row in the table of activations, and what to say of them."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from service.activations.activation import Activation, sampled
from service.activations.error_function import erf
from service.likeness import fold

_STEP = "has no slope but where it jumps, and is trained with a surrogate's: give that as activation_table, in a POST"
_OF_ITS_OWN = "has parameters that are trained: give it as activation_table, in a POST, with those that it starts with"
_SENTENCES: tuple[tuple[str, str], ...] = (
    ("heaviside step sign binarystep lif spike hardthreshold ste surrogate", _STEP),
    ("binary threshold", "may mean a step, or a line above some value: give the one as activation_table, in a POST"),
    (
        "thresholdedrelu",
        "jumps at its threshold, where no theory here holds: give it as activation_table, in a POST",
    ),
    ("aconc acon metaacon bspline spline pau rational dynamicrelu lete", _OF_ITS_OWN),
)

INSTEAD: Mapping[str, str] = {fold(word): sentence for words, sentence in _SENTENCES for word in words.split()}
"""What to do instead of naming them, by folded names."""

_POINTS = np.linspace(-32.0, 32.0, 513)
"""Straight between them, and beyond the last."""


def _smelu(z: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(np.abs(z) < 1.0, (z + 1.0) ** 2 / 4.0, np.maximum(z, 0.0))


_FUNCTIONS: Mapping[str, Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]] = {
    # Nag and Bhattacharyya, arXiv:2108.09598.
    "serf": lambda z: z * erf(np.logaddexp(0.0, z)),
    # Shamir et al., arXiv:2202.06499, with β = 1.
    "smelu": _smelu,
    "bentidentity": lambda z: (np.sqrt(z * z + 1.0) - 1.0) / 2.0 + z,
    # Ma et al., arXiv:2209.10655, which approximates the squared ReLU: μ = sqrt(1/2), σ = sqrt(1/(4π)).
    "laplace": lambda z: 0.5 * (1.0 + erf((z - math.sqrt(0.5)) * math.sqrt(2.0 * math.pi))),
    # Gemma 2's, of its logits (arXiv:2408.00118).
    "softcap": lambda z: 30.0 * np.tanh(z / 30.0),
}


def find_by_samples(name: str) -> Activation | None:
    """Return an activation without a row by samples of it; None of an unknown one."""
    folded = fold(name[:64].removesuffix("()")).removesuffix("activation")
    return _by_samples(folded) if folded in _FUNCTIONS else None


@functools.cache
def _by_samples(folded: str) -> Activation:
    return sampled(tuple(_POINTS.tolist()), tuple(_FUNCTIONS[folded](_POINTS).tolist()))
