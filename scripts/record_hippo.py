"""Record what the S4 code's HiPPO matrices are: the numbers in `tests/initializers/recorded/hippo.json`.

Run with PyTorch and SciPy and the file `src/models/hippo/hippo.py` of github.com/state-spaces/s4 (here at e757cef):
`.venv-peers/bin/python scripts/record_hippo.py PATH > tests/initializers/recorded/hippo.json`.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import types

import torch

ORDER, STATE = 6, 32
MEASURES = ("legs", "legsd", "legt", "lmu", "lagt", "glagt", "fout", "foud", "fourier_decay", "fourier2")


def main():
    # What transition(), rank_correction() and nplr() never call.
    sys.modules["einops"] = types.ModuleType("einops")
    vars(sys.modules["einops"]).update(rearrange=None, repeat=None)
    spec = importlib.util.spec_from_file_location("hippo", sys.argv[1])
    assert spec is not None
    assert spec.loader is not None
    hippo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hippo)
    matrices = {}
    for measure in MEASURES:
        a, b = hippo.transition(measure, ORDER)
        try:
            p = hippo.rank_correction(measure, ORDER, rank=2, dtype=torch.double).tolist()
        except NotImplementedError:
            p = None
        matrices[measure] = {"A": a.tolist(), "B": b.reshape(-1).tolist(), "P": p}
    diagonal = hippo.nplr("legs", STATE, dtype=torch.double)[0]
    page = {
        "written_by": "scripts/record_hippo.py",
        "source": "state-spaces/s4 src/models/hippo/hippo.py at e757cef",
        "transition": matrices,
        "nplr_legs_diagonal": {"real": diagonal.real.tolist(), "imag": diagonal.imag.tolist()},
    }
    json.dump(page, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
