"""Loads GPT-2 by transformers, and by accelerate from the same files, and prints what came of it as JSON."""

from __future__ import annotations

import hashlib
import json
import sys

import torch
from accelerate import init_empty_weights, load_checkpoint_and_dispatch
from huggingface_hub import snapshot_download
from transformers import AutoConfig, AutoModelForCausalLM

NAME, REVISION = "fanin/gpt2", "seed-42.float16"
TENSORS = ("transformer.wte.weight", "transformer.h.11.mlp.c_proj.weight")


def digest(tensor):
    return hashlib.sha256(tensor.contiguous().view(torch.uint8).numpy().tobytes()).hexdigest()


def logits(model):
    with torch.no_grad():
        return model.float()(torch.tensor([[1, 2, 3, 50256]])).logits


model, info = AutoModelForCausalLM.from_pretrained(NAME, revision=REVISION, output_loading_info=True)
digests = {name: digest(model.state_dict()[name]) for name in TENSORS}
with init_empty_weights():
    empty = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(NAME, revision=REVISION))
empty.tie_weights()
folder = snapshot_download(NAME, revision=REVISION)
dispatched = load_checkpoint_and_dispatch(empty, folder, device_map={"": "cpu"}, dtype=torch.float16)
first, second = logits(model.eval()), logits(dispatched.eval())
sys.stdout.write(
    json.dumps(
        {
            "dtype": str(AutoConfig.from_pretrained(NAME, revision=REVISION).dtype),
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "wrong": {kind: sorted(map(str, keys)) for kind, keys in info.items() if keys},
            "digests": digests,
            "is_finite": bool(torch.isfinite(first).all()),
            "is_same": bool(torch.equal(first, second)),
        }
    )
)
