from __future__ import annotations

import json
import os
import subprocess
import sys

import numba
import numpy as np
import pytest

from service.compilation import fma32, fma64
from tests.serving import ROOT
from tests.streams.digests import digests


@pytest.mark.thorough
@pytest.mark.parametrize("processor", ["generic", "haswell"])
def test_kernels_compiled_for_another_processor_make_the_same_bits(processor, tmp_path):
    environment = os.environ | {
        "NUMBA_CPU_NAME": processor,
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(tmp_path),
    }
    run = subprocess.run(
        [sys.executable, "-m", "tests.streams.digests"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        timeout=600,
        check=True,
    )
    assert json.loads(run.stdout) == digests()


@pytest.mark.parametrize(("fma", "dtype", "digits"), [(fma32, np.float32, 24), (fma64, np.float64, 53)])
def test_a_fused_multiply_add_rounds_once(fma, dtype, digits):
    @numba.njit
    def fused(a, b, c):
        return fma(a, b, c)

    # (1 + e)² = 1 + 2e + e², whose last term is beyond the digits of the sum.
    e = dtype(2.0 ** -(digits // 2 + 1))
    square = dtype(1) + dtype(2) * e

    assert fused(dtype(1) + e, dtype(1) + e, -square) == e * e
    assert (dtype(1) + e) * (dtype(1) + e) - square == 0


@pytest.mark.parametrize("command", [("-m", "service"), ("-m", "service", "compile"), ("-c", "import service.app")])
def test_without_compilation_the_service_is_refused_with_a_sentence(command):
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    run = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert "NUMBA_DISABLE_JIT is set, and the kernels run only when they are compiled" in run.stderr.splitlines()[-1]
    assert command[0] == "-c" or len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize("value", ["0", ""])
def test_compilation_that_is_not_disabled_is_no_matter(value):
    environment = os.environ | {"NUMBA_DISABLE_JIT": value}

    subprocess.run([sys.executable, "-c", "import service"], cwd=ROOT, env=environment, check=True)
