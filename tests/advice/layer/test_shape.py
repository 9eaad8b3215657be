"""The shapes that are assumed, the fans that follow from a shape, and shapes that cannot be."""

from __future__ import annotations

import pytest

from service.tensors.errors import InvalidParameter
from tests.advice.asking import ask

# Usual layers of the literature, see service/advice/layer/shape.py: a transformer's width, a ResNet's channels, ...
ASSUMED = [
    ("dense", {}, [512, 512]),
    ("dense", {"width": 64}, [64, 64]),
    ("dense", {"fan_in": 32}, [32, 32]),
    ("dense", {"fan_in": 32, "fan_out": 48}, [48, 32]),
    ("dense", {"fan_out": 0.5}, [1, 1]),
    ("conv", {}, [256, 256, 3, 3]),
    ("conv", {"framework": "keras"}, [3, 3, 256, 256]),
    ("ConvTranspose2d", {}, [256, 256, 3, 3]),
    ("PixelShuffle", {}, [256, 256, 3, 3]),
    ("embedding", {"width": 64}, [64, 64]),
    ("LayerNorm", {"width": 64}, [64]),
    ("PReLU", {"width": 64}, [64]),
    ("LayerScale", {"width": 64}, [64]),
    # Gu and Dao, arXiv:2312.00752: twice as many channels as the model is wide; of Mamba-2 heads of 64.
    ("mamba2", {"width": 256}, [8]),
    ("mamba", {"width": 64}, [128, 16]),
    ("S4D", {"width": 64}, [64, 16]),
    ("logit_scale", {}, [1]),
    ("attention", {"width": 64}, [192, 64]),
    ("attention", {"width": 64, "framework": "keras"}, [64, 8, 8]),
    ("attention", {"width": 64, "framework": "keras", "role": "attention_output"}, [8, 8, 64]),
    ("attention", {"width": 64, "framework": "keras", "heads": 4}, [64, 4, 16]),
    ("attention", {"width": 64, "role": "query"}, [64, 64]),
    ("attention", {"width": 64, "framework": "mlx"}, [64, 64]),
    ("Conv1d", {}, [256, 256, 3]),
    ("LSTM", {"units": 8, "framework": "burn"}, [8, 8]),
    ("LSTM", {}, [1024, 256]),
    ("LSTM", {"units": 8}, [32, 8]),
    ("GRU", {"units": 8}, [24, 8]),
    ("rnn", {"units": 8}, [8, 8]),
    ("LSTM", {"units": 8, "framework": "keras"}, [8, 32]),
    ("LoRA", {"width": 64}, [8, 64]),
    ("LoRA", {"width": 64, "rank": 4}, [4, 64]),
    ("LoRA", {"fan_in": 32, "width": 64}, [8, 32]),
    ("LoRA", {"shape": [513, 64]}, [8, 64]),
    ("LoRA", {"shape": [512, 64]}, [512, 64]),
    ("LoRA", {"shape": [512, 64], "rank": 4}, [4, 64]),
]


@pytest.mark.parametrize(("layer", "members", "shape"), ASSUMED)
def test_a_layer_without_a_shape_has_the_usual_one(layer, members, shape):
    assert ask(layer, **members)["layer"]["shape"] == shape


@pytest.mark.parametrize(
    ("layer", "members", "assumed"),
    [
        ("dense", {}, {"shape": [512, 512]}),
        ("LSTM", {}, {"units": 256}),
        ("LSTM", {"units": 8}, {}),
        ("LoRA", {"shape": [1024, 64]}, {"rank": 8}),
        ("LoRA", {"shape": [1024, 64], "rank": 4}, {}),
        ("LoRA", {"shape": [8, 64]}, {}),
        ("dense", {"shape": [4, 4]}, {}),
    ],
)
def test_what_was_assumed_of_the_shape_is_told(layer, members, assumed):
    told = ask(layer, **members)["assumed"]

    assert {name: told[name] for name in ("shape", "units", "rank") if name in told} == assumed


CONV = [96, 64, 3, 3]
FANS = [
    ("dense", {"shape": [96, 64]}, 64, 96),
    ("dense", {"shape": [96, 64], "fan_in": 5, "fan_out": 7}, 5, 7),
    ("dense", {"shape": [64, 96], "layout": "in_out"}, 64, 96),
    ("conv", {"shape": CONV}, 64 * 9, 96 * 9),
    ("conv", {"shape": CONV, "groups": 4}, 64 * 9, 96 * 9 / 4),
    # Each input is met by the units of every second position along both axes.
    ("conv", {"shape": CONV, "stride": 2}, 64 * 9, 96 * 9 / 4),
    ("conv", {"shape": [96, 64, 5], "stride": 2}, 64 * 5, 96 * 5 / 2),
    # (in, out / groups, kernel).
    ("ConvTranspose2d", {"shape": CONV}, 96 * 9, 64 * 9),
    ("ConvTranspose2d", {"shape": CONV, "stride": 3}, 96 * 9 / 9, 64 * 9),
    ("ConvTranspose2d", {"shape": CONV, "groups": 4}, 96 * 9 / 4, 64 * 9),
    ("LayerNorm", {"shape": [64]}, 64, 64),
]


@pytest.mark.parametrize(("layer", "members", "fan_in", "fan_out"), FANS)
def test_a_unit_sums_its_fan_in_and_an_input_feeds_its_fan_out(layer, members, fan_in, fan_out):
    told = ask(layer, **members)["layer"]

    assert (told["fan_in"], told["fan_out"]) == (fan_in, fan_out)


def bias_shape(answer):
    return answer["recommendation"]["bias"]["href"].partition("shape=")[2].partition("&")[0]


@pytest.mark.parametrize(
    ("layer", "members", "units"),
    [
        ("dense", {"shape": [96, 64]}, "96"),
        ("dense", {"shape": [96, 64], "layout": "in_out"}, "64"),
        ("ConvTranspose2d", {"shape": [8, 6, 3, 3], "groups": 4}, "24"),
        ("conv", {"shape": [8, 6, 3, 3], "groups": 4}, "8"),
        ("LSTM", {"units": 8}, "32"),
        ("GRU", {"shape": [24, 8]}, "24"),
        ("rnn", {"shape": [8, 8]}, "8"),
        ("LayerNorm", {"shape": [64]}, "64"),
    ],
)
def test_there_is_a_bias_a_unit(layer, members, units):
    assert bias_shape(ask(layer, **members)) == units


FEWEST = {
    "dense": 2, "conv": 3, "conv_transpose": 3, "subpixel_conv": 3, "embedding": 2, "rnn": 2, "lstm": 2, "gru": 2,
    "attention": 2, "lora": 2, "graph": 2, "normalization": 1, "mamba": 1,
}  # fmt: skip


@pytest.mark.parametrize(("layer", "fewest"), FEWEST.items())
def test_a_weight_has_the_axes_of_its_layer(layer, fewest):
    sizes = {"lstm": [32, 8], "gru": [24, 8]}.get(layer, [8] * fewest)

    assert ask(layer, shape=sizes)["layer"]["shape"] == sizes
    if fewest > 1:
        with pytest.raises(InvalidParameter, match=f"at least {fewest} axes") as refused:
            ask(layer, shape=[8] * (fewest - 1))
        assert refused.value.parameter == "shape"


@pytest.mark.parametrize("layer", ["conv", "conv_transpose", "subpixel_conv"])
def test_groups_divide_the_channels(layer):
    assert ask(layer, shape=[24, 4, 3, 3], groups=3)
    with pytest.raises(InvalidParameter, match="5 groups do not divide the 24 channels") as refused:
        ask(layer, shape=[24, 4, 3, 3], groups=5)
    assert refused.value.parameter == "groups"


@pytest.mark.parametrize(
    ("layer", "members", "said"),
    [
        ("LSTM", {"shape": [30, 8], "units": 8}, "has 4 times the units on its out axis, which has 30 here"),
        ("rnn", {"shape": [9, 9], "units": 8}, "has the units on its out axis, which has 9 here"),
        (
            "LSTM",
            {"shape": [32, 9], "units": 8, "tensor": "recurrent"},
            "4 times the units on its out axis and the units",
        ),
    ],
)
def test_a_recurrent_matrix_fits_its_units(layer, members, said):
    with pytest.raises(InvalidParameter, match=said):
        ask(layer, **members)


@pytest.mark.parametrize("shape", [[32, 8], [8, 8]])
def test_a_recurrent_matrix_is_of_all_gates_or_of_one(shape):
    assert ask("LSTM", shape=shape, units=8)["layer"]["shape"] == shape


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "gates"), [([192, 64], {"gates": 3}), ([193, 64], {}), ([64, 64], {}), ([48, 64], {})]
)
def test_fused_queries_keys_and_values_are_three_matrices(shape, gates):
    """Stacked on the out axis: it divides by three, and is longer than the other."""
    assert ask("attention", shape=shape)["recommendation"]["weights"]["parameters"] == gates


GPT_2 = {"framework": "transformers", "architecture": "gpt2"}


@pytest.mark.parametrize(
    ("layer", "members", "shape"),
    [
        # transformers' Conv1D(nf, nx) has a weight of (nx, nf).
        ("Conv1D", {"framework": "transformers", "out_features": 2304, "in_features": 768}, [768, 2304]),
        ("Conv1D", {"framework": "transformers"}, [512, 512]),
        ("c_proj", GPT_2, [512, 512]),
        ("h.0.attn.c_attn", {**GPT_2, "width": 768}, [768, 2304]),
        ("h.0.mlp.c_fc", {**GPT_2, "width": 768}, [768, 3072]),
        ("h.0.mlp.c_proj", {**GPT_2, "width": 768}, [3072, 768]),
        ("c_fc", {**GPT_2, "out_features": 3072, "in_features": 768}, [768, 3072]),
    ],
)
def test_gpt_2s_matrices_are_stored_in_out(layer, members, shape):
    described = ask(layer, **members)["layer"]

    assert (described["kind"], described["layout"], described["shape"]) == ("dense", "in_out", shape)
    assert (described["fan_in"], described["fan_out"]) == tuple(shape)


@pytest.mark.parametrize(
    ("layer", "members", "shape"),
    [
        ("nn.Conv1d", {"framework": "transformers", "architecture": "whisper"}, [384, 80, 3]),
        ("Conv1D", {"framework": "transformers", "kernel_size": [3]}, [384, 80, 3]),
        ("Conv1D", {"framework": "keras"}, [3, 80, 384]),
        ("Conv1d", {"framework": "pytorch"}, [384, 80, 3]),
        ("Conv1d", {}, [384, 80, 3]),
    ],
)
def test_other_convolutions_of_one_dimension_are_convolutions(layer, members, shape):
    described = ask(layer, in_features=80, out_features=384, **members)["layer"]

    assert (described["kind"], described["shape"]) == ("conv", shape)
