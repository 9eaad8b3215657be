"""NumPy's generators once more, one number at a time, written from the specification alone."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import math
from pathlib import Path

import numpy as np

from service.streams import numpy as package

TABLES = json.loads((Path(package.__file__).parent / "ziggurat.json").read_text())
F = np.float32
DOUBLE = [TABLES[f"{name}_double"] for name in ("ki", "wi", "fi")]
SINGLE = [TABLES["ki_float"], *([F(x) for x in TABLES[f"{name}_float"]] for name in ("wi", "fi"))]
M32, M64, M128 = 2**32 - 1, 2**64 - 1, 2**128 - 1

log1pf = ctypes.CDLL(ctypes.util.find_library("m")).log1pf
log1pf.argtypes, log1pf.restype = [ctypes.c_float], ctypes.c_float


class MersenneTwister:
    def __init__(self, seed):
        self.state = [seed & M32]
        for j in range(1, 624):
            before = self.state[-1]
            self.state.append((1812433253 * (before ^ before >> 30) + j) & M32)
        self.place = 624

    def word(self):
        if self.place == 624:
            s = self.state
            for k in range(624):
                y = s[k] & 0x80000000 | s[(k + 1) % 624] & 0x7FFFFFFF
                s[k] = s[(k + 397) % 624] ^ y >> 1 ^ (0x9908B0DF if y & 1 else 0)
            self.place = 0
        y = self.state[self.place]
        self.place += 1
        y ^= y >> 11
        y ^= y << 7 & 0x9D2C5680
        y ^= y << 15 & 0xEFC60000
        return y ^ y >> 18


class RandomState:
    def __init__(self, seed):
        self.words = MersenneTwister(seed)
        self.cached = None

    def double(self):
        a, b = self.words.word() >> 5, self.words.word() >> 6
        return (a * 67108864.0 + b) / 9007199254740992.0

    def normal(self):
        if self.cached is not None:
            value, self.cached = self.cached, None
            return value
        while True:
            x1 = 2.0 * self.double() - 1.0
            x2 = 2.0 * self.double() - 1.0
            r2 = x1 * x1 + x2 * x2
            if 0.0 < r2 < 1.0:
                break
        f = math.sqrt(-2.0 * math.log(r2) / r2)
        self.cached = f * x1
        return f * x2


def seed_words(seed):
    entropy = [seed >> shift & M32 for shift in range(0, max(seed.bit_length(), 1), 32)]
    h = 0x43B0D7E5

    def hashed(value):
        nonlocal h
        value ^= h
        h = h * 0x931E8875 & M32
        value = value * h & M32
        return value ^ value >> 16

    def mixed(x, y):
        value = (0xCA01F9DD * x - 0x4973F715 * y) & M32
        return value ^ value >> 16

    pool = [hashed(entropy[i] if i < len(entropy) else 0) for i in range(4)]
    for i in range(4):
        for j in range(4):
            if i != j:
                pool[j] = mixed(pool[j], hashed(pool[i]))
    g = 0x8B51F9DD
    for i in range(8):
        value = pool[i % 4] ^ g
        g = g * 0x58F38DED & M32
        value = value * g & M32
        yield value ^ value >> 16


class Generator:
    def __init__(self, seed):
        w = list(seed_words(seed))
        u = [w[2 * k] | w[2 * k + 1] << 32 for k in range(4)]
        self.increment = ((u[2] << 64 | u[3]) << 1 | 1) & M128
        self.state = self.increment + (u[0] << 64 | u[1])
        self.step()
        self.half = None

    def step(self):
        self.state = (self.state * 0x2360ED051FC65DA44385DF649FCCF645 + self.increment) & M128

    def word(self):
        self.step()
        x, r = self.state >> 64 ^ self.state & M64, self.state >> 122
        return (x >> r | x << 64 - r) & M64

    def half_word(self):
        if self.half is not None:
            value, self.half = self.half, None
            return value
        word = self.word()
        self.half = word >> 32
        return word & M32

    def double(self):
        return (self.word() >> 11) * 2.0**-53

    def single(self):
        return F(self.half_word() >> 8) * F(2.0**-24)

    def normal(self):
        k, w, f = DOUBLE
        while True:
            r = self.word()
            i, sign, m = r & 0xFF, r >> 8 & 1, r >> 9 & 2**52 - 1
            x = m * w[i]
            if sign:
                x = -x
            if m < k[i]:
                return x
            if i == 0:
                while True:
                    a = -0.27366123732975827203338247596 * math.log1p(-self.double())
                    b = -math.log1p(-self.double())
                    if b + b > a * a:
                        x = 3.6541528853610087963519472518 + a
                        return -x if m >> 8 & 1 else x
            if (f[i - 1] - f[i]) * self.double() + f[i] < math.exp(-0.5 * x * x):
                return x

    def single_normal(self):
        k, w, f = SINGLE
        while True:
            r = self.half_word()
            i, sign, m = r & 0xFF, r >> 8 & 1, r >> 9
            x = F(m) * w[i]
            if sign:
                x = -x
            if m < k[i]:
                return x
            if i == 0:
                while True:
                    a = -F(0.27366123732975827203338247596) * F(log1pf(-self.single()))
                    b = -F(log1pf(-self.single()))
                    if b + b > a * a:
                        x = F(3.6541528853610087963519472518) + a
                        return -x if m >> 8 & 1 else x
            if (f[i - 1] - f[i]) * self.single() + f[i] < math.exp(-0.5 * float(x) * float(x)):
                return x
