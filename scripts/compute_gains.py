"""Compute the gains of activations, for the table in `service/activations/table.py`.

    python -m scripts.compute_gains [NAME ...]

For a standard normal z, with 30-digit quadrature split at the kinks:
forward 1/sqrt(E[f(z)^2]), backward 1/sqrt(E[f'(z)^2]), centered 1/sqrt(Var f(z)).
Prints them as they stand in a row, and fails where the table has other numbers.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import mpmath as mp

from service.activations.activation import Gains
from service.activations.names import UnknownActivation, find_activation
from tests.activations.oracle import GATED, MAXOUT_PIECES, Piece, activations

mp.mp.dps = 30

# mpmath has no types: a real number of any precision.
Real = Any
Function = Callable[[Real], Real]

ACTIVATIONS = activations(mp.mp)
SIREN_OMEGA = 30
RRELU_SLOPES = (mp.mpf(1) / 8, mp.mpf(1) / 3)
STEP, DIGITS = mp.mpf("1e-20"), 50
"""Of the complex step f'(z) = Im f(z + ih) / h, whose error goes as h^2; mpmath's arctangent needs the digits."""


def expectation(pieces: list[Piece], function: Callable[[Function, Real], Real]) -> Real:
    """Return E[function(f, z)]; beyond 14 sigmas nothing is left."""
    total = mp.mpf(0)
    for low, high, f in pieces:
        first, last = max(mp.mpf(low), mp.mpf(-14)), min(mp.mpf(high), mp.mpf(14))
        points = [first, *(mp.mpf(point) for point in range(-10, 11, 2) if first < point < last), last]
        total += mp.quad(lambda z, f=f: function(f, z) * mp.npdf(z), points)
    return total


def gains(mean: Real, square: Real, slope_square: Real | None) -> Gains:
    return Gains(
        forward=float(1 / mp.sqrt(square)),
        backward=None if slope_square is None else float(1 / mp.sqrt(slope_square)),
        centered=float(1 / mp.sqrt(square - mean**2)),
    )


def derivative(f: Function, z: Real) -> Real:
    with mp.workdps(DIGITS):
        return mp.im(f(z + 1j * STEP)) / STEP


def by_quadrature(name: str) -> Gains:
    pieces = ACTIVATIONS[name]
    return gains(
        expectation(pieces, lambda f, z: f(z)),
        expectation(pieces, lambda f, z: f(z) ** 2),
        expectation(pieces, lambda f, z: derivative(f, z) ** 2),
    )


def siren() -> Gains:
    """sin(30 z) oscillates too fast for the panels; its moments are known in closed form."""
    decay = mp.exp(-2 * mp.mpf(SIREN_OMEGA) ** 2)
    return gains(mp.mpf(0), (1 - decay) / 2, mp.mpf(SIREN_OMEGA) ** 2 * (1 + decay) / 2)


def exponential() -> Gains:
    """Exp grows past the panels; E[exp(z)] = e^(1/2), E[exp(2z)] = e^2."""
    return gains(mp.exp(mp.mpf(1) / 2), mp.exp(2), mp.exp(2))


def rrelu() -> Gains:
    low, high = RRELU_SLOPES
    slope, slope_square = (low + high) / 2, (high**3 - low**3) / (3 * (high - low))
    square = (1 + slope_square) / 2
    return gains((1 - slope) / mp.sqrt(2 * mp.pi), square, square)


def maxout(count: int) -> Gains:
    """The largest of independent standard normals has density k Phi^(k-1) phi; one piece has slope 1."""
    weighted = [Piece(-mp.inf, mp.inf, lambda z: count * mp.ncdf(z) ** (count - 1))]
    mean = expectation(weighted, lambda density, z: z * density(z))
    square = expectation(weighted, lambda density, z: z**2 * density(z))
    return gains(mean, square, mp.mpf(1))


def gated(gate: str) -> Gains:
    """The value v has mean zero, so the product has, and its variance is its second moment."""
    return gains(mp.mpf(0), expectation(ACTIVATIONS[gate], lambda f, z: f(z) ** 2), None)


COMPUTED: Mapping[str, Callable[[], Gains]] = {
    **{name: partial(by_quadrature, name) for name in ACTIVATIONS},
    "exp": exponential,
    "siren": siren,
    "rrelu": rrelu,
    **{name: partial(gated, gate) for name, gate in GATED.items()},
    **{f"maxout_{count}": partial(maxout, count) for count in MAXOUT_PIECES},
}


def tabulated(name: str) -> Gains | None:
    try:
        return find_activation(name).gains
    except UnknownActivation:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of the oracle's activations; all of them if none")
    others = []
    for name in parser.parse_args().names or COMPUTED:
        computed = COMPUTED[name]()
        print(f"{name}: Gains({computed.forward!r}, {computed.backward!r}, {computed.centered!r})")
        if computed != tabulated(name):
            others.append(name)
    if others:
        raise SystemExit(f"the table has other gains for {', '.join(others)}")


if __name__ == "__main__":
    main()
