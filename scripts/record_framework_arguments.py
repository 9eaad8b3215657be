"""Record what PyTorch's and JAX's initializers make of arguments: `tests/frameworks/recorded/arguments.json`.

Run in an environment that has both: `.venv-peers/bin/python scripts/record_framework_arguments.py >
tests/frameworks/recorded/arguments.json`. Each request is the query of a `/weights/{name}` with the same arguments.
"""

from __future__ import annotations

import json
import sys

import jax
import numpy as np
import torch

SEED, SHAPE = 20240601, (600, 400)
KERNEL = (8, 6, 64, 128)

PYTORCH: dict[str, list[dict]] = {
    "trunc_normal_": [{"std": 0.02}, {"mean": 1.0, "std": 2.0, "a": 0.5, "b": 3.0}, {"std": 3.0}],
    "uniform_": [{"a": -1.0}, {"a": 2.0, "b": 5.0}],
    "normal_": [{"mean": 3.0, "std": 0.5}],
    "constant_": [{"val": 0.25}],
    "kaiming_uniform_": [{}, {"a": 0.2}, {"mode": "fan_out"}, {"nonlinearity": "tanh"}, {"nonlinearity": "sigmoid"}],
    "kaiming_normal_": [{"nonlinearity": "leaky_relu"}, {"nonlinearity": "selu", "mode": "fan_out"}],
    "xavier_uniform_": [{"gain": 2.0}],
    "xavier_normal_": [{"gain": 0.5}],
    "orthogonal_": [{"gain": 2.0}],
    "sparse_": [{"sparsity": 0.5}, {"sparsity": 0.9, "std": 1.0}],
}
JAX: dict[str, list[dict]] = {
    "normal": [{}, {"stddev": 0.3}],
    "uniform": [{}, {"scale": 2.0}],
    "truncated_normal": [{}, {"stddev": 1.0, "lower": -1.0, "upper": 3.0}],
    "variance_scaling": [
        {"scale": 2.0, "mode": mode, "distribution": distribution}
        for mode in ("fan_in", "fan_out", "fan_avg", "fan_geo_avg")
        for distribution in ("normal", "truncated_normal", "uniform")
    ],
    "he_normal": [{}],
    "lecun_normal": [{}],
    "glorot_normal": [{}],
    "glorot_uniform": [{}],
    "orthogonal": [{"scale": 0.5}],
}


def _record(name, arguments, shape, values):
    values = np.asarray(values, np.float64)
    mean, std = values.mean(), values.std()
    kurtosis = float(((values - mean) ** 4).mean() / std**4) if std else None
    return {
        "name": name, "arguments": arguments, "shape": shape, "mean": float(mean), "std": float(std),
        "lowest": float(values.min()), "highest": float(values.max()), "kurtosis": kurtosis,
        "zeros": int((values == 0).sum()),
    }  # fmt: skip


def records():
    torch.manual_seed(SEED)
    for function, calls in PYTORCH.items():
        for arguments in calls:
            for shape in (SHAPE,) if function == "sparse_" else (SHAPE, (128, 64, 6, 8)):
                made = getattr(torch.nn.init, function)(torch.empty(shape), **arguments)
                yield _record(f"torch.nn.init.{function}", arguments, shape, made)
    for function, calls in JAX.items():
        for arguments in calls:
            for shape in (SHAPE, KERNEL):
                make = getattr(jax.nn.initializers, function)(**arguments)
                yield _record(
                    f"jax.nn.initializers.{function}", arguments, shape, make(jax.random.key(SEED), shape, np.float32)
                )


def main():
    page = {
        "versions": {"torch": torch.__version__, "jax": jax.__version__},
        "written_by": "scripts/record_framework_arguments.py",
        "records": list(records()),
    }
    json.dump(page, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
