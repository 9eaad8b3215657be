"""The recipe `advise`, against what /advise answers for the same layers."""

from __future__ import annotations

import pytest

from service.checkpoints.names import NameTemplate
from service.models.config import Config
from service.models.published import PUBLISHED
from service.models.recipes.recipe import tensors_of
from service.models.registry import architecture_of
from service.requests.checkpoints.advised import FAMILIES, advised_groups
from tests.models.recipes.models import BERT, GPT2, LLAMA, without_shape

MODELS = [name for name, model in PUBLISHED.items() if model.config["model_type"] in FAMILIES]


def _advised(config, said=None):
    parsed = Config(config)
    return tensors_of(advised_groups(parsed, architecture_of(parsed), said))


@pytest.mark.parametrize("name", MODELS)
def test_every_tensor_of_a_published_model_is_advised_on(name):
    architecture = architecture_of(Config(PUBLISHED[name].config))
    names = {each for key in architecture.tensors for each in NameTemplate(key)}
    assert {each for key in _advised(PUBLISHED[name].config) for each in NameTemplate(key)} == names


@pytest.mark.parametrize(("config", "tensor", "layer"), [
    (LLAMA, "model.layers.{0..3}.self_attn.q_proj.weight", {"layer": "Linear", "role": "query"}),
    (LLAMA, "model.layers.{0..3}.self_attn.o_proj.weight", {"layer": "Linear", "role": "attention_output"}),
    (LLAMA, "model.layers.{0..3}.mlp.down_proj.weight", {"layer": "Linear", "role": "mlp_down"}),
    (GPT2, "transformer.h.{0..3}.attn.c_attn.weight", {"layer": "Linear", "role": "qkv", "layout": "in_out"}),
    (BERT, "bert.encoder.layer.{0..3}.intermediate.dense.weight", {"layer": "Linear", "role": "mlp_up"}),
])  # fmt: skip
@pytest.mark.parametrize("said", [None, "gpt2"])
def test_a_matrix_is_what_is_advised_for_its_layer(client, config, tensor, layer, said):
    is_encoder = config is BERT
    request = {
        **layer, "shape": _advised(config)[tensor]["shape"], "residual": True,
        "encoder_layers" if is_encoder else "depth": 4,
        "normalization": "rms" if config is LLAMA else "layer", "norm_position": "post" if is_encoder else "pre",
        **({} if said is None else {"architecture": said}),
    }  # fmt: skip
    answer = client.post("/advise", json=request).json()["recommendation"]["weights"]
    expected = {"initializer": answer["initializer"], **answer.get("parameters", {})}
    assert without_shape(_advised(config, said)[tensor]) == expected


def test_the_architecture_that_is_said_decides():
    plain = _advised(LLAMA)["model.layers.{0..3}.self_attn.q_proj.weight"]
    said = _advised(LLAMA, "llama")["model.layers.{0..3}.self_attn.q_proj.weight"]
    assert plain["initializer"] == "glorot_uniform"
    assert said["initializer"] == "normal"


def test_grouped_queries_in_one_matrix_are_drawn_as_three():
    config = {**LLAMA, "model_type": "phi3", "pad_token_id": 0}
    assert _advised(config)["model.layers.{0..3}.self_attn.qkv_proj.weight"]["gates"] == "64,32,32"
