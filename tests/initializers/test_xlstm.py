"""The biases of xLSTM's gates against NX-AI/xlstm, xlstm/blocks/slstm/cell.py at 18d6ded, in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from service.tensors.errors import InvalidParameter
from tests.initializers.making import initialize, make


def slstm(heads, size, backend="cuda", layer=0, layers=1, kind="powerlaw"):
    ratio = layer / (layers - 1) if layers > 1 else 0.0
    if kind == "powerlaw":
        forget = -(-5.0 + 12.0 * (np.arange(size) / (size - 1)) ** (0.3 + 1.3 * ratio))
    else:
        forget = np.linspace(3.0, 6.0, size)
    bias = np.zeros((heads, 4, size))
    bias[:, 1] = forget
    return (bias if backend == "cuda" else bias.transpose(1, 0, 2)).reshape(-1)


@pytest.mark.parametrize("backend", ["cuda", "vanilla"])
@pytest.mark.parametrize(("heads", "size"), [(1, 2), (4, 16), (3, 5)])
@pytest.mark.parametrize("more", [{}, {"layer": 3, "layers": 12}, {"layer": 11, "layers": 12}, {"kind": "linspace"}])
def test_the_bias_is_that_of_the_code(backend, heads, size, more):
    values = make("slstm_bias", (4 * heads * size,), dtype="float64", heads=heads, backend=backend, **more)

    np.testing.assert_allclose(values, slstm(heads, size, backend, **more), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    ("shape", "parameters", "culprit"),
    [
        ((24,), {"heads": 4}, "shape"),
        ((4, 16), {}, "shape"),
        ((64,), {"layer": 1}, "layer"),
        ((64,), {"layer": 12, "layers": 12}, "layer"),
    ],
)
def test_what_is_no_bias_of_the_network_is_refused(shape, parameters, culprit):
    with pytest.raises(InvalidParameter) as caught:
        initialize("slstm_bias", shape, **parameters)

    assert caught.value.parameter == culprit
