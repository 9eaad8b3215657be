"""The inverse of the error function in binary64, as XLA compiles it for a processor with fused multiply-add.

Giles's three polynomials (GPU Computing Gems, 2011) are one here, of which some coefficients depend on w = -ln(1 - x²).
"""

from __future__ import annotations

import numpy as np

from service.arithmetic.accurate import accurate_log
from service.compilation import fma64, inlined

# Near 0, ln(1 + t): Cephes's quotient of polynomials.
_N0, _N1, _N2, _N3 = 4.52700008624452e-05, 0.49854102823193375, 6.578732594206104, 29.911919328553072
_N4, _N5, _N6 = 60.94966798098779, 57.11296359058554, 20.039553499201283
_D0, _D1, _D2 = 15.062909083469192, 83.04756596796722, 221.76239823732857
_D3, _D4, _D5 = 309.09872225312057, 216.42788614495947, 60.11866049760384
_NEAR_ZERO = float.fromhex("0x1.a827999fcef32p-2")

_MIDDLE, _FAR = 6.25, 16.0
"""Where the polynomial of the middle, and that of the near tail, end."""

_COEFFICIENTS = (
    (-3.64441206401782e-21, 2.2137376921775787e-09, -2.7109920616438573e-11),
    (-1.6850591381820166e-19, 9.075656193888539e-08, -2.555641816996525e-10),
    (1.28584807152564e-18, -2.7517406297064545e-07, 1.5076572693500548e-09),
    (1.1157877678025181e-17, 1.8239629214389228e-08, -3.789465440126737e-09),
    (-1.333171662854621e-16, 1.5027403968909828e-06, 7.61570120807834e-09),
    (2.0972767875968562e-17, -4.013867526981546e-06, -1.496002662714924e-08),
    (6.637638134358324e-15, 2.9234449089955446e-06, 2.914795345090108e-08),
    (-4.054566272975207e-14, 1.2475304481671779e-05, -6.771199775845234e-08),
    (-8.151934197605472e-14, -4.7318229009055734e-05, 2.2900482228026655e-07),
    (2.6335093153082323e-12, 6.828485145957318e-05, -9.9298272942317e-07),
    (-1.2975133253453532e-11, 2.4031110387097894e-05, 4.526062597223154e-06),
    (-5.415412054294628e-11, -0.0003550375203628475, -1.968177810553167e-05),
    (1.0512122733215323e-09, 0.0009532893797373805, 7.599527703001776e-05),
    (-4.112633980346984e-09, -0.0016882755560235047, -0.00021503011930044477),
    (-2.9070369957882005e-08, 0.002491442096107851, -0.00013871931833623122),
    (4.2347877827932404e-07, -0.003751208507569241, 1.0103004648645344),
    (-1.3654692000834679e-06, 0.005370914553590064, 4.849906401408584),
)
"""Those of the middle, of the near tail and of the far one, the highest power first."""
_SHORTER = ((-1.3882523362786469e-05, 1.0052589676941592), (0.00018673420803405714, 3.0838856104922208))
"""What follows in the middle and in the near tail."""
_LAST = (-0.000740702534166267, -0.006033670871430149, 0.24015818242558962, 1.6536545626831027)
"""What follows in the middle."""


@inlined
def minus_logarithm_of_one_plus64(t: float) -> float:
    """Return -ln(1 + t) for -1 < t <= 0."""
    denominator = fma64(fma64(t + _D0, t, _D1), t, _D2)
    denominator = fma64(fma64(fma64(denominator, t, _D3), t, _D4), t, _D5)
    numerator = fma64(fma64(fma64(_N0, t, _N1), t, _N2), t, _N3)
    numerator = fma64(fma64(fma64(numerator, t, _N4), t, _N5), t, _N6)
    square = t * t
    near_zero = t + ((t * square) * (numerator / denominator) - 0.5 * square)
    return -near_zero if abs(t) < _NEAR_ZERO else -accurate_log(1.0 + t)


@inlined
def _step(p: float, s: float, w: float, coefficients: tuple[float, float, float]) -> float:
    middle, near, far = coefficients
    return fma64(p, s, middle if w < _MIDDLE else (near if w < _FAR else far))


@inlined
def inverse_error_function64(x: float, w: float) -> float:
    """Return erf⁻¹(x) for -1 < x < 1, given w = -ln(1 - x²)."""
    s = w - 3.125 if w < _MIDDLE else np.sqrt(w) - (3.25 if w < _FAR else 5.0)
    p = 0.0
    p = _step(p, s, w, _COEFFICIENTS[0])
    p = _step(p, s, w, _COEFFICIENTS[1])
    p = _step(p, s, w, _COEFFICIENTS[2])
    p = _step(p, s, w, _COEFFICIENTS[3])
    p = _step(p, s, w, _COEFFICIENTS[4])
    p = _step(p, s, w, _COEFFICIENTS[5])
    p = _step(p, s, w, _COEFFICIENTS[6])
    p = _step(p, s, w, _COEFFICIENTS[7])
    p = _step(p, s, w, _COEFFICIENTS[8])
    p = _step(p, s, w, _COEFFICIENTS[9])
    p = _step(p, s, w, _COEFFICIENTS[10])
    p = _step(p, s, w, _COEFFICIENTS[11])
    p = _step(p, s, w, _COEFFICIENTS[12])
    p = _step(p, s, w, _COEFFICIENTS[13])
    p = _step(p, s, w, _COEFFICIENTS[14])
    p = _step(p, s, w, _COEFFICIENTS[15])
    p = _step(p, s, w, _COEFFICIENTS[16])
    p = fma64(p, s, _SHORTER[0][0] if w < _MIDDLE else _SHORTER[0][1]) if w < _FAR else p
    p = fma64(p, s, _SHORTER[1][0] if w < _MIDDLE else _SHORTER[1][1]) if w < _FAR else p
    p = fma64(p, s, _LAST[0]) if w < _MIDDLE else p
    p = fma64(p, s, _LAST[1]) if w < _MIDDLE else p
    p = fma64(p, s, _LAST[2]) if w < _MIDDLE else p
    p = fma64(p, s, _LAST[3]) if w < _MIDDLE else p
    return p * x
