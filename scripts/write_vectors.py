"""Write `service/streams/philox/vectors.json`, the test vectors of stream version 1.

    python -m scripts.write_vectors > service/streams/philox/vectors.json

The Philox blocks are those that Random123 publishes (its file kat_vectors). The rest records what this
implementation makes, to pin the promise that it never changes; the independent implementation in
`tests/conformance/` has to agree with it from the specification alone.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import numpy as np

from service.arithmetic.truncation import truncate
from service.catalogue.catalogue import CATALOGUE
from service.requests.members import Members
from service.requests.tensor_request import parse_tensor
from service.streams.philox.philox import fill_words
from service.streams.philox.stream import PhiloxStream
from service.streams.stream import Cut

PUBLISHED_BLOCKS = (
    ([0, 0, 0, 0], [0, 0], ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        ["d16cfe09", "94fdcceb", "5001e420", "24126ea1"],
    ),
)
NAMES = ("", "w", "encoder.0.weight", "λ→∞", "a" * 300)
BOUNDS = (
    (-2.0, 2.0), (-math.inf, math.inf), (0.0, math.inf), (-1.0, 3.0), (-3.0, -2.9), (4.0, 5.0), (-math.inf, -6.0),
    (29.0, 31.0), (31.0, 32.0), (-46.0, -45.0), (1000.0, math.inf), (-1e-6, 2e-6), (0.1, 0.2), (-50.0, 0.5),
)  # fmt: skip
STARTS = (0, 1, 4099, 2**32 - 3, 2**40 + 2)
STREAMS = ((0, ""), (42, ""), (2**64 - 1, "encoder.0.weight"), (1 << 32, "λ→∞"))
COUNT = 7
NARROW = ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
TENSORS: tuple[dict[str, Any], ...] = (
    {"initializer": "normal", "shape": [5], "seed": "3", "dtype": "complex64", "mean": 0.5, "std": 2},
    {"initializer": "normal", "shape": [5], "seed": "3", "dtype": "complex128", "mean": 0.5, "std": 2},
    *(
        {"initializer": initializer, "shape": [40, 30], "seed": "3", "dtype": dtype, **parameters}
        for dtype in ("complex64", "complex128")
        for initializer, parameters in (
            ("uniform", {"low": -3, "high": 3}),
            ("glorot_uniform", {}),
            ("variance_scaling", {"distribution": "truncated_normal"}),
            ("truncated_normal", {"std": 0.5}),
            ("truncated_normal", {"std": 0.5, "low": -0.01, "high": 0.01, "bounds": "absolute"}),
            ("truncated_normal", {"std": 0.5, "low": -1, "high": 1, "bounds": "absolute", "std_is": "after"}),
        )
    ),
    *(
        {"initializer": "orthogonal", "shape": shape, "dtype": dtype, **parameters}
        for dtype in ("complex64", "complex128")
        for shape, parameters in (
            ([5, 5], {}),
            ([20, 9], {"gain": 0.5}),
            ([9, 20], {}),
            ([2, 12, 7], {"layout": "soi", "gates": [4, 8]}),
            ([3, 4, 4], {"layout": "in_out", "groups": 2}),
        )
    ),
    {"initializer": "normal", "shape": [5], "seed": "3", "dtype": "float16"},
    {"initializer": "normal", "shape": [5], "seed": "3", "dtype": "bfloat16"},
    *(
        {"initializer": initializer, "shape": [5000], "seed": "3", "dtype": dtype, **parameters}
        for dtype in NARROW
        for initializer, parameters in (
            ("normal", {"mean": 0.5, "std": 0.25}),
            ("uniform", {"low": -3.3, "high": -0.7}),
            ("uniform", {"low": -1, "high": 0}),
            ("truncated_normal", {"mean": 0, "std": 0.02, "low": -2, "high": 2}),
            ("truncated_normal", {"mean": 1, "std": 0.5, "low": -0.1, "high": 0.3, "bounds": "absolute"}),
        )
    ),
    {"initializer": "orthogonal", "shape": [6, 1], "seed": "11", "groups": 6, "gain": 0.1},
    {"initializer": "orthogonal", "shape": [9, 2], "seed": "11", "gates": 3, "gain": 0.1, "dtype": "bfloat16"},
    {"initializer": "skew", "shape": [60, 60], "seed": "11", "kind": "henaff", "dtype": "float8_e4m3fn"},
    {
        "initializer": "reservoir",
        "shape": [30, 30],
        "seed": "11",
        "dtype": "float8_e5m2",
        "density": 0.5,
        "distribution": "uniform",
        "scaling": "circular_law",
        "spectral_radius": 4,
    },
    {"initializer": "orthogonal", "shape": [3, 3], "seed": "11"},
    {"initializer": "orthogonal", "shape": [150, 130], "seed": "11", "dtype": "float64", "gain": 0.1},
    {"initializer": "orthogonal", "shape": [70, 130], "seed": "11", "name": "w"},
    {"initializer": "orthogonal", "shape": [20, 7, 240], "seed": "11", "layout": "in_out", "gates": 3, "gain": 0.7},
    {"initializer": "orthogonal", "shape": [150, 4, 20], "seed": "11", "layout": "out_kernel_in", "groups": 2},
    {"initializer": "orthogonal", "shape": [3, 5, 7], "seed": "11", "layout": "soi"},
    {"initializer": "orthogonal", "shape": [6, 3, 4], "seed": "11", "layout": "ioo"},
    {"initializer": "orthogonal", "shape": [4, 3, 2, 6], "seed": "11", "layout": "osik", "dtype": "float64"},
    {"initializer": "orthogonal", "shape": [3, 4, 3, 5], "seed": "11", "layout": "oiso", "gates": 3, "gain": 0.7},
    {"initializer": "orthogonal", "shape": [5, 5, 2, 2], "seed": "11", "layout": "iokk"},
    {"initializer": "orthogonal", "shape": [3, 3, 4, 5], "seed": "11", "layout": "kkso"},
    {"initializer": "orthogonal", "shape": [12, 6], "seed": "11", "gates": [6, 4, 2]},
    {"initializer": "orthogonal", "shape": [2, 5, 12], "seed": "11", "layout": "sio", "gates": [8, 4], "groups": 2},
    {"initializer": "permutation", "shape": [9, 9], "seed": "11", "weight": -0.9},
    {"initializer": "sparse", "shape": [7, 9], "seed": "11", "sparsity": 0.5},
    {"initializer": "sparse", "shape": [1000, 30], "seed": "11", "sparsity": 0.25, "dtype": "float64"},
    {"initializer": "sparse", "shape": [30, 1000], "seed": "11", "sparsity": 0.75, "per": "row", "name": "w"},
    {"initializer": "convolution_orthogonal", "shape": [5, 3, 4], "seed": "11", "dtype": "float64", "gain": 0.7},
    {"initializer": "convolution_orthogonal", "shape": [3, 3, 4, 6], "seed": "11", "layout": "in_out", "name": "w"},
    {"initializer": "convolution_orthogonal", "shape": [4, 2, 2, 2, 4], "seed": "11", "layout": "out_kernel_in"},
    {"initializer": "convolution_orthogonal", "shape": [70, 66, 2], "seed": "11", "dtype": "float64"},
    {"initializer": "convolution_orthogonal", "shape": [2, 4, 3, 3], "seed": "11", "layout": "soik"},
    {"initializer": "convolution_orthogonal", "shape": [2, 2, 2, 3, 2], "seed": "11", "layout": "ikkso"},
    {"initializer": "skew", "shape": [9, 9], "seed": "11", "kind": "henaff"},
    {"initializer": "skew", "shape": [8, 8], "seed": "11", "dtype": "float64"},
    {"initializer": "reservoir", "shape": [8, 8], "seed": "11", "density": 0.5},
    {"initializer": "reservoir", "shape": [6, 6], "seed": "11", "density": 1, "distribution": "bernoulli"},
    {"initializer": "reservoir", "shape": [20, 20], "seed": "11", "dtype": "bfloat16", "distribution": "normal"},
    {"initializer": "reservoir", "shape": [90, 90], "seed": "11", "dtype": "float64", "spectral_radius": 1.25},
    {"initializer": "reservoir", "shape": [130, 130], "seed": "11", "dtype": "float64", "density": 0.02},
    *(
        {"initializer": "reservoir", "shape": [9, 9], "seed": "11", "distribution": kind, "scaling": "circular_law"}
        for kind in ("uniform", "normal", "bernoulli")
    ),
)
"""What the sections above do not hold: other dtypes, and matrices of several panels, stored every way."""


MEASURES = ("legs", "legsd", "legt", "lmu", "lagt", "glagt", "fout", "fourier_decay", "fourier2", "foud")
FORMULAS: tuple[dict[str, Any], ...] = (
    {"initializer": "dt_bias", "shape": [31]},
    {"initializer": "dt_bias", "shape": [31], "dtype": "float64", "transform": "exp", "dt_max": 2.5, "floor": 0.005},
    {"initializer": "dt_bias", "shape": [5, 6], "dtype": "bfloat16", "name": "w"},
    {"initializer": "mamba2_a_log", "shape": [31], "dtype": "float64"},
    {"initializer": "mamba2_a_log", "shape": [31], "dtype": "float16", "low": 0.25, "high": 700.0},
    {"initializer": "chrono", "shape": [20], "longest": 50.0, "biases": 2},
    {"initializer": "chrono", "shape": [21], "longest": 784.0, "cell": "gru", "gate_order": "zrn", "dtype": "float64"},
    *(
        {"initializer": "lru", "shape": [31], "part": part, "dtype": dtype, "r_min": r_min, "r_max": 0.99}
        for part, dtype, r_min in (
            ("nu_log", "float32", 0.9), ("gamma_log", "float64", 0.5), ("theta_log", "float64", 0),
        )
    ),
    {"initializer": "lru", "shape": [31], "part": "theta_log", "max_phase": 0.314},
    {"initializer": "delta_orthogonal", "shape": [5, 3, 2, 3], "gain": 1.5},
    {"initializer": "delta_orthogonal", "shape": [4, 2, 70, 130], "layout": "in_out", "centre": "upper"},
    {"initializer": "delta_orthogonal", "shape": [5, 3, 5], "layout": "out_kernel_in", "dtype": "float64"},
    {"initializer": "delta_orthogonal", "shape": [3, 2, 4, 2], "layout": "kiso"},
    {"initializer": "bilinear", "shape": [3, 1, 4, 4]},
    {"initializer": "bilinear", "shape": [2, 6, 2, 5], "layout": "soik", "groups": 3},
    {"initializer": "delta_orthogonal", "shape": [6, 1, 3], "dtype": "float8_e4m3fn", "gain": 0.1},
    {"initializer": "icnr", "shape": [12, 3, 2, 3]},
    {"initializer": "icnr", "shape": [12, 3, 3], "copies": "tiles", "distribution": "truncated_normal", "factor": 3},
    {"initializer": "icnr", "shape": [3, 2, 3, 8], "layout": "in_out", "dtype": "bfloat16"},
    {"initializer": "sparse", "shape": [9, 7], "sparsity": 0.4},
    {"initializer": "sparse", "shape": [9, 7], "sparsity": 0.5, "per": "row", "mean": 0.5, "dtype": "float64"},
    {"initializer": "glorot_uniform", "shape": [7, 5], "dtype": "float16"},
    {"initializer": "he_normal", "shape": [7, 5], "distribution": "truncated_normal"},
    {"initializer": "normal", "shape": [4, 3], "padding_idx": 1},
    {"initializer": "normal", "shape": [3], "dtype": "complex64", "mean": 0.5, "std": 0},
    {"initializer": "reservoir", "shape": [2, 2], "density": 1, "distribution": "bernoulli", "spectral_radius": 0},
    {"initializer": "mamba_a_log", "shape": [3, 16]},
    {"initializer": "linspace", "shape": [2, 11], "start": 0.1, "end": -6.0, "dtype": "float64"},
    {"initializer": "linspace", "shape": [1], "start": 3.0},
    {"initializer": "arange", "shape": [2, 11], "start": 0.1, "step": -0.3, "dtype": "float64"},
    {"initializer": "sinusoidal", "shape": [9, 8]},
    {"initializer": "sinusoidal", "shape": [9, 7], "order": "halves", "timescales": "inclusive", "dtype": "float64"},
    {"initializer": "sinusoidal", "shape": [9, 7], "base": 500, "first_position": -100003, "timescales": "inclusive"},
    {"initializer": "sinusoidal", "shape": [3, 4, 12], "order": "halves", "padding_idx": 1, "dtype": "bfloat16"},
    {"initializer": "slstm_bias", "shape": [48], "heads": 3, "layer": 2, "layers": 7, "dtype": "float64"},
    {"initializer": "slstm_bias", "shape": [48], "heads": 2, "backend": "vanilla"},
    {"initializer": "slstm_bias", "shape": [32], "kind": "linspace", "heads": 1},
    *(
        {"initializer": "rwkv7", "shape": [1, 1, 24], "part": part, "layer": layer, "layers": 5, "head_size": 8, **more}
        for part, layer, more in (
            ("x_r", 0, {}), ("x_w", 3, {"dtype": "float64"}), ("ffn.x_k", 4, {}), ("w0", 0, {}),
            ("w0", 3, {"dtype": "float64"}), ("a0", 1, {}), ("v0", 1, {}), ("k_k", 1, {"dtype": "float16"}),
            ("k_a", 1, {}), ("r_k", 1, {}), ("ln_x", 2, {"dtype": "float64"}),
        )
    ),
    {"initializer": "spectral_orthogonal", "shape": [12, 5], "gates": 2},
    {"initializer": "spectral_orthogonal", "shape": [5, 12], "scaling": "muon", "gain": 0.1, "dtype": "float64"},
    {"initializer": "spectral_normal", "shape": [5, 12]},
    {"initializer": "zero_init", "shape": [3, 5, 4]},
    {"initializer": "zero_init", "shape": [3, 2, 4, 7], "layout": "in_out"},
    *(
        {"initializer": "bilinear", "shape": [2, 3, 4, 5], "centre": centre, "purpose": purpose, "channels": channels}
        for centre, purpose, channels in (
            ("factor", "upsampling", "diagonal"), ("kernel", "upsampling", "all"), ("factor", "downsampling", "all"),
            ("kernel", "downsampling", "diagonal"),
        )
    ),
    *(
        {"initializer": "stft", "shape": [13, 1, 9], "side": side, "window": window, "scaling": scaling, "periodic": on}
        for side, window, scaling, on in (
            ("real", "hann", "density", False), ("imag", "hamming", "spectrum", False),
            ("imag", "blackman", "none", True), ("real", "boxcar", "density", True),
        )
    ),
    *({"initializer": "hippo", "shape": [8, 8], "measure": measure} for measure in MEASURES),
    *({"initializer": "hippo", "shape": [8], "measure": measure, "dtype": "float64"} for measure in MEASURES),
    *(
        {"initializer": "hippo", "shape": [3, 8], "measure": measure, "part": "P"}
        for measure in MEASURES
        if measure != "lmu"
    ),
    *(
        {"initializer": "s4d", "shape": [2, 12], "kind": kind, "dtype": dtype}
        for dtype in ("complex64", "complex128")
        for kind in ("lin", "inv", "inv2", "quad", "legs")
    ),
    {"initializer": "s4d", "shape": [12], "kind": "real"},
)  # fmt: skip
"""The schemes of one draw an element, of copies, and without randomness; all of seed 11."""


def bits(values: np.ndarray[Any, Any]) -> list[str]:
    return [v.tobytes()[::-1].hex() for v in values]


def number(value: float) -> float | str:
    """JSON has no infinities: they are written as strings."""
    return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")


def words(seed: int, name: str, start_block: int) -> list[str]:
    out = np.empty(4, np.uint32)
    fill_words(out, start_block, PhiloxStream(seed, name).identity)
    return bits(out)


def stretch(seed: int, name: str, start: int, dtype: type[np.floating], distribution: dict[str, Any]) -> dict[str, Any]:
    out = np.empty(COUNT, dtype)
    stream = PhiloxStream(seed, name)
    described = {k: number(v) if isinstance(v, float) else v for k, v in distribution.items()}
    if distribution["distribution"] == "uniform":
        stream.uniform(out, start, distribution["low"], distribution["high"])
    elif distribution["distribution"] == "normal":
        stream.normal(out, start, distribution["mean"], distribution["std"])
    else:
        mean, std = distribution["mean"], distribution["std"]
        alpha, beta = distribution["low_sigmas"], distribution["high_sigmas"]
        cut = Cut(truncate(alpha, beta), mean + std * alpha, mean + std * beta)
        stream.normal(out, start, mean, std, cut)
    return {
        "seed": str(seed), "name": name, "dtype": np.dtype(dtype).name, **described, "start": str(start),
        "bits": bits(out),
    }  # fmt: skip


def tensor(members: dict[str, Any]) -> dict[str, Any]:
    """Return the first elements and a digest of all (what `format=raw` sends, little endian) of a request.

    With them stands all that they follow from: what is given, assumed, and told by the reply.
    """
    own = {key: value for key, value in members.items() if key != "initializer"}
    made, _ = parse_tensor(str(members["initializer"]), Members(own, in_body=True), threads=1)
    elements = made.read()
    kind = CATALOGUE.get(members["initializer"])
    initializer = kind(**{key: value for key, value in own.items() if key in kind.model_fields})
    assumed = {key: value for key, value in initializer.defaults().items() if value is not None}
    known = {**members, "name": made.spec.name, "dtype": made.spec.dtype.name, **made.parameters, **assumed, **own}
    return {**known, "first": bits(elements[:COUNT]), "sha256": hashlib.sha256(elements.tobytes()).hexdigest()}


def page() -> str:
    distributions: list[dict[str, Any]] = [
        {"distribution": "uniform", "low": 0.0, "high": 1.0},
        {"distribution": "uniform", "low": -0.07142857142857142, "high": 0.07142857142857142},
        {"distribution": "uniform", "low": 1.0, "high": 1.0000004},
        {"distribution": "normal", "mean": 0.0, "std": 1.0},
        {"distribution": "normal", "mean": -3.25, "std": 0.05050762722761054},
        *(
            {"distribution": "truncated_normal", "mean": mean, "std": std, "low_sigmas": low, "high_sigmas": high}
            for low, high in BOUNDS
            for mean, std in ((0.0, 1.0), (0.5, 0.02))
        ),
    ]
    vectors = {
        "stream": "1",
        "philox": [{"counter": c, "key": k, "block": block} for c, k, block in PUBLISHED_BLOCKS],
        "names": [{"name": name, "counter_words": PhiloxStream(0, name).identity[:2]} for name in NAMES],
        "words": [
            {"seed": str(seed), "name": name, "block": str(block), "words": words(seed, name, block)}
            for seed, name in STREAMS
            for block in (0, 1, 2**32 - 1, 2**32, 2**50)
        ],
        "truncation": [
            {
                "low": number(low), "high": number(high), "anchor": t.anchor, "mass": t.mass,
                "below": t.below, "above": t.above, "middle": t.middle,
            }
            for low, high in BOUNDS
            for t in (truncate(low, high),)
        ],
        "elements": [
            stretch(seed, name, start, dtype, distribution)
            for i, distribution in enumerate(distributions)
            for dtype in (np.float32, np.float64)
            for seed, name, start in ((*STREAMS[i % 4], STARTS[i % 5]), (*STREAMS[(i + 1) % 4], STARTS[(i + 2) % 5]))
        ],
        "tensors": [tensor({"seed": "11", **members}) for members in (*TENSORS, *FORMULAS)],
    }  # fmt: skip
    return json.dumps(vectors, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    print(page(), end="")


if __name__ == "__main__":
    main()
