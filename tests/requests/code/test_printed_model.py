"""print(model) of Hugging Face's models, whose class says whose code starts them."""

from __future__ import annotations

import pytest

from service.advice.advisor import advise
from service.advice.network.context import in_context
from service.requests.advice_request import parse_network
from service.requests.members import Members

T5 = """T5ForConditionalGeneration(
  (shared): Embedding(32128, 512)
  (encoder): T5Stack(
    (block): ModuleList(
      (0): T5Block(
        (layer): ModuleList(
          (0): T5LayerSelfAttention(
            (SelfAttention): T5Attention(
              (q): Linear(in_features=512, out_features=512, bias=False)
              (o): Linear(in_features=512, out_features=512, bias=False)
              (relative_attention_bias): Embedding(32, 8)
            )
            (layer_norm): T5LayerNorm()
            (dropout): Dropout(p=0.1, inplace=False)
          )
          (1): T5LayerFF(
            (DenseReluDense): T5DenseActDense(
              (wi): Linear(in_features=512, out_features=2048, bias=False)
              (wo): Linear(in_features=2048, out_features=512, bias=False)
              (act): ReLU()
            )
          )
        )
      )
    )
  )
)"""
LLAMA = """LlamaForCausalLM(
  (model): LlamaModel(
    (embed_tokens): Embedding(32000, 4096)
    (layers): ModuleList(
      (0-1): 2 x LlamaDecoderLayer(
        (self_attn): LlamaAttention(
          (q_proj): Linear(in_features=4096, out_features=4096, bias=False)
          (o_proj): Linear(in_features=4096, out_features=4096, bias=False)
        )
        (input_layernorm): LlamaRMSNorm((4096,), eps=1e-06)
      )
    )
  )
  (lm_head): Linear(in_features=4096, out_features=32000, bias=False)
)"""


def _stds(printed, **said):
    network = parse_network(Members({"layers": printed, **said}, in_body=True), "", 100)
    layers = [each.layer for each in in_context(network.layers).layers]
    return {layer.links.name.rpartition("layer.")[2]: advise(layer).recommendation.weights.std for layer in layers}


def test_t5_starts_as_its_own_code_does():
    # transformers/models/t5/modeling_t5.py, _init_weights, with d_model 512, d_kv 64 and d_ff 2048
    assert _stds(T5) == pytest.approx(
        {
            "shared": 1.0,
            "0.SelfAttention.q": (512 * 64) ** -0.5,
            "0.SelfAttention.o": 512**-0.5,
            "0.SelfAttention.relative_attention_bias": 512**-0.5,
            "0.layer_norm": 0.0,
            "1.DenseReluDense.wi": 512**-0.5,
            "1.DenseReluDense.wo": 2048**-0.5,
        }
    )


def test_llama_has_one_deviation():
    # transformers/modeling_utils.py, _init_weights: N(0, initializer_range²) for all, 0.02
    assert set(_stds(LLAMA).values()) == {0.02, 0.0}


def test_what_the_class_says_is_told():
    layer = parse_network(Members({"layers": LLAMA}, in_body=True), "", 100).layers[0].layer

    assert layer.description.architecture == "llama"
    assert layer.assumed["framework_from"] == layer.assumed["architecture_from"] == "the class of the model"


def test_what_the_request_says_holds():
    layers = parse_network(Members({"layers": LLAMA, "architecture": "transformer"}, in_body=True), "", 100).layers

    assert layers[0].layer.description.architecture == "transformer"


@pytest.mark.parametrize(
    "printed",
    [
        "Model(\n  (fc): Linear(in_features=784, out_features=10, bias=True)\n)",
        "UserModel(\n  (fc): Linear(in_features=784, out_features=10, bias=True)\n)",
        "ResNet(\n  (fc): Linear(in_features=784, out_features=10, bias=True)\n)",
    ],
)
def test_another_class_says_nothing(printed):
    assert (
        parse_network(Members({"layers": printed}, in_body=True), "", 100).layers[0].layer.description.architecture
        is None
    )


@pytest.mark.parametrize(
    ("printed", "framework", "shape"),
    [
        ("MLP(\n  (layers.0): Linear(input_dims=784, output_dims=32, bias=True)\n)", "mlx", (32, 784)),
        ("Net(\n  (0): Conv2D(1, 6, kernel_size=[3, 3], padding=1, data_format=NCHW)\n)", "paddle", (6, 1, 3, 3)),
        ("Net(\n  (0): Linear(in_features=400, out_features=120, dtype=float32)\n)", "paddle", (400, 120)),
    ],
)
def test_what_other_frameworks_print_is_theirs(printed, framework, shape):
    # As extra_repr of Paddle and __repr__ of MLX write it.
    layer = parse_network(Members({"layers": printed}, in_body=True), "", 100).layers[0].layer

    assert (layer.description.framework, layer.shape) == (framework, shape)
