"""What a family's own code does comes first, and what is usual or theory beside it, named as such."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import get_args

import pytest

from service.advice.layer.description import ArchitectureName, LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.advice.rules.own_code import NAME
from service.advice.rules.table import first_rule
from tests.advice.asking import ask, ask_network

ENCODERS = ("bert", "roberta", "distilbert", "electra", "albert", "deberta", "deberta_v2", "xlnet", "modernbert")
DECODERS = ("llama", "mistral", "qwen2", "gpt2", "gpt_neo", "gpt_neox", "opt", "bloom", "falcon", "phi", "gptj")


@pytest.mark.parametrize("architecture", ENCODERS)
@pytest.mark.parametrize("word", ["classifier", "Linear"])
def test_the_classifier_of_an_encoder_has_a_bias_of_zeros(architecture, word):
    """N(0, 0.02²) in modeling_utils.py:2304; ModernBERT's is truncated with std d^-1/2 (modeling_modernbert.py:340)."""
    found = ask(word, architecture=architecture, role="head", shape=[2, 768])["recommendation"]
    std = 0.8796256610342398 / math.sqrt(768) if architecture == "modernbert" else 0.02

    assert found["weights"]["std"] == pytest.approx(std)
    assert found["bias"]["initializer"] == "zeros"


@pytest.mark.parametrize("architecture", DECODERS)
def test_the_score_of_a_decoder_has_no_bias(architecture):
    """nn.Linear(hidden_size, num_labels, bias=False) in modeling_layers.py's GenericForSequenceClassification."""
    found = ask("score", architecture=architecture, shape=[2, 768])["recommendation"]

    assert (found["weights"]["std"], found["bias"]) == (0.02, None)


# Where rules of kinds of networks say another thing: the layer, the architecture, what its code gives.
CONV, GROUPS = [64, 32, 3, 3], {"shape": [64, 1, 3, 3], "groups": 64}
HE_OUT = math.sqrt(2 / (64 * 9))
OWN = [
    ("router", {"architecture": "mixtral", "shape": [8, 4096]}, 0.02),
    ("router", {"architecture": "deepseek_v3", "shape": [8, 4096]}, 0.02),
    ("head", {"architecture": "convnext", "shape": [1000, 768]}, 0.02),
    ("head", {"architecture": "convnextv2", "shape": [1000, 768]}, 0.02),
    ("head", {"architecture": "swin", "shape": [1000, 768]}, 0.02),
    ("q_proj", {"architecture": "whisper", "shape": [64, 64]}, 0.02),
    ("fc2", {"architecture": "bart", "shape": [64, 256], "depth": 12}, 0.02),
    ("Conv1d", {"architecture": "whisper", "shape": [64, 80, 3]}, 0.02),
    ("out_proj", {"architecture": "gpt_neo", "shape": [768, 768], "depth": 12}, 0.02),
    ("c_proj", {"architecture": "gpt_bigcode", "shape": [768, 768], "depth": 12}, 0.02 / math.sqrt(24)),
    ("ffn", {"architecture": "albert", "shape": [256, 64]}, 0.02),
    ("q_proj", {"architecture": "siglip", "shape": [96, 64]}, math.sqrt(2 / 160)),
    ("fc1", {"architecture": "siglip", "shape": [256, 64]}, math.sqrt(2 / 320)),
    ("Embedding", {"architecture": "siglip", "shape": [100, 64]}, 1 / 8),
    ("mlp_channels.fc1", {"architecture": "mixer", "shape": [256, 64]}, math.sqrt(2 / 320)),
    ("blocks.3.mlp.fc2", {"architecture": "beit", "shape": [64, 256]}, 0.02 / math.sqrt(8)),
    ("fc2", {"architecture": "beit", "shape": [64, 256], "block": 0}, 0.02 / math.sqrt(2)),
    ("Linear", {"architecture": "vgg", "shape": [4096, 512]}, 0.01),
    ("Conv2d", {"architecture": "vgg16", "shape": CONV}, HE_OUT),
    ("classifier", {"architecture": "vgg", "shape": [10, 512]}, 0.01),
    ("Conv2d", {"architecture": "regnet", "shape": CONV}, HE_OUT),
    ("head", {"architecture": "regnet", "shape": [10, 512]}, 0.01),
    ("Conv2d", {"architecture": "inception_v3", "shape": CONV}, 0.1),
    # timm/models/inception_v3.py:264, torchvision/models/inception.py (InceptionAux): fc.stddev = 0.001. That of conv1
    # stands on the module around its convolution, which the loop over convolutions does not see.
    ("AuxLogits.fc", {"architecture": "inception_v3", "shape": [10, 768]}, 0.001),
    ("AuxLogits.fc", {"architecture": "inception_v3", "framework": "torchvision", "shape": [10, 768]}, 0.001),
    ("Conv2d", {"architecture": "googlenet", "shape": CONV}, 0.01),
    ("Conv2d", {"architecture": "efficientnet", "shape": CONV, "activation": "silu"}, HE_OUT),
    ("Conv2d", {"architecture": "mobilenet", "shape": CONV, "activation": "hardswish"}, HE_OUT),
    ("Conv2d", {"architecture": "efficientnet", "activation": "silu", **GROUPS}, math.sqrt(2 / 9)),
    ("Conv2d", {"architecture": "maxvit", "shape": CONV}, 0.02),
    # The library that framework names, where its code is another than the authors'.
    ("q_proj", {"architecture": "clip", "framework": "transformers", "shape": [512, 512], "depth": 12},
     (512 * 24) ** -0.5),
    ("head", {"architecture": "vit", "framework": "transformers", "shape": [1000, 768]}, 0.02),
    ("head", {"architecture": "vit", "framework": "torchvision", "shape": [1000, 768]}, 0.0),
    ("fc1", {"architecture": "vit", "framework": "torchvision", "shape": [256, 64]}, math.sqrt(2 / 320)),
    ("Linear", {"architecture": "mamba", "framework": "transformers", "shape": [3072, 768]}, 0.1),
]  # fmt: skip


def architectures(members):
    """Return members with architectures as a description has them."""
    own = {"vgg16": "vgg", "inception_v3": "inception"}
    return {name: own.get(value, value) if name == "architecture" else value for name, value in members.items()}


@pytest.mark.parametrize(("layer", "members", "std"), OWN)
def test_it_is_recommended(layer, members, std):
    weights = ask(layer, **architectures(members))["recommendation"]["weights"]

    assert weights["std"] == pytest.approx(std, rel=1e-9)


def test_where_the_models_authors_and_a_library_differ_the_authors_come_first():
    """OpenAI's CLIP draws queries with d^-1/2 (clip/model.py), the paper's ViT starts its head at zero."""
    assert ask("q_proj", architecture="clip", shape=[512, 512])["recommendation"]["weights"]["std"] == pytest.approx(
        512**-0.5
    )
    assert ask("head", architecture="vit", shape=[10, 64])["recommendation"]["weights"]["initializer"] == "zeros"


def test_what_other_rules_say_is_the_first_alternative_and_named_as_what_it_is():
    theory = ask("Conv2d", architecture="efficientnet", activation="silu", shape=CONV)
    practice = ask("router", architecture="mixtral", shape=[8, 4096])

    assert theory["recommendation"]["rule"] == practice["recommendation"]["rule"] == NAME
    assert "theory" in theory["alternatives"][0]["when"]
    assert "usual in networks of its kind" in practice["alternatives"][0]["when"]
    assert "timm/models/_efficientnet_builder.py" in theory["recommendation"]["reason"]
    assert "EfficientNet's code in timm" in theory["recommendation"]["reason"]


@pytest.mark.parametrize("members", [{"parametrization": "mup"}, {"role": "hidden", "parametrization": "mup"}])
def test_a_parametrisation_that_is_asked_for_comes_before_it(members):
    assert ask("Linear", architecture="electra", shape=[64, 64], **members)["recommendation"]["rule"] != NAME


def test_rules_that_say_the_same_stay():
    layer = resolve(LayerDescription(layer="q_proj", architecture="llama", shape=[64, 64]), LinkOptions())

    assert ask("q_proj", architecture="llama", shape=[64, 64])["recommendation"]["rule"] == first_rule(layer).name


def test_the_number_of_a_block_is_in_its_name_in_a_list():
    names = [f"blocks.{number}.{part}" for number in range(3) for part in ("attn.proj", "mlp.fc2")]
    layers = [{"layer": "Linear", "name": name, "shape": [64, 64]} for name in names]
    answers = ask_network(*layers, architecture="beit", framework="timm")["layers"]
    found = [each["recommendation"]["weights"]["std"] for each in answers]

    assert found == pytest.approx([0.02 / math.sqrt(2 * (number + 1)) for number in (0, 0, 1, 1, 2, 2)])


@pytest.mark.parametrize("role", ["head", "policy_head", "value_head", "deterministic_policy_head", "regression_head"])
@pytest.mark.parametrize("activation", [None, "tanh"])
def test_the_last_layers_of_ddpg_are_its_papers(role, activation):
    """Lillicrap et al., arXiv:1509.02971, section 7: uniform on ±3e-3."""
    found = ask("Linear", architecture="ddpg", role=role, activation=activation, shape=[4, 300])["recommendation"]

    assert (found["weights"]["bound"], found["bias"]["bound"]) == (0.003, 0.003)


@pytest.mark.parametrize("word", ["actor", "policy", "critic", "head"])
def test_they_are_so_by_the_words_that_people_use(word):
    assert ask(word, architecture="ddpg", shape=[4, 300])["recommendation"]["weights"]["bound"] == 0.003


@pytest.mark.parametrize("framework", [None, "transformers"])
def test_the_bias_of_mambas_time_steps_is_theirs(framework):
    answer = ask("mixer.dt_proj", architecture="mamba", shape=[1536, 48], framework=framework)
    found = answer["recommendation"]

    assert found["bias"]["initializer"] == "dt_bias"
    assert found["weights"]["bound"] == pytest.approx(48**-0.5)
    if framework is not None:
        assert answer["framework_default"]["bias"]["initializer"] == "dt_bias"


def test_a_mixers_matrices_are_told_apart_by_their_names_and_are_one_branch():
    names = {"in_proj": [3072, 768], "x_proj": [80, 1536], "dt_proj": [1536, 48], "out_proj": [768, 1536]}
    layers = [
        {"layer": "Linear", "name": f"layers.{number}.mixer.{name}", "shape": shape}
        for number in range(3)
        for name, shape in names.items()
    ]
    answers = ask_network(*layers, architecture="mamba")["layers"]

    assert [each["recommendation"]["rule"] for each in answers] == 3 * [
        "mamba_matrix", "mamba_matrix", "mamba_time_steps", "mamba_output",
    ]  # fmt: skip
    assert answers[3]["assumed"]["depth"] == 3
    assert not any("meet" in warning for each in answers for warning in each["warnings"])


@pytest.mark.parametrize(("layer", "shape"), [("Mamba", [1536, 16]), ("S4D", [768, 16]), ("S4", [16, 16])])
@pytest.mark.parametrize("member", ["out_features", "in_features", "width"])
def test_the_size_of_a_state_space_layer_is_the_models_width(layer, shape, member):
    assert ask(layer, **{member: 768})["layer"]["shape"] == shape


RECORDED = Path(__file__).parents[2] / "models" / "recorded.json"
MODELS = json.loads(RECORDED.read_text())["models"]
ARCHITECTURES = {"gemma3_text": "gemma3"}
WHOLE = re.compile(r"running_|num_batches|A_log|\.D$|dt_bias|e_score|bias$|norm|ln_|layrnorm|logit_scale")


def entry(tensor, shape):
    """Return an entry of a list for a weight of a model, as its module is printed; None of what is no matrix."""
    module, _, leaf = tensor.rpartition(".")
    if WHOLE.search(tensor) or not shape:
        return None
    if leaf != "weight":
        return {"name": tensor, "layer": leaf, "shape": shape}
    if len(shape) == 1:
        return None
    is_table = re.search(r"embed_|embedding|wte|wpe|shared$|relative_attention_bias|embeddings$", module.split(".")[-1])
    layer = {3: "Conv1d", 4: "Conv2d"}.get(len(shape), "Embedding" if is_table else "Linear")
    layer = "Conv1D" if re.search(r"\bc_(attn|proj|fc)$", module) else layer
    groups = {"groups": shape[0]} if layer.startswith("Conv") and len(shape) > 2 and shape[1] == 1 else {}
    return {"name": module, "layer": layer, "shape": shape, **groups}


def depths(config):
    """Return the numbers of layers of a model, and of both towers of one that has two."""
    towers = [config[name] for name in ("text_config", "vision_config") if name in config] or [config]
    names = ("num_hidden_layers", "n_layer", "num_layers", "n_layers")
    return {next((tower[name] for name in names if tower.get(name)), 3) for tower in towers}


def usual(config):
    """Return whether a model is of a family of this name, with one depth, and starts as is usual in it."""
    family = ARCHITECTURES.get(config["model_type"], config["model_type"])
    is_usual = config.get("initializer_range", 0.02) in {0.02, 0.1} or family == "starcoder2"
    return family in get_args(ArchitectureName) and len(depths(config)) == 1 and is_usual


@pytest.mark.parametrize(
    "model", [model for model in MODELS if usual(model["config"])], ids=lambda model: model["config"]["model_type"]
)
def test_a_model_that_is_listed_starts_as_transformers_starts_it(model):
    """Against what scripts/record_models.py saw: every matrix by its name in the file alone."""
    config, tensors = model["config"], model["tensors"]
    firsts = {re.sub(r"\.\d+\.", ".#.", tensor): tensor for tensor in reversed(tensors)}.values()
    entries = {tensor: found for tensor in firsts if (found := entry(tensor, tensors[tensor][1])) is not None}
    family = ARCHITECTURES.get(config["model_type"], config["model_type"])
    members = {"depth": min(depths(config))}
    members |= {"width": config["d_model"]} if family == "t5" else {}
    answers = ask_network(*entries.values(), architecture=family, framework="transformers", **members)["layers"]

    for (tensor, each), answer in zip(entries.items(), answers, strict=True):
        std = tensors[tensor][3]
        if family == "t5" and tensor.endswith(".q.weight"):
            # A head's size is 64 where nobody says it.
            std *= math.sqrt(config["d_kv"] / 64)
        found = answer["recommendation"]["weights"]
        tolerance = 8 / math.sqrt(2 * math.prod(each["shape"])) + 0.01
        expected = found.get("std")

        if found["initializer"] != "sinusoidal":
            assert expected == pytest.approx(std, rel=tolerance, abs=1e-9), tensor
