"""A network's manifest against the state_dicts of the models themselves: every tensor, and no other."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask_network
from tests.advice.network.models import layers_of, state_dict

HEAD = {"role": "head"}
STEM = {"role": "first"}
RESNET = [(r"^conv1$", STEM), (r"^fc$", HEAD)]
VIT = [
    (r"^conv_proj$", {"role": "patch_embedding"}), (r"mlp\.0$", {"role": "mlp_up"}),
    (r"mlp\.3$", {"role": "mlp_down"}), (r"head$", HEAD),
]  # fmt: skip
GPT2 = [
    (r"c_attn$", {"role": "qkv"}), (r"attn\.c_proj$", {"role": "attention_output"}), (r"c_fc$", {"role": "mlp_up"}),
    (r"mlp\.c_proj$", {"role": "mlp_down"}), (r"lm_head$", {"role": "lm_head"}),
]  # fmt: skip
LLAMA = [
    (r"q_proj$", {"role": "query"}), (r"k_proj$", {"role": "key"}), (r"v_proj$", {"role": "value"}),
    (r"o_proj$", {"role": "attention_output"}), (r"gate_proj$", {"role": "mlp_gate"}),
    (r"up_proj$", {"role": "mlp_up"}), (r"down_proj$", {"role": "mlp_down"}), (r"lm_head$", {"role": "lm_head"}),
]  # fmt: skip
LM_HEAD = ("lm_head", {"role": "lm_head"})
MAMBA = [(r"mixer$", {"width": 64}), LM_HEAD]
MAMBA_2 = [(r"mixer$", {"width": 256, "layer": "Mamba2"}), LM_HEAD]

MODELS = [
    ("resnet18", layers_of("resnet18", RESNET), {"architecture": "resnet", "framework": "pytorch"}),
    ("resnet50", layers_of("resnet50", RESNET), {"architecture": "resnet"}),
    ("resnet50", layers_of("resnet50", RESNET), {"architecture": "resnet", "layers_per_branch": 3}),
    ("lenet", layers_of("lenet", [("fc3", HEAD)]), {"architecture": "cnn", "activation": "tanh"}),
    ("vae", layers_of("vae", [("fc_", {"role": "variational_head"}), ("fc4", HEAD)]), {"architecture": "vae"}),
    ("unet", layers_of("unet", [("outc", HEAD)]), {"architecture": "unet", "framework": "pytorch"}),
    (
        "sequence_classifier",
        layers_of("sequence_classifier", [("lstm", {"inputs": 64, "num_layers": 2, "bidirectional": True}),
                                          ("fc", HEAD)]),
        {"framework": "pytorch"},
    ),
    ("vit", layers_of("vit", VIT, r"out_proj$"), {"architecture": "vit", "framework": "pytorch"}),
    ("gpt2", layers_of("gpt2", GPT2), {"architecture": "gpt", "framework": "transformers"}),
    ("llama", layers_of("llama", LLAMA), {"architecture": "llama", "framework": "transformers"}),
    (
        "mamba",
        layers_of("mamba", [*MAMBA, ("_proj$", {"bias": False})], r"dt_proj$"),
        {},
    ),
    ("mamba", layers_of("mamba", MAMBA, r"mixer\."), {}),
    ("mamba2", layers_of("mamba2", MAMBA_2, r"mixer\."), {}),
]  # fmt: skip


@pytest.mark.parametrize(("model", "layers", "members"), MODELS)
def test_a_manifest_has_the_tensors_of_the_model(model, layers, members):
    tensors = ask_network(*layers, **members)["manifest"]["tensors"]

    assert {name: tensor["shape"] for name, tensor in tensors.items()} == state_dict(model)
