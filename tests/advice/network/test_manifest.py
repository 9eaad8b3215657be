"""The tensors of a network: their names in the checkpoints of each framework, and that no two have one."""

from __future__ import annotations

import pytest

from service.advice.network.network_layer import InvalidLayer
from service.tensors.errors import OverLimit
from tests.advice.asking import ask_network
from tests.advice.network.models import layer_of, modules, state_dict


def tensors(*layers, **members):
    return ask_network(*layers, **members)["manifest"]["tensors"]


def names(*layers, **members):
    """Return the names of the tensors of one layer, without the layer's."""
    return [name.removeprefix("layer0.") for name in tensors(*layers, **members)]


SIZES = {"units": 8, "inputs": 4}
PARTS = ("input", "forget", "output", "cell")

NAMES = [
    ("pytorch", {"layer": "LSTM", **SIZES}, "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0"),
    (None, {"layer": "LSTM", **SIZES}, "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0"),
    ("pytorch", {"layer": "LSTMCell", **SIZES}, "weight_ih weight_hh bias_ih bias_hh"),
    ("paddle", {"layer": "GRU", **SIZES}, "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0"),
    ("keras", {"layer": "LSTM", **SIZES}, "kernel recurrent_kernel bias"),
    ("keras", {"layer": "GRU", **SIZES, "bias": False}, "kernel recurrent_kernel"),
    ("tensorflow_js", {"layer": "SimpleRNN", **SIZES}, "kernel recurrent_kernel bias"),
    ("mlx", {"layer": "GRU", **SIZES}, "Wx Wh b bhn"),
    ("mlx", {"layer": "LSTM", **SIZES}, "Wx Wh bias"),
    ("equinox", {"layer": "GRUCell", **SIZES}, "weight_ih weight_hh bias bias_n"),
    ("flux", {"layer": "LSTM", **SIZES}, "Wi Wh bias"),
    ("dl4j", {"layer": "LSTM", **SIZES}, "W RW b"),
    ("haiku", {"layer": "GRU", **SIZES}, "w_i w_h b"),
    ("flax", {"layer": "LSTMCell", **SIZES},
     "ii.kernel if.kernel ig.kernel io.kernel hi.kernel hf.kernel hg.kernel ho.kernel hi.bias hf.bias hg.bias ho.bias"),
    ("flax", {"layer": "OptimizedLSTMCell", **SIZES}, "dense_i.kernel dense_h.kernel dense_h.bias"),
    ("burn", {"layer": "Lstm", **SIZES}, " ".join(
        f"{gate}_gate.{part}_transform.{tensor}"
        for gate in PARTS for part in ("input", "hidden") for tensor in ("weight", "bias"))),
    ("pytorch", {"layer": "MultiheadAttention", "shape": [96, 32]},
     "in_proj_weight in_proj_bias out_proj.weight out_proj.bias"),
    ("pytorch", {"layer": "MultiheadAttention", "shape": [96, 32], "bias": False}, "in_proj_weight out_proj.weight"),
    ("keras", {"layer": "MultiHeadAttention", "shape": [32, 4, 8]}, " ".join(
        f"{part}.{tensor}" for part in ("query", "attention_output", "key", "value") for tensor in ("kernel", "bias"))),
    ("flax", {"layer": "MultiHeadDotProductAttention", "shape": [32, 4, 8]}, " ".join(
        f"{part}.{tensor}" for part in ("query", "out", "key", "value") for tensor in ("kernel", "bias"))),
    ("keras", {"layer": "Dense", "shape": [4, 8]}, "kernel bias"),
    ("keras", {"layer": "Embedding", "shape": [10, 8]}, "embeddings"),
    ("keras", {"layer": "DepthwiseConv2D", "shape": [3, 3, 8, 1]}, "kernel bias"),
    ("keras", {"layer": "BatchNormalization", "shape": [8]}, "gamma beta moving_mean moving_variance"),
    ("keras", {"layer": "LayerNormalization", "shape": [8]}, "gamma beta"),
    ("keras", {"layer": "PReLU", "shape": [8]}, "alpha"),
    ("flax", {"layer": "Embed", "shape": [10, 8]}, "embedding"),
    ("flax", {"layer": "BatchNorm", "shape": [8]}, "scale bias mean var"),
    ("flax", {"layer": "RMSNorm", "shape": [8]}, "scale"),
    ("haiku", {"layer": "Linear", "shape": [4, 8]}, "w b"),
    ("burn", {"layer": "LayerNorm", "shape": [8]}, "gamma beta"),
    ("onnx", {"layer": "Gemm", "shape": [4, 8]}, "B C"),
    ("pytorch", {"layer": "BatchNorm1d", "shape": [8]}, "weight bias running_mean running_var num_batches_tracked"),
    ("pytorch", {"layer": "GroupNorm", "shape": [8]}, "weight bias"),
    ("pytorch", {"layer": "ConvTranspose2d", "shape": [8, 4, 2, 2]}, "weight bias"),
    ("pytorch", {"layer": "LoRA", "shape": [8, 64]}, "lora_A.weight lora_B.weight"),
    ("flax", {"layer": "LoRA", "shape": [64, 8]}, "lora_a lora_b"),
    ("pytorch", {"layer": "LayerScale", "shape": [8]}, "gamma"),
    ("transformers", {"layer": "Conv1D", "shape": [8, 24]}, "weight bias"),
]  # fmt: skip


def by_case(case):
    return f"{case[0]}-{case[1]['layer']}"


@pytest.mark.parametrize(("framework", "layer", "expected"), NAMES, ids=map(by_case, NAMES))
def test_tensors_have_the_names_of_the_frameworks_checkpoints(framework, layer, expected):
    """By the frameworks' sources, as `service/frameworks` records them."""
    assert sorted(names(layer, framework=framework)) == sorted(expected.split())


RECURRENT = [
    ("gru", {"num_layers": 2, "inputs": 24}),
    ("rnn", {"bidirectional": True, "inputs": 32}),
    ("cell", {"inputs": 48}),
    ("bare", {"bias": False, "inputs": 16}),
    ("projected", {"inputs": 8, "num_layers": 2, "proj_size": 12}),
]


@pytest.mark.parametrize(("module", "members"), RECURRENT)
def test_recurrent_layers_have_the_tensors_of_pytorchs(module, members):
    layer = layer_of(modules("recurrent")[module], **members)
    if module == "projected":
        layer |= {"units": 20}
    found = {name: tensor["shape"] for name, tensor in tensors(layer).items()}

    assert found == {name: shape for name, shape in state_dict("recurrent").items() if name.startswith(f"{module}.")}


@pytest.mark.parametrize(
    ("module", "word"), [("encoder", "TransformerEncoderLayer"), ("decoder", "nn.TransformerDecoderLayer")]
)
def test_a_transformers_layer_has_the_tensors_of_pytorchs(module, word):
    layer = {"name": module, "layer": word, "shape": [144, 48], "dim_feedforward": 96}
    found = {name: tensor["shape"] for name, tensor in tensors(layer).items()}

    assert found == {name: shape for name, shape in state_dict("recurrent").items() if name.startswith(f"{module}.")}


def test_each_layer_of_a_stack_reads_what_the_one_below_gives():
    """PyTorch: (4 · 8, 5), then (4 · 8, 2 · 8) of three layers in two directions."""
    found = tensors({"layer": "LSTM", "units": 8, "inputs": 5, "num_layers": 4, "bidirectional": True})

    assert [found[f"layer0.weight_ih_l{level}_reverse"]["shape"] for level in range(4)] == [[32, 5], *[[32, 16]] * 3]


def test_a_manifest_has_no_more_tensors_than_one_reads():
    stack = {"layer": "LSTM", "units": 8, "num_layers": 64, "bidirectional": True}
    with pytest.raises(OverLimit, match="tensors") as refused:
        ask_network(*[stack] * 65)

    assert (refused.value.requested, refused.value.limit) == (65 * 64 * 8, 2**15)


@pytest.mark.parametrize("call", ["nn.LSTM(8, 16)", "LSTM"])
def test_the_forget_gates_bias_of_one_is_in_one_bias_of_each_layer(call):
    """Jozefowicz et al. 2015; PyTorch adds bias_ih and bias_hh."""
    found = tensors({"layer": call.partition("(")[0], "units": 16, "num_layers": 2, "bidirectional": True})

    assert {name.rpartition("bias_")[2]: tensor["initializer"] for name, tensor in found.items() if "bias" in name} == {
        f"{part}_l{level}{direction}": scheme
        for part, scheme in (("ih", "lstm_bias"), ("hh", "zeros"))
        for level in (0, 1)
        for direction in ("", "_reverse")
    }


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ({"name": "cls_token", "layer": "class_token", "shape": [1, 1, 48]}, "cls_token"),
        ({"name": "encoder.pos_embedding", "layer": "PositionalEmbedding", "shape": [1, 197, 48]},
         "encoder.pos_embedding"),
        ({"name": "visual.positional_embedding", "layer": "PositionalEmbedding", "shape": [50, 48]},
         "visual.positional_embedding"),
        ({"name": "visual.class_embedding", "layer": "class_token", "shape": [48]}, "visual.class_embedding"),
        ({"name": "logit_scale", "layer": "logit_scale", "shape": [1]}, "logit_scale"),
        ({"name": "mixer.D", "layer": "D", "shape": [48]}, "mixer.D"),
        ({"name": "mlp.gate.e_score_correction_bias", "layer": "e_score_correction_bias", "shape": [8]},
         "mlp.gate.e_score_correction_bias"),
        ({"name": "transformer.wpe", "layer": "wpe", "shape": [32, 48]}, "transformer.wpe.weight"),
        ({"name": "blocks.0.ls1", "layer": "LayerScale", "shape": [48]}, "blocks.0.ls1.gamma"),
        ({"name": "stages.0.blocks.0.gamma", "layer": "LayerScale", "shape": [48]}, "stages.0.blocks.0.gamma"),
    ],
)  # fmt: skip
def test_a_parameter_in_no_layer_has_its_own_name(layer, expected):
    """As timm, torchvision, CLIP and GPT-2 call them."""
    assert [*tensors(layer)] == [expected]


COLLISIONS = [
    ([{"name": "m", "layer": "Mamba", "shape": [128, 16]}, {"name": "m.dt_proj", "layer": "Linear", "shape": [128, 4]}],
     1, ("m (Mamba)", "m.dt_proj (Linear)", "m.dt_proj.weight")),
    ([{"name": "m.dt_proj", "layer": "Linear", "shape": [128, 4]}, {"name": "m", "layer": "Mamba", "shape": [128, 16]}],
     1, ("m (Mamba)", "m.dt_proj (Linear)")),
    ([{"name": "a", "layer": "MultiheadAttention", "shape": [96, 32]},
      {"name": "a.out_proj", "layer": "Linear", "shape": [32, 32]}],
     1, ("a (MultiheadAttention)", "a.out_proj (Linear)")),
    ([{"name": "q", "layer": "LoRA", "shape": [8, 64]}, {"name": "x", "layer": "Linear"},
      {"name": "q.lora_B", "layer": "Linear", "shape": [64, 8]}], 2, ("q (LoRA)", "q.lora_B (Linear)")),
    ([{"name": "x.gamma", "layer": "LayerScale", "shape": [8]}, {"name": "x", "layer": "LayerScale", "shape": [8]}],
     1, ("x.gamma (LayerScale)", "x (LayerScale)")),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "index", "parts"), COLLISIONS)
def test_layers_whose_tensors_would_have_one_name_are_refused(layers, index, parts):
    with pytest.raises(InvalidLayer) as refused:
        ask_network(*layers)

    assert (refused.value.index, refused.value.parameter) == (index, "name")
    assert all(part in refused.value.detail for part in parts)


def test_parts_of_a_layer_that_the_list_has_are_not_made_twice():
    mamba = {"name": "m", "layer": "Mamba", "shape": [128, 16]}
    whole = tensors(mamba)
    listed = tensors(mamba, {"name": "m.in_proj", "layer": "Linear", "shape": [256, 64], "bias": False})

    assert {*whole} == {*listed}
    assert whole["m.in_proj.weight"]["shape"] == listed["m.in_proj.weight"]["shape"]
    assert whole["m.in_proj.weight"]["initializer"] != listed["m.in_proj.weight"]["initializer"]


@pytest.mark.parametrize(("layer", "kernel"), [("SeparableConv2D", [3, 3]), ("SeparableConv1D", [3])])
def test_a_separable_convolution_has_both_kernels_and_the_bias_of_the_second(layer, kernel):
    """As keras.layers.SeparableConv2D builds them."""
    members = {"layer": layer, "in_features": 32, "out_features": 64, "kernel_size": [3]}
    found = {name: tensor["shape"] for name, tensor in tensors(members, framework="keras").items()}

    assert found == {
        "layer0.depthwise_kernel": [*kernel, 32, 1],
        "layer0.pointwise_kernel": [*[1] * len(kernel), 32, 64],
        "layer0.bias": [64],
    }
