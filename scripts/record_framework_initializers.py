"""Record what the frameworks' initializers make by default: the statistics in `tests/frameworks/recorded`.

Run once for each framework, in an environment that has it:
`.venv-peers/bin/python scripts/record_framework_initializers.py pytorch >
tests/frameworks/recorded/pytorch_calls.json`; likewise jax, and keras with KERAS_BACKEND=jax. The calls are those of
`service/frameworks`.
"""

from __future__ import annotations

import json
import math
import sys

import numpy as np

SEED = 20240601
QUANTILES = (0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0)


def pytorch():
    import torch  # noqa: PLC0415
    from torch.nn import init  # noqa: PLC0415

    torch.manual_seed(SEED)
    matrix, kernel = (500, 300), (16, 8, 3, 3)
    calls = {
        "zeros_(w)": init.zeros_,
        "ones_(w)": init.ones_,
        "constant_(w, 0.3)": lambda w: init.constant_(w, 0.3),
        "uniform_(w)": init.uniform_,
        "normal_(w)": init.normal_,
        "trunc_normal_(w)": init.trunc_normal_,
        "trunc_normal_(w, std=0.02)": lambda w: init.trunc_normal_(w, std=0.02),
        "xavier_uniform_(w)": init.xavier_uniform_,
        "xavier_normal_(w)": init.xavier_normal_,
        "kaiming_uniform_(w)": init.kaiming_uniform_,
        "kaiming_uniform_(w, a=math.sqrt(5))": lambda w: init.kaiming_uniform_(w, a=math.sqrt(5)),
        "kaiming_normal_(w)": init.kaiming_normal_,
        "kaiming_normal_(w, mode='fan_out', nonlinearity='relu')": lambda w: init.kaiming_normal_(
            w, mode="fan_out", nonlinearity="relu"
        ),
        "orthogonal_(w)": init.orthogonal_,
        "eye_(w)": init.eye_,
        "dirac_(w)": init.dirac_,
        "sparse_(w, sparsity=0.9)": lambda w: init.sparse_(w, sparsity=0.9),
    }
    for call, make in calls.items():
        yield call, make(torch.empty(kernel if call.startswith("dirac") else matrix)).numpy()
    return torch.__version__


def jax():
    import jax  # noqa: PLC0415
    from jax.nn import initializers as init  # noqa: PLC0415

    matrix, kernel = (300, 500), (3, 3, 128, 256)
    calls = {
        "zeros": init.zeros,
        "ones": init.ones,
        "constant(0.3)": init.constant(0.3),
        "uniform()": init.uniform(),
        "normal()": init.normal(),
        "truncated_normal()": init.truncated_normal(),
        "variance_scaling(1.0, 'fan_in', 'truncated_normal')": init.variance_scaling(1.0, "fan_in", "truncated_normal"),
        "variance_scaling(1.0, 'fan_geo_avg', 'normal')": init.variance_scaling(1.0, "fan_geo_avg", "normal"),
        "glorot_uniform()": init.glorot_uniform(),
        "xavier_uniform()": init.xavier_uniform(),
        "glorot_normal()": init.glorot_normal(),
        "xavier_normal()": init.xavier_normal(),
        "he_uniform()": init.he_uniform(),
        "kaiming_uniform()": init.kaiming_uniform(),
        "he_normal()": init.he_normal(),
        "kaiming_normal()": init.kaiming_normal(),
        "lecun_uniform()": init.lecun_uniform(),
        "lecun_normal()": init.lecun_normal(),
        "orthogonal()": init.orthogonal(),
        "delta_orthogonal()": init.delta_orthogonal(),
    }
    for number, (call, make) in enumerate(calls.items()):
        shape = kernel if call.startswith("delta") else matrix
        yield call, np.asarray(make(jax.random.key(SEED + number), shape, np.float32))
    return jax.__version__


def keras():
    import keras  # noqa: PLC0415
    from keras import initializers as init  # noqa: PLC0415

    keras.utils.set_random_seed(SEED)
    calls = {
        "Zeros()": init.Zeros,
        "Ones()": init.Ones,
        "Constant(0.3)": lambda: init.Constant(0.3),
        "RandomUniform()": init.RandomUniform,
        "RandomNormal()": init.RandomNormal,
        "TruncatedNormal()": init.TruncatedNormal,
        "VarianceScaling()": init.VarianceScaling,
        "GlorotUniform()": init.GlorotUniform,
        "GlorotNormal()": init.GlorotNormal,
        "HeUniform()": init.HeUniform,
        "HeNormal()": init.HeNormal,
        "LecunUniform()": init.LecunUniform,
        "LecunNormal()": init.LecunNormal,
        "Orthogonal()": init.Orthogonal,
        "Identity()": init.Identity,
        "STFT()": init.STFT,
    }
    for call, make in calls.items():
        yield call, np.asarray(make()((64, 1, 33) if call == "STFT()" else (300, 500)))
    return keras.__version__


def records(framework):
    """Return the framework's version, and what each of its calls made."""
    measurements: list[dict] = []
    made = {"pytorch": pytorch, "jax": jax, "keras": keras}[framework]()
    while True:
        try:
            call, values = next(made)
        except StopIteration as end:
            return end.value, measurements
        quantiles = np.quantile(values.astype(np.float64), QUANTILES)
        measurements.append(
            {
                "call": call,
                "shape": values.shape,
                "mean": float(values.mean(dtype=np.float64)),
                "std": float(values.std(dtype=np.float64)),
                "quantiles": [float(f"{quantile:.9g}") for quantile in quantiles],
            }
        )


def main():
    version, found = records(sys.argv[1])
    page = {
        "framework": sys.argv[1], "version": version, "written_by": "scripts/record_framework_initializers.py",
        "quantiles": QUANTILES, "records": found,
    }  # fmt: skip
    json.dump(page, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
