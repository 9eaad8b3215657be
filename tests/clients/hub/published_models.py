"""Builds published models of a server at HF_ENDPOINT without elements, and prints their sizes as JSON.

Called with the names of the models.
"""

from __future__ import annotations

import json
import sys

import torch
import transformers

COUNTED = "e_score_correction_bias"
"""A buffer that counts as a parameter, as in the published file."""


def size_of(name):
    config = transformers.AutoConfig.from_pretrained(f"fanin/{name}")
    with torch.device("meta"):
        model = getattr(transformers, config.architectures[0])(config)
    buffers = [buffer for called, buffer in model.named_buffers() if called.endswith(COUNTED)]
    return sum(tensor.numel() for tensor in (*model.parameters(), *buffers))


transformers.logging.set_verbosity_error()
sys.stdout.write(json.dumps({name: size_of(name) for name in sys.argv[1:]}))
