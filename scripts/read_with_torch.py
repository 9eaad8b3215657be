"""What PyTorch reads of a checkpoint's file: the digest of each tensor, and of those of a module with a tied head.

Run by the Python of the environment that `make bench` installs, with the path of the file.
"""

from __future__ import annotations

import hashlib
import json
import sys

import torch
from safetensors.torch import load_file, load_model


class Model(torch.nn.Module):
    """A head that is tied to an embedding, as GPT-2's is."""

    def __init__(self):
        super().__init__()
        self.wte = torch.nn.Embedding(50, 8)
        self.fc = torch.nn.Linear(8, 16)
        self.lm_head = torch.nn.Linear(8, 50, bias=False)
        self.lm_head.weight = self.wte.weight


def _digests(tensors):
    return {
        name: hashlib.sha256(tensor.detach().contiguous().view(torch.uint8).numpy().tobytes()).hexdigest()
        for name, tensor in tensors.items()
    }


def main():
    file = sys.argv[1]
    model = Model()
    missing, unexpected = load_model(model, file)
    report = {
        "file": _digests(load_file(file)),
        "module": _digests(model.state_dict()),
        "is_tied": model.lm_head.weight is model.wte.weight,
        "missing": sorted(missing),
        "unexpected": sorted(unexpected),
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
