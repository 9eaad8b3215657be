"""The coefficients of stream version 1, read from `coefficients.json`, which every language shares.

The file says what each approximates, where and how well, and the script that fitted it. They are part
of the promise of bits: other coefficients would be another stream version.
"""

from __future__ import annotations

import json
from pathlib import Path

_lists = json.loads(Path(__file__).with_name("coefficients.json").read_text())["coefficients"]

LOGARITHM_32: tuple[float, ...] = tuple(_lists["LOGARITHM_32"])
QUANTILE_32_NUMERATOR: tuple[float, ...] = tuple(_lists["QUANTILE_32_NUMERATOR"])
QUANTILE_32_DENOMINATOR: tuple[float, ...] = tuple(_lists["QUANTILE_32_DENOMINATOR"])
CENTRAL_64_NUMERATOR: tuple[float, ...] = tuple(_lists["CENTRAL_64_NUMERATOR"])
CENTRAL_64_DENOMINATOR: tuple[float, ...] = tuple(_lists["CENTRAL_64_DENOMINATOR"])
NEAR_TAIL_64_NUMERATOR: tuple[float, ...] = tuple(_lists["NEAR_TAIL_64_NUMERATOR"])
NEAR_TAIL_64_DENOMINATOR: tuple[float, ...] = tuple(_lists["NEAR_TAIL_64_DENOMINATOR"])
FAR_TAIL_64_NUMERATOR: tuple[float, ...] = tuple(_lists["FAR_TAIL_64_NUMERATOR"])
FAR_TAIL_64_DENOMINATOR: tuple[float, ...] = tuple(_lists["FAR_TAIL_64_DENOMINATOR"])
