"""What the names of a list's layers say of them."""

from __future__ import annotations

import pytest

from tests.advice.asking import ask, ask_network

D = 64
SIZES = {"attention_output": [D, D], "mlp_up": [4 * D, D], "mlp_gate": [4 * D, D], "mlp_down": [D, 4 * D],
         "qkv": [3 * D, D], "router": [8, D]}  # fmt: skip

# The name of a layer as the code of its models has it, the model, and the role.
NAMES = [
    ("transformer.h.0.attn.c_attn", "gpt2", "qkv"),
    ("transformer.h.0.attn.c_proj", "gpt2", "attention_output"),
    ("transformer.h.0.mlp.c_fc", "gpt2", "mlp_up"),
    ("transformer.h.0.mlp.c_proj", "gpt2", "mlp_down"),
    ("transformer.h.0.mlp.fc_out", "gptj", "mlp_down"),
    ("gpt_neox.layers.0.attention.dense", "gpt_neox", "attention_output"),
    ("transformer.h.0.self_attention.query_key_value", "bloom", "qkv"),
    ("transformer.h.0.self_attention.dense", "falcon", "attention_output"),
    ("model.decoder.layers.3.fc2", "opt", "mlp_down"),
    ("model.layers.0.self_attn.o_proj", "llama", "attention_output"),
    ("model.layers.0.mlp.gate_proj", "mistral", "mlp_gate"),
    ("model.layers.0.mlp.up_proj", "qwen2", "mlp_up"),
    ("layers.0.feed_forward.w1", "llama", "mlp_gate"),
    ("layers.0.feed_forward.w2", "llama", "mlp_down"),
    ("layers.0.feed_forward.w3", "llama", "mlp_up"),
    ("layers.0.attention.wo", "llama", "attention_output"),
    ("model.layers.0.self_attn.dense", "phi", "attention_output"),
    ("model.layers.0.block_sparse_moe.gate", "mixtral", "router"),
    ("model.layers.0.block_sparse_moe.experts.5.w2", "mixtral", "mlp_down"),
    ("model.layers.3.mlp.gate", "deepseek_v3", "router"),
    ("bert.encoder.layer.0.attention.self.query", "bert", "query"),
    ("bert.encoder.layer.0.attention.output.dense", "bert", "attention_output"),
    ("bert.encoder.layer.0.intermediate.dense", "bert", "mlp_up"),
    ("bert.encoder.layer.0.output.dense", "bert", "mlp_down"),
    ("model.layers.0.attn.Wqkv", "modernbert", "qkv"),
    ("model.layers.0.mlp.Wo", "modernbert", "mlp_down"),
    ("encoder.block.0.layer.0.SelfAttention.q", "t5", "query"),
    ("decoder.block.0.layer.1.EncDecAttention.o", "t5", "attention_output"),
    ("encoder.block.0.layer.1.DenseReluDense.wi_0", "t5", "mlp_gate"),
    ("encoder.block.0.layer.1.DenseReluDense.wo", "t5", "mlp_down"),
    ("model.encoder.layers.0.self_attn.out_proj", "whisper", "attention_output"),
    ("vit.encoder.layer.0.attention.attention.key", "vit", "key"),
    ("blocks.0.attn.proj", "vit", "attention_output"),
    ("blocks.0.mlp.fc2", "vit", "mlp_down"),
    ("encoder.layers.encoder_layer_0.mlp.3", "vit", "mlp_down"),
    ("features.1.0.mlp.0", "swin", "mlp_up"),
    ("blocks.0.adaLN_modulation.1", "dit", "modulation"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "architecture", "role"), NAMES)
def test_a_name_says_the_same_as_the_word_of_a_layer_that_is_asked_for_alone(name, architecture, role):
    members = {"architecture": architecture, "depth": 12, "shape": SIZES.get(role, [D, D])}
    layers = {"layer": "Linear", "name": name, **members}, {"layer": "Linear", "name": "other", "shape": [8, 8]}
    (answer, _) = ask_network(*layers)["layers"]
    alone = ask(name, **members)

    assert answer["layer"]["role"] == alone["layer"]["role"] == role
    assert answer["assumed"]["role_from"] == "its name"
    assert answer["recommendation"]["rule"] == alone["recommendation"]["rule"]
    assert answer["recommendation"]["weights"]["std"] == alone["recommendation"]["weights"]["std"]
    assert (answer["recommendation"]["bias"] is None) == (alone["recommendation"]["bias"] is None)


@pytest.mark.parametrize("name", ["h.0.attn.c_proj", "blocks.0.mlp.fc2", "self_attn.o_proj", "mlp.down_proj"])
def test_it_does_so_where_nobody_says_what_the_network_is(name):
    layers = [{"layer": "Linear", "name": each, "shape": [D, D]} for each in (name, "last")]

    assert ask_network(*layers)["layers"][0]["layer"]["role"] in {"attention_output", "mlp_down"}


@pytest.mark.parametrize(
    "name",
    # Of a perceptron, of a Q network, of a recurrent layer, of a network whose layers are numbered.
    ["fc1", "fc2", "mlp.fc1", "q", "encoder.k", "w1", "value_net.0", "out_proj", "mixer.in_proj", "proj", "dense_2"],
)
def test_names_that_others_have_too_say_nothing_of_a_transformer(name):
    layers = [{"layer": "Linear", "name": each, "shape": [D, D]} for each in (name, "last")]

    assert ask_network(*layers)["layers"][0]["layer"]["role"] == "hidden"


def test_a_block_with_attention_is_a_transformers():
    names = ["layers.0.self_attn.q_proj", "layers.0.fc1", "layers.0.fc2", "fc1"]
    layers = [{"layer": "Linear", "name": name, "shape": [D, D]} for name in names]
    found = [each["layer"]["role"] for each in ask_network(*layers)["layers"]]

    assert found[:3] == ["query", "mlp_up", "mlp_down"]
    assert found[3] != "mlp_up"


def test_what_is_said_of_a_layer_holds_whatever_its_name():
    layers = [{"layer": "Linear", "name": "h.0.attn.c_proj", "shape": [D, D], "role": "hidden"},
              {"layer": "Linear", "name": "x", "shape": [D, D]}]  # fmt: skip

    assert ask_network(*layers)["layers"][0]["layer"]["role"] == "hidden"


def test_one_matrix_for_grouped_queries_keys_and_values_is_not_refused_for_its_name():
    layers = [{"layer": "Linear", "name": "layers.0.self_attn.qkv_proj", "shape": [2 * D, D]},
              {"layer": "Linear", "name": "layers.0.self_attn.o_proj", "shape": [D, D]}]  # fmt: skip

    roles = [each["layer"]["role"] for each in ask_network(*layers, architecture="phi3")["layers"]]
    assert roles == ["hidden", "attention_output"]


PRINTED = """T5Stack(
  (block): ModuleList(
    (0-1): 2 x T5Block(
      (layer): ModuleList(
        (0): T5LayerSelfAttention(
          (SelfAttention): T5Attention(
            (q): Linear(in_features=512, out_features=512, bias=False)
            (k): Linear(in_features=512, out_features=512, bias=False)
            (v): Linear(in_features=512, out_features=512, bias=False)
            (o): Linear(in_features=512, out_features=512, bias=False)
            (relative_attention_bias): Embedding(32, 8)
          )
          (layer_norm): T5LayerNorm()
        )
      )
    )
  )
)"""
# modeling_t5.py:567: (d d_kv)^-1/2, d^-1/2, (heads d_kv)^-1/2, d^-1/2.
T5 = {"q": (512 * 64) ** -0.5, "k": 512**-0.5, "v": 512**-0.5, "o": 512**-0.5, "relative_attention_bias": 512**-0.5}


@pytest.mark.slow
def test_a_model_as_it_is_printed_is_understood_by_its_names(client):
    answer = client.post("/advise", json={"architecture": "t5", "layers": PRINTED}).json()
    found = {each["layer"]["name"].rpartition(".")[2]: each for each in answer["layers"]}

    assert {name: found[name]["recommendation"]["weights"]["std"] for name in T5} == pytest.approx(T5)
    assert found["relative_attention_bias"]["layer"]["shape"] == [32, 8]


def test_branches_beside_each_other_meet_in_a_printed_layer(client):
    sizes = {"q_proj": (64, 64), "k_proj": (64, 16), "v_proj": (64, 16), "o_proj": (64, 64)}
    feed_forward = {"gate_proj": (64, 200), "up_proj": (64, 200), "down_proj": (200, 64)}
    lines = [f"({name}): Linear(in_features={i}, out_features={o}, bias=False)" for name, (i, o) in sizes.items()]
    others = [
        f"({name}): Linear(in_features={i}, out_features={o}, bias=False)" for name, (i, o) in feed_forward.items()
    ]
    text = "Layer(\n (self_attn): A(\n  {}\n )\n (mlp): M(\n  {}\n  (act_fn): SiLU()\n )\n)".format(
        "\n  ".join(lines), "\n  ".join(others)
    )
    for members in ({}, {"architecture": "llama"}):
        answer = client.post("/advise", json={"layers": text, **members}).json()

        assert not any("meet" in warning for each in answer["layers"] for warning in each["warnings"])


GPT_2 = {"c_attn": [D, 3 * D], "mlp.c_fc": [D, 4 * D], "mlp.c_proj": [4 * D, D]}


@pytest.mark.parametrize(("word", "shape"), GPT_2.items())
@pytest.mark.parametrize("is_named", [True, False])
def test_gpt_2s_matrices_are_read_as_they_are_stored(word, shape, is_named):
    layer = ask(word if is_named else "Conv1D", architecture="gpt2", shape=shape)["layer"]
    transposed = ask(word, architecture="gpt2", shape=shape[::-1])["layer"]

    assert (layer["layout"], layer["fan_in"]) == ("in_out", shape[0])
    assert (transposed["layout"], transposed["fan_in"]) == ("out_in", shape[0])


@pytest.mark.parametrize("library", [None, "transformers"])
def test_tokens_types_and_positions_have_no_row_of_padding(library):
    names = ("embeddings.word_embeddings", "embeddings.position_embeddings", "embeddings.token_type_embeddings")
    layers = [{"layer": "Embedding", "name": name, "shape": [20, D]} for name in names]
    members = {"architecture": "bert"} | ({} if library is None else {"framework": library})
    answers = ask_network(*layers, **members)["layers"]
    defaults = [each["framework_default"]["weights"]["parameters"] for each in answers if library is not None]

    assert [each.get("padding_idx") for each in defaults] in ([0, None, None], [])
    assert {each["layer"]["kind"] for each in answers} <= {"embedding", "positional_embedding"}
