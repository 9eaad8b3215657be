"""What finite sums add to mean-field theory, in kernels: the noise of layers of n units, to the first order in 1 / n.

Hanin and Nica (arXiv:1812.05994) for rectifiers; here for any f. x is the logarithm of the mean square of a layer's
pre-activations, y that of the gradient's squared norm there over that at the first layer. With e = d ln q' / d ln q and
d = d ln D / d ln q, a layer makes of deviations

    x' = e x + s + m    and    y' = y + d x + g,

where s is the noise of the mean of f(z)^2, beyond what it has by x; g that of f'(z)^2 u^2, u being the gradient; and m
that of the n sums of the matrix: 2 / n, nothing for an orthogonal one. All variances and means here are n times those.
"""

from __future__ import annotations

import math

from service.activations.interpolation import D4, MIXED, V4, D, V, curvature_at, slope_at, value_at
from service.advice.theory.recursion import HIGHEST, LOWEST, SETTLED
from service.arithmetic.arrays import Doubles
from service.compilation import called, inlined, kernel

_Scaling = tuple[float, float]
_Network = tuple[float, float, float, float]
"""Steps from layer to layer; 1 for orthogonal weights, else 0; the part that dropout keeps; pre-activations a unit."""
_Blocks = tuple[float, float, float, float]
"""Residual blocks; the layers in the branch of each; 1 where the branch's input is normalised; 1 where the sum is."""

SIGNAL, GRADIENT, COVARIANCE, GAIN, DRIFT, PATH_DRIFT, GRADIENT_DRIFT, OWN_GRADIENT_DRIFT, ALIGNMENT = range(9)
RESULTS = 9
"""What `follow` puts out, by place: the variances of x and y and their covariance; de/dx from the first layer to the
last; the mean of x, with and without what curvature adds; that of y, with and without what it has by x; what of the
gradient runs along the signal beyond its part in a random direction."""

_LARGEST = 1e100
"""Of what is followed: products of it are numbers still."""

_TABLE, _VECTOR = "float64[:, ::1]", "float64[::1]"


@inlined
def _bounded(x: float) -> float:
    return min(max(x, -_LARGEST), _LARGEST)


@inlined
def _exp(x: float) -> float:
    return math.exp(min(max(x, -200.0), 200.0))


@inlined
def _share(table: Doubles, scaling: _Scaling, log_q: float) -> float:
    """Return the part of the next second moment that is the signal's, and not the biases'."""
    signal = scaling[0] * math.exp(min(max(value_at(table, V, log_q), LOWEST), HIGHEST))
    return signal / (signal + scaling[1]) if signal + scaling[1] > 0.0 else 1.0


@called
def noises(table: Doubles, network: _Network, share: float, log_q: float) -> tuple[float, float, float, float]:
    """Return the variances of s and g and their covariance, and E[f^2 f'^2] / (V D)."""
    _, isometric, kept, pieces = network
    log_v, log_d = value_at(table, V, log_q), value_at(table, D, log_q)
    e, d, sphere = slope_at(table, V, log_q), slope_at(table, D, log_q), 2.0 / pieces
    mixed = _exp(value_at(table, MIXED, log_q) - log_v - log_d) / kept
    signal = _exp(value_at(table, V4, log_q) - 2.0 * log_v) / kept - 1.0 - sphere * e * e
    gradient = 3.0 * _exp(value_at(table, D4, log_q) - 2.0 * log_d) / kept - 1.0 - sphere * d * d - 2.0 * isometric
    return share * share * max(signal, 0.0), max(gradient, 0.0), share * (mixed - 1.0 - sphere * e * d), mixed


@kernel(f"void({_TABLE}, UniTuple(float64, 2), UniTuple(float64, 4), {_VECTOR})")
def follow(table: Doubles, scaling: _Scaling, network: _Network, out: Doubles) -> None:
    """Follow the noise from the first layer's pre-activations, normal ones with q = 1, through the steps of `network`.

    The gradient along the signal: f(c z) is the faster the more f is curved, by e^2 q' / q a layer in place of w D(q).
    """
    sphere = 2.0 / network[3]
    own = (1.0 - network[1]) * sphere
    log_q, log_w = 0.0, math.log(max(scaling[0], 1e-300))
    x_x, y_y, x_y, gain = sphere, 0.0, 0.0, 1.0
    x, path, y, own_y, along, across = -0.5 * sphere, -0.5 * sphere, 0.0, 0.0, 0.0, 0.0
    settled = False
    for _ in range(int(network[0])):
        if not settled:
            share = _share(table, scaling, log_q)
            slope, d = slope_at(table, V, log_q), slope_at(table, D, log_q)
            e = share * slope
            bend = share * (curvature_at(table, V, log_q) + slope * slope) - e * e
            turn = curvature_at(table, D, log_q)
            s_s, g_g, s_g, mixed = noises(table, network, share, log_q)
            log_v, log_chi = value_at(table, V, log_q), log_w + value_at(table, D, log_q)
            log_next = min(max(log_w + log_v - math.log(max(share, 1e-300)), LOWEST), HIGHEST)
            if scaling[0] <= 0.0 or share <= 0.0:
                log_next = math.log(max(scaling[1], 1e-300))
            # Products and maxima are taken for homogeneous.
            along_factor = e * e * _exp(log_next - log_q - log_chi)
            homogeneous = slope * slope * _exp(log_v + log_w - log_chi - log_q)
            rest = 1.0 + 2.0 * d - homogeneous if network[3] == 1.0 else 0.0
            settled = abs(log_next - log_q) < SETTLED
        # The gradient, from what is known before the layer.
        off_y = -0.5 * sphere * (turn + d * d - d) - 0.5 * g_g
        y += d * x + 0.5 * turn * x_x + off_y
        own_y += off_y
        across += along * rest - mixed
        along = mixed + along * along_factor
        # The signal, and both.
        off_x = -0.5 * sphere * (bend + e * e - e) - 0.5 * s_s - 0.5 * own
        x = e * x + 0.5 * bend * x_x + off_x
        path = e * path + off_x
        y_y += 2.0 * d * x_y + d * d * x_x + g_g
        x_y = e * (x_y + d * x_x) + s_g
        x_x = e * e * x_x + s_s + own
        gain *= e
        log_q = log_next
        x, path, y, x_x, y_y, x_y = (
            _bounded(x),
            _bounded(path),
            _bounded(y),
            _bounded(x_x),
            _bounded(y_y),
            _bounded(x_y),
        )
        along, across, gain = _bounded(along), _bounded(across), _bounded(gain)
    out[SIGNAL], out[GRADIENT], out[COVARIANCE], out[GAIN] = x_x, y_y, x_y, gain
    out[DRIFT], out[PATH_DRIFT] = x + 0.5 * sphere, path
    out[GRADIENT_DRIFT], out[OWN_GRADIENT_DRIFT], out[ALIGNMENT] = y, own_y, along + across


AT_ONE_RESULTS = 4


@kernel(f"void({_TABLE}, UniTuple(float64, 4), {_VECTOR})")
def at_one(table: Doubles, network: _Network, out: Doubles) -> None:
    """Put into `out` what `noises` returns where q = 1 and biases add nothing."""
    out[0], out[1], out[2], out[3] = noises(table, network, 1.0, 0.0)


BLOCK_RESULTS = 4
"""What `follow_blocks` puts out: the variances of the forward ratio's logarithm and of y, and the means of both."""


@called
def _branch(
    table: Doubles, scaling: _Scaling, network: _Network, blocks: _Blocks, log_q: float
) -> tuple[float, float, float, float, float, float, float, float, float]:
    """Return ln q and the gradient's logarithm after a branch, their slopes by x, variances and covariance.

    Last come what the first nonlinearity's noise does to x, and its variance.
    """
    sphere, log_w = 2.0 / network[3], math.log(max(scaling[0], 1e-300))
    own = (1.0 - network[1]) * sphere
    e, d, x_x, y_y, x_y, jacobian, first, first_noise = 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for number in range(int(blocks[1])):
        if number == 0 and blocks[2] > 0.0:
            log_q, jacobian, x_x, y_y, e = math.log(max(scaling[0] + scaling[1], 1e-300)), log_w, own, own, 0.0
            continue
        share = _share(table, scaling, log_q)
        slope, turn = share * slope_at(table, V, log_q), slope_at(table, D, log_q)
        s_s, g_g, s_g, _ = noises(table, network, share, log_q)
        jacobian += log_w + value_at(table, D, log_q)
        y_y += 2.0 * turn * x_y + turn * turn * x_x + g_g
        x_y = slope * (x_y + turn * x_x) + s_g
        x_x = slope * slope * x_x + s_s + own
        d, e = d + turn * e, e * slope
        first = first * slope if number else 1.0
        first_noise = first_noise if number else s_s
        signal = scaling[0] * math.exp(min(max(value_at(table, V, log_q), LOWEST), HIGHEST))
        log_q = min(max(math.log(max(signal + scaling[1], 1e-300)), LOWEST), HIGHEST)
    return log_q, jacobian, e, d, x_x, y_y, x_y, first, first_noise


@kernel(f"void({_TABLE}, UniTuple(float64, 2), UniTuple(float64, 4), UniTuple(float64, 4), {_VECTOR})")
def follow_blocks(table: Doubles, scaling: _Scaling, network: _Network, blocks: _Blocks, out: Doubles) -> None:
    """Follow the noise of a residual stream, normal with q = 1, through blocks x + f(x).

    The sum of a stream and a branch, R times as large, has the noise of the branch and of their product, 4 R. The
    stream turns so slowly that the noise of its own nonlinearity stays from block to block, less by 1 / sqrt(1 + R).
    """
    sphere, is_normalized, is_post = 2.0 / network[3], blocks[2] > 0.0, blocks[3] > 0.0
    x_x, y_y, x_y, gain, x, y, kept = 0.0 if is_post else sphere, 0.0, 0.0, 1.0, -0.5 * sphere, 0.0, 0.0
    log_q = 0.0
    for _ in range(int(blocks[0])):
        inner, jacobian, e, d, b_b, j_j, b_j, first, first_noise = _branch(table, scaling, network, blocks, log_q)
        ratio = _exp(inner - log_q)
        spread = _exp(jacobian - (log_q if is_normalized else 0.0))
        rho, sigma = ratio / (1.0 + ratio), spread / (1.0 + spread)
        if is_normalized:
            e, d = 0.0, -1.0
        if is_post:
            own = sigma * sigma * j_j + 4.0 * sigma * (1.0 - sigma)
            own += rho * rho * b_b + 4.0 * rho * (1.0 - rho) - 2.0 * rho * sigma * b_j
            y_y += own
            y += 0.5 * (rho * rho * b_b + 4.0 * rho * (1.0 - rho)) - 0.5 * sigma * (sigma * j_j + 4.0 * (1.0 - sigma))
            continue
        through = 1.0 - rho + rho * e
        stays = rho * first
        own_x = rho * rho * b_b + 4.0 * rho * (1.0 - rho)
        own_y = sigma * sigma * j_j + 4.0 * sigma * (1.0 - sigma)
        y_y += 2.0 * sigma * d * x_y + sigma * sigma * d * d * x_x + own_y
        y += sigma * d * x - 0.5 * own_y
        x_y = through * (x_y + sigma * d * x_x) + rho * sigma * b_j
        x_x = through * through * x_x + own_x + 2.0 * through * stays * kept
        kept = (through * kept + stays * first_noise) / math.sqrt(1.0 + ratio)
        x = through * x - 0.5 * own_x
        gain *= through
        log_q = min(log_q + math.log1p(ratio), HIGHEST)
        x_x, y_y, x_y, x, y = _bounded(x_x), _bounded(y_y), _bounded(x_y), _bounded(x), _bounded(y)
    start = 0.0 if is_post else sphere
    out[0], out[1], out[2], out[3] = x_x + start - 2.0 * gain * start, y_y, x + 0.5 * sphere, y
