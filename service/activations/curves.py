"""The moments of an activation over ln q, tabulated."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from service.activations.interpolation import FIRST, STEP
from service.activations.moments import ActivationMoments, MomentFunction
from service.activations.pointwise import Float64Array, PointwiseFunction

_LEAST = 1e-300
"""Moments below it are taken for it, for their logarithms' sake."""

_COUNT = 449
"""ln q from -28 to 28: beyond, all go on as powers."""

_ORIGIN = 224
"""Where q is 1, exactly."""


class Curves:
    """The moments of an activation over ln q, to look up in no time: `interpolation.py` says how.

    They are computed, in some hundredths of a second, when they are asked for first.
    """

    def __init__(self, moments: MomentFunction, function: PointwiseFunction | None = None) -> None:
        self._moments = moments
        self.function = function
        """What the moments are of, where it is a function of each pre-activation by itself."""
        self.degree, self.pieces = moments.degree, moments.pieces

    @property
    def are_ready(self) -> bool:
        """Whether they have been computed."""
        return {"table", "at_one"} <= vars(self).keys()

    def prepare(self) -> None:
        """Compute them now."""
        self.table  # noqa: B018 (which is then there)
        self.at_one  # noqa: B018

    @cached_property
    def at_one(self) -> ActivationMoments:
        return ActivationMoments(*(moment[_ORIGIN : _ORIGIN + 1] for moment in vars(self._tabulated).values()))

    @cached_property
    def table(self) -> Float64Array:
        moments = self._tabulated
        rows = np.array([moments.second, moments.slope_second, moments.fourth, moments.slope_fourth, moments.mixed])
        is_finite = np.isfinite(rows).all(axis=0)
        count = _COUNT if is_finite.all() else int(np.argmin(is_finite))
        values = np.log(np.maximum(rows[:, :count], _LEAST))
        slopes = [moments.elasticity[:count], moments.slope_elasticity[:count], *np.gradient(values[2:], STEP, axis=1)]
        return np.ascontiguousarray([*values, *slopes])

    @cached_property
    def _tabulated(self) -> ActivationMoments:
        return self._moments.at(np.exp(FIRST + STEP * np.arange(_COUNT)))
