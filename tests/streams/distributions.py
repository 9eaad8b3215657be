"""The distributions that the tests of this folder draw from, each with SciPy's as its oracle."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from service.arithmetic.truncation import truncate
from service.streams.philox.stream import PhiloxStream
from service.streams.stream import Cut
from tests.streams.exact import moments

INF = math.inf
DTYPES = (np.float32, np.float64)
STREAM = PhiloxStream(42, "tests")


@dataclass(frozen=True)
class Distribution:
    write: Callable[[PhiloxStream, np.ndarray, int], None]
    oracle: Any
    mean: float
    std: float

    def draw(self, count, dtype=np.float32, start=0, stream=STREAM):
        out = np.empty(count, dtype)
        self.write(stream, out, start)
        return out


def uniform(low, high):
    def write(stream, out, start):
        stream.uniform(out, start, low, high)

    oracle = stats.uniform(low, high - low)
    return Distribution(write, oracle, oracle.mean(), oracle.std())


def normal(mean, std):
    def write(stream, out, start):
        stream.normal(out, start, mean, std)

    return Distribution(write, stats.norm(mean, std), mean, std)


def truncated(low, high, mean=0.0, std=1.0):
    """Cut at `low` and `high` sigmas."""
    return _truncated(low, high, mean, std, Cut(truncate(low, high), mean + std * low, mean + std * high))


def truncated_absolutely(low, high, mean, std):
    """Cut at the numbers `low` and `high`."""
    sigmas = (low - mean) / std, (high - mean) / std
    return _truncated(*sigmas, mean, std, Cut(truncate(*sigmas), low, high))


def _truncated(low, high, mean, std, cut):
    def write(stream, out, start):
        stream.normal(out, start, mean, std, cut)

    # SciPy's own moments lose their digits in tails and narrow intervals.
    exact_mean, exact_std = map(float, moments(low, high))
    oracle = stats.truncnorm(low, high, loc=mean, scale=std)
    return Distribution(write, oracle, mean + std * exact_mean, std * exact_std)


UNIT = uniform(0.0, 1.0)
STANDARD_NORMAL = normal(0.0, 1.0)

DISTRIBUTIONS = {
    "uniform": UNIT,
    "uniform on an interval": uniform(-0.3, 0.7),
    "normal": STANDARD_NORMAL,
    "normal with mean and std": normal(-3.25, 0.05),
    "truncated at two sigmas": truncated(-2.0, 2.0),
    "truncated asymmetrically": truncated(-1.0, 3.0, mean=0.5, std=0.02),
    "truncated at zero": truncated(0.0, INF),
    "truncated with a far bound": truncated(-50.0, 0.5),
    "truncated narrowly": truncated(0.1, 0.11),
    "truncated to a sliver around zero": truncated(-1e-6, 2e-6),
    "truncated in the upper tail": truncated(4.0, 5.0),
    "truncated in the lower tail": truncated(-INF, -6.0, std=2.0),
    "truncated deep in the upper tail": truncated(31.0, 32.0),
    "truncated deep in the lower tail": truncated(-46.0, -45.0),
    "truncated across the change to scaled tails": truncated(29.0, 31.0),
    "truncated at absolute bounds": truncated_absolutely(-0.01, 0.03, 0.01, 0.02),
    "truncated at absolute bounds far from the mean": truncated_absolutely(-0.001, 0.002, 0.1, 0.05),
    "truncated at absolute bounds, one far off": truncated_absolutely(-2.0, 0.01, 0.0, 0.02),
}
