"""Every family, against the files that transformers writes (`scripts/record_models.py`)."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from service.models.registry import FAMILIES, HEADS

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text())["models"]
MODELS = RECORDED


def _name(model):
    return model["config"]["architectures"][0]


@pytest.fixture(scope="module", params=MODELS, ids=_name)
def model(request):
    return request.param


@pytest.fixture(scope="module")
def made(client, model):
    response = client.post("/checkpoints", json={"seed": 1, "config": model["config"]})
    assert response.status_code == 200, response.text
    return safetensors.numpy.load(response.content)


def test_the_file_has_the_names_shapes_and_dtypes_of_the_library(model, made):
    assert {name: (array.dtype.name, list(array.shape)) for name, array in made.items()} == {
        name: (dtype, shape) for name, (dtype, shape, _, _) in model["tensors"].items()
    }


def test_tied_tensors_are_written_where_they_are_asked_for(client, model, made):
    response = client.post("/checkpoints?seed=1&tied=written", json=model["config"])
    written = safetensors.numpy.load(response.content)

    assert {name: array.shape for name, array in written.items() if name not in made} == {
        alias: made[name].shape for alias, name in model["tied"].items()
    }
    for alias, name in model["tied"].items():
        np.testing.assert_array_equal(written[alias], made[name])


def test_the_elements_are_initialized_as_in_the_library(model, made):
    for name, (_, shape, mean, std) in model["tensors"].items():
        array = made[name].astype(np.float64)
        if not array.size:
            continue
        # Two samples of so many draws, at six standard deviations; equal where nothing is drawn.
        margin = 6 * math.sqrt(2 / array.size)
        assert array.mean() == pytest.approx(mean, abs=margin * std + 1e-4), name
        assert array.std() == pytest.approx(std, rel=margin + (1 / shape[0] if len(shape) == 2 else 0), abs=1e-6), name


PUBLISHED = [
    ("gpt2", {"n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024, "vocab_size": 50257}, 124_439_808),
    ("gpt2", {"n_embd": 1600, "n_layer": 48, "n_head": 25, "n_positions": 1024, "vocab_size": 50257}, 1_557_611_200),
    ("llama", {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 11008,
               "vocab_size": 32000}, 6_738_415_616),
    ("llama", {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 14336,
               "num_key_value_heads": 8, "vocab_size": 128256}, 8_030_261_248),
    ("llama", {"hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64, "intermediate_size": 28672,
               "num_key_value_heads": 8, "vocab_size": 128256}, 70_553_706_496),
    ("mistral", {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 14336,
                 "num_key_value_heads": 8, "vocab_size": 32000}, 7_241_732_096),
    ("mixtral", {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 14336,
                 "num_key_value_heads": 8, "vocab_size": 32000, "num_local_experts": 8}, 46_702_792_704),
    ("qwen2", {"hidden_size": 896, "num_hidden_layers": 24, "num_attention_heads": 14, "intermediate_size": 4864,
               "num_key_value_heads": 2, "vocab_size": 151936, "tie_word_embeddings": True}, 494_032_768),
    ("qwen3", {"hidden_size": 4096, "num_hidden_layers": 36, "num_attention_heads": 32, "intermediate_size": 12288,
               "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936}, 8_190_735_360),
    ("bert", {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
              "vocab_size": 30522, "max_position_embeddings": 512, "architectures": ["BertModel"]}, 109_482_240),
    ("t5", {"d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_heads": 8, "vocab_size": 32128},
     60_506_624),
    ("vit", {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
             "num_labels": 1000}, 86_567_656),
]  # fmt: skip


@pytest.mark.parametrize(("model_type", "config", "count"), PUBLISHED)
def test_published_models_have_their_count_of_parameters(client, model_type, config, count):
    plan = client.post("/checkpoints/plan", json={"seed": 1, "config": {"model_type": model_type, **config}})
    assert plan.json()["parameters"] == count


def test_a_configuration_is_read_as_it_is(client):
    config = MODELS[0]["config"]
    bare = client.post("/checkpoints?seed=1", json=config)
    assert bare.content == client.post("/checkpoints", json={"seed": 1, "config": config}).content


def test_a_dtype_for_all_is_instead_of_that_of_the_configuration(client):
    config = {**MODELS[0]["config"], "torch_dtype": "torch.float16", "dtype": None}
    plans = [client.post(f"/checkpoints/plan?seed=1{query}", json=config).json() for query in ("", "&dtype=float64")]
    assert [plan["tensors"][0]["dtype"] for plan in plans] == ["float16", "float64"]


def test_its_dtype_is_that_of_the_file(client):
    config = {**MODELS[0]["config"], "torch_dtype": "bfloat16", "dtype": None}
    plan = client.post("/checkpoints/plan", json={"seed": 1, "config": config}).json()
    assert {tensor["dtype"] for tensor in plan["tensors"]} == {"bfloat16"}


HEADS_OF = {
    "gpt2": "n_head", "gpt_neox": "num_attention_heads", "llama": "num_attention_heads", "opt": "num_attention_heads",
    "bloom": "n_head", "falcon": "num_attention_heads", "bert": "num_attention_heads", "distilbert": "n_heads",
    "modernbert": "num_attention_heads", "whisper": "decoder_attention_heads", "vit": "num_attention_heads",
    "dinov2": "num_attention_heads", "phi3": "num_attention_heads",
}  # fmt: skip


@pytest.mark.parametrize("family", HEADS_OF)
def test_heads_that_do_not_divide_the_width_are_refused(client, family):
    config = next(model["config"] for model in MODELS if model["config"]["model_type"] == family)
    changes = {"head_dim": None, "num_key_value_heads": None, HEADS_OF[family]: 7}
    response = client.post("/checkpoints/plan?seed=1", json={**config, **changes})

    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["pointer"] == f"/{HEADS_OF[family]}"
    assert "must divide" in error["detail"]


@pytest.mark.parametrize(("family", "changes", "member"), [
    ("llama", {"num_key_value_heads": 3}, "num_key_value_heads"),
    ("qwen3", {"head_dim": 15}, "head_dim"),
    ("swin", {"num_heads": [3, 3]}, "num_heads"),
    ("swin", {"num_heads": [2]}, "num_heads"),
    ("mamba2", {"head_dim": 10}, "num_heads"),
    ("deepseek_v3", {"n_group": 3}, "n_group"),
    ("convnext", {"depths": [1, 1, 1]}, "depths"),
    ("resnet", {"layer_type": "wide"}, "layer_type"),
    ("resnet", {"hidden_sizes": [18, 34]}, "hidden_sizes"),
])  # fmt: skip
def test_dimensions_that_do_not_go_together_are_refused(client, family, changes, member):
    config = next(model["config"] for model in MODELS if model["config"]["model_type"] == family)
    response = client.post("/checkpoints/plan?seed=1", json={**config, **changes})

    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["pointer"] == f"/{member}"


@pytest.mark.parametrize("part", ["text_config", "vision_config"])
def test_a_member_of_a_part_is_pointed_to_where_it_stands(client, part):
    config = next(model["config"] for model in MODELS if model["config"]["architectures"] == ["CLIPModel"])
    changed = {**config, part: {**config[part], "num_attention_heads": 7}}
    response = client.post("/checkpoints/plan?seed=1", json={"config": changed})

    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["pointer"] == f"/config/{part}/num_attention_heads"


@pytest.mark.parametrize(("changes", "pointer", "words"), [
    ({"model_type": "lama"}, "/config/model_type", "llama"),
    ({"hidden_size": None}, "/config/hidden_size", "required"),
    ({"hidden_size": "48"}, "/config/hidden_size", "whole number"),
    ({"num_hidden_layers": 10**6}, "/config/num_hidden_layers", "at most"),
    ({"tie_word_embeddings": "no"}, "/config/tie_word_embeddings", "true or false"),
    ({"pad_token_id": 10**6}, "/config/pad_token_id", "tokens"),
    ({"architectures": ["LlamaForTokenClassification"]}, "/config/architectures", "LlamaForCausalLM"),
    ({"model_type": "gemma3"}, "/config/model_type", "gemma3_text: send its text_config alone"),
    ({"model_type": "llava", "text_config": {"model_type": "qwen2"}}, "/config/model_type", "is qwen2: send its"),
    ({"model_type": "llava", "text_config": {"model_type": []}}, "/config/model_type", "no family"),
    ({"dtype": "int8"}, "/config/dtype", "bfloat16"),
    ({"initializer_range": -1}, "/config/initializer_range", "not negative"),
])  # fmt: skip
def test_a_configuration_that_no_model_has_is_refused(client, changes, pointer, words):
    config = next(model["config"] for model in MODELS if model["config"]["model_type"] == "llama")
    response = client.post("/checkpoints/plan", json={"seed": 1, "config": {**config, **changes}})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]


def test_the_heads_of_every_family_are_known():
    assert HEADS.keys() == FAMILIES.keys()
