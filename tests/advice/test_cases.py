"""Layers and the answers that their literature gives: what a sceptical engineer would look up."""

from __future__ import annotations

import math

import pytest

from tests.advice.asking import ask, choices
from tests.initializers.making import initialize, make


def weights(answer):
    return answer["recommendation"]["weights"]


def bias(answer):
    return answer["recommendation"]["bias"]


def tensors(answer):
    return answer["recommendation"]["tensors"]


def facts(advice, shape):
    """What the tensor itself tells."""
    return initialize(advice["initializer"], shape, **advice["parameters"]).facts


def test_1_dense_relu():
    """He et al., arXiv:1502.01852."""
    answer = ask("dense", shape=[256, 784], activation="relu", framework="pytorch")

    assert weights(answer)["initializer"] == "he_normal"
    assert weights(answer)["std"] == pytest.approx(0.0505076, abs=5e-8)
    assert answer["alternatives"][0]["weights"]["bound"] == pytest.approx(0.0874818, abs=5e-8)
    assert bias(answer)["initializer"] == "zeros"
    assert answer["evidence"]["forward_ratio"] == answer["evidence"]["chi_perp"] == 1
    assert answer["evidence"]["backward_ratio"] == pytest.approx(0.326531, abs=5e-7)
    assert answer["framework_default"]["evidence"]["forward_ratio"] == pytest.approx(1 / 6, rel=1e-9)


def test_2_dense_tanh():
    """Glorot and Bengio 2010; LeCun et al. 1998; PyTorch's gain of 5/3."""
    answer = ask("dense", shape=[512, 512], activation="tanh")

    assert weights(answer)["initializer"] == "glorot_uniform"
    assert weights(answer)["std"] == pytest.approx(0.0441942, abs=5e-8)
    assert weights(answer)["bound"] == pytest.approx(0.0765466, abs=5e-8)
    assert "lecun_normal" in choices(answer)[:3]
    assert answer["evidence"]["forward_ratio"] == pytest.approx(0.394294, abs=5e-7)
    assert answer["evidence"]["fixed_point"]["chi_perp"] == pytest.approx(1, abs=1e-5)
    five_thirds = next(a for a in answer["alternatives"] if a["weights"]["parameters"].get("gain_rule") == "pytorch")
    assert five_thirds["evidence"]["q_star"] == pytest.approx(1.178480, rel=1e-6)
    assert five_thirds["evidence"]["fixed_point"]["chi_perp"] == pytest.approx(1.2098, abs=5e-5)


def test_3_dense_sigmoid():
    """Glorot and Bengio 2010; Kumar, arXiv:1704.08863."""
    answer = ask("dense", shape=[128, 256], activation="sigmoid")

    assert weights(answer)["initializer"] == "glorot_uniform"
    assert weights(answer)["std"] == pytest.approx(0.0721688, abs=5e-8)
    assert weights(answer)["bound"] == pytest.approx(0.125)
    assert answer["evidence"]["chi_perp"] == pytest.approx(0.0598, abs=5e-5)
    assert answer["evidence"]["backward_ratio"] == pytest.approx(0.0299, abs=5e-5)
    assert answer["alternatives"][0]["weights"]["std"] == pytest.approx(0.2236, abs=5e-5)
    assert any("vanish" in warning for warning in answer["warnings"])


def test_4_convolution_relu():
    answer = ask("Conv2d", shape=[128, 64, 3, 3], activation="relu")

    assert weights(answer)["std"] == pytest.approx(0.0589256, abs=5e-8)
    by_fan_out = next(a for a in answer["alternatives"] if a["weights"]["parameters"].get("mode") == "fan_out")
    assert by_fan_out["weights"]["std"] == pytest.approx(0.0416667, abs=5e-8)


def test_4_convolution_relu_in_a_resnet():
    answer = ask("Conv2d", shape=[128, 64, 3, 3], activation="relu", architecture="resnet")

    assert weights(answer)["parameters"]["mode"] == "fan_out"
    assert bias(answer) is None


def test_5_last_convolution_of_a_normalised_branch():
    """Goyal et al., arXiv:1706.02677."""
    answer = ask("conv", shape=[64, 64, 3, 3], architecture="resnet", role="residual_last")

    assert (weights(answer)["initializer"], weights(answer)["parameters"]) == ("he_normal", {"mode": "fan_out"})
    assert bias(answer) is None
    assert any("zero" in warning and "gamma" in warning for warning in answer["warnings"])


def test_6_residual_blocks_without_normalisation():
    """Zhang et al., arXiv:1901.09321: 16^(-1/2) for the first, zeros for the last; He's scheme grows 2^16 times."""
    members = {"shape": [64, 64, 3, 3], "activation": "relu", "residual": True, "depth": 16}
    first, last = ask("conv", **members), ask("conv", role="residual_last", **members)

    assert weights(first)["initializer"] == "fixup"
    assert weights(first)["std"] == pytest.approx(0.25 * math.sqrt(2 / 576), rel=1e-9)
    assert weights(last)["initializer"] == "zeros"
    plain = next(a for a in first["alternatives"] if a["weights"]["initializer"] == "he_normal")
    assert plain["evidence"]["depth"]["forward"] == pytest.approx(65536, rel=1e-9)
    assert weights(ask("head", residual=True, normalization="none", shape=[10, 64]))["initializer"] == "zeros"


def test_7_recurrent_tanh():
    """Saxe et al., arXiv:1312.6120."""
    answer = ask("SimpleRNN", units=128, activation="tanh")

    assert (weights(answer)["initializer"], weights(answer)["parameters"]) == ("orthogonal", {})
    assert tensors(answer)["input"]["initializer"] == "glorot_uniform"
    assert bias(answer)["initializer"] == "zeros"
    assert "identity" in choices(answer)


def test_8_recurrent_relu():
    """Le et al., arXiv:1504.00941."""
    answer = ask("rnn", units=128, activation="relu")

    assert weights(answer)["initializer"] == "identity"
    assert (tensors(answer)["input"]["initializer"], tensors(answer)["input"]["std"]) == ("normal", 0.001)
    assert bias(answer)["initializer"] == "zeros"
    assert "orthogonal" in choices(answer)


def test_9_lstm_of_pytorch():
    """Jozefowicz et al. 2015; PyTorch adds two biases (pytorch#750)."""
    answer = ask("LSTM", units=256, framework="pytorch")

    assert (weights(answer)["initializer"], weights(answer)["parameters"]) == ("orthogonal", {"gates": 4})
    assert tensors(answer)["input"]["parameters"] == {"gates": 4}
    assert tensors(answer)["bias_hh"]["initializer"] == "zeros"
    values = make(bias(answer)["initializer"], (1024,), **bias(answer)["parameters"]).reshape(4, 256)
    assert values.mean(axis=1).tolist() == [0, 1, 0, 0]
    assert any("bias_ih" in warning for warning in answer["warnings"])


def test_10_lstm_of_long_sequences():
    """Tallec and Ollivier, arXiv:1804.11188."""
    answer = ask("LSTM", units=256, longest=1000.0)
    values = make(bias(answer)["initializer"], (1024,), **bias(answer)["parameters"]).reshape(4, 256)

    assert bias(answer)["initializer"] == "chrono"
    assert values[1].min() >= 0
    assert values[1].max() <= math.log(999)
    assert (values[0] == -values[1]).all()


def test_11_a_hundred_layers_of_tanh():
    answer = ask("dense", shape=[512, 512], activation="tanh", depth=100)

    assert (weights(answer)["initializer"], weights(answer)["parameters"]) == ("orthogonal", {})
    assert "glorot_normal" in choices(answer)
    assert bias(answer)["initializer"] == "zeros"


def test_12_a_hundred_layers_of_relu():
    """Hanin and Nica, arXiv:1812.05994: 0.43 decades of noise, 0.33 with orthogonal weights."""
    answer = ask("dense", shape=[512, 512], activation="relu", depth=100)
    orthogonal = answer["alternatives"][0]

    assert choices(answer)[:2] == ["he_normal", "orthogonal"]
    assert orthogonal["weights"]["parameters"]["gain"] == pytest.approx(math.sqrt(2), rel=1e-11)
    noise = [e["finite_width"]["log_std"] / math.log(10) for e in (answer["evidence"], orthogonal["evidence"])]
    assert noise == pytest.approx([0.43, 0.33], abs=0.005)
    assert any("skips" in warning for warning in answer["warnings"])


def test_13_ten_thousand_convolutions():
    """Xiao et al., arXiv:1806.05393."""
    assert weights(ask("conv", activation="tanh", depth=10_000))["initializer"] == "delta_orthogonal"


def test_14_zeros_for_a_hidden_layer():
    answer = ask("dense", activation="relu", current=("zeros", {}))

    assert answer["verdict"]["judgement"] == "reject"
    assert "they never learn" in answer["verdict"]["statement"]
    assert answer["verdict"]["evidence"]["forward_ratio"] == 0


@pytest.mark.parametrize(("std", "ratio"), [(1.0, 256), (0.01, 0.0256)])
def test_15_a_plain_normal_in_a_deep_network(std, ratio):
    answer = ask("dense", shape=[512, 512], activation="relu", depth=20, current=("normal", {"std": std}))

    assert answer["verdict"]["judgement"] == "reject"
    assert answer["verdict"]["evidence"]["forward_ratio"] == pytest.approx(ratio, rel=1e-9)
    assert f"{ratio:.3g}" in answer["verdict"]["statement"]


def test_16_selu():
    """Klambauer et al., arXiv:1706.02515."""
    answer = ask("dense", activation="selu")

    assert (weights(answer)["initializer"], weights(answer)["parameters"]) == ("lecun_normal", {})
    assert any("AlphaDropout" in warning for warning in answer["warnings"])


def test_17_first_matrix_of_a_gpts_feed_forward():
    """Radford et al. 2019; Nguyen and Salazar, arXiv:1910.05895."""
    answer = ask("Linear", role="mlp_up", shape=[3072, 768], architecture="gpt", depth=12)

    assert (weights(answer)["initializer"], weights(answer)["std"]) == ("normal", 0.02)
    assert answer["evidence"]["sigma_w2"] == pytest.approx(0.3072)
    stds = [a["weights"]["std"] for a in answer["alternatives"]]
    assert stds[:2] == pytest.approx([0.0360844, 0.0228218], abs=5e-8)


@pytest.mark.parametrize(("role", "shape"), [("attention_output", [768, 768]), ("mlp_down", [768, 3072])])
def test_18_what_ends_a_gpts_branch(role, shape):
    answer = ask("Linear", role=role, shape=shape, architecture="gpt", depth=12)

    assert weights(answer)["std"] == pytest.approx(0.00408248, abs=5e-9)
    assert bias(answer)["initializer"] == "zeros"


@pytest.mark.parametrize(("layers", "alpha", "beta"), [(100, 3.760603, 0.188030), (18, 2.449490, 0.288675)])
def test_19_deep_post_norm(layers, alpha, beta):
    """Wang et al., arXiv:2203.00555."""
    members = {"architecture": "transformer", "norm_position": "post", "decoder_layers": layers, "shape": [1024, 1024]}
    scaled = weights(ask("Linear", role="attention_output", **members))
    query = weights(ask("Linear", role="query", **members))

    assert facts(scaled, (1024, 1024))["gain"] == pytest.approx(beta, abs=5e-7)
    assert facts(scaled, (1024, 1024))["residual_alpha"] == pytest.approx(alpha, abs=5e-7)
    assert facts(query, (1024, 1024))["gain"] == 1


@pytest.mark.parametrize(("stack", "gain"), [("decoder", 0.368894), ("encoder", 0.428092)])
def test_20_a_transformer_without_normalisation(stack, gain):
    """Huang et al. 2020."""
    answer = ask(
        "Linear", role="mlp_up", architecture="transformer", normalization="none", encoder_layers=6, decoder_layers=6,
        stack=stack, shape=[512, 512],
    )  # fmt: skip

    assert facts(weights(answer), (512, 512))["gain"] == pytest.approx(gain, abs=5e-7)


def test_21_a_tied_embedding():
    """Its rows are the output layer: N(0, 1) would give logits a standard deviation of 28, and a loss of 117 nats."""
    members = {"shape": [50257, 768], "tied": True}
    answer = ask("Embedding", current=("normal", {}), **members)

    assert (weights(answer)["initializer"], weights(answer)["std"]) == ("normal", 0.02)
    assert answer["alternatives"][0]["weights"]["std"] == pytest.approx(0.0360844, abs=5e-8)
    assert answer["evidence"]["initial_loss"] == pytest.approx(math.log(50257) + 0.1536, rel=1e-6)
    assert answer["verdict"]["judgement"] == "reject"
    assert answer["verdict"]["evidence"]["initial_loss"] == pytest.approx(117.4, abs=0.05)


def test_22_a_classifier():
    answer = ask("classifier", shape=[1000, 2048])

    assert weights(answer)["initializer"] == "zeros"
    assert answer["evidence"]["initial_loss"] == pytest.approx(6.907755, abs=5e-7)


def test_23_a_detectors_head():
    """Lin et al., arXiv:1708.02002."""
    answer = ask("conv", role="detector_head", shape=[80, 256, 3, 3])

    assert (weights(answer)["initializer"], weights(answer)["std"]) == ("normal", 0.01)
    assert facts(bias(answer), (80,))["value"] == pytest.approx(-4.595120, abs=5e-7)


def test_24_a_rare_class():
    """492 frauds in 284,807 transactions: ln(492 / 284315)."""
    answer = ask("dense", role="binary_head", prior=492 / 284807, shape=[1, 29])

    assert facts(bias(answer), (1,))["value"] == pytest.approx(-6.359359, abs=5e-7)


def test_25_a_low_rank_adapter():
    """Hu et al., arXiv:2106.09685."""
    answer = ask("LoRA", shape=[8, 4096])

    assert weights(answer)["bound"] == pytest.approx(0.015625)
    assert tensors(answer)["up"]["initializer"] == "zeros"


def test_26_sines():
    """Sitzmann et al., arXiv:2006.09661."""
    first = ask("siren", role="first", shape=[256, 2])
    hidden = ask("dense", activation="siren", shape=[256, 256], bias=False)

    assert weights(first)["bound"] == pytest.approx(0.5)
    assert weights(hidden)["bound"] == pytest.approx(0.00510310, abs=5e-9)
    assert hidden["evidence"]["sigma_w2"] == pytest.approx(2, rel=1e-9)
    assert hidden["evidence"]["q_star"] == pytest.approx(0.796812, abs=5e-7)
    assert hidden["evidence"]["fixed_point"]["chi_perp"] == pytest.approx(1.203188, abs=5e-7)


def test_27_dcgan():
    """Radford et al., arXiv:1511.06434."""
    scale = ask("BatchNorm2d", architecture="dcgan")

    assert weights(ask("ConvTranspose2d", architecture="dcgan"))["std"] == 0.02
    assert weights(scale)["parameters"] == {"mean": 1.0, "std": 0.02}
    assert bias(scale)["initializer"] == "zeros"


@pytest.mark.parametrize(("layer", "gain"), [("actor", 0.01), ("critic", 1.0), ("dense", math.sqrt(2))])
def test_28_actor_and_critic(layer, gain):
    """Andrychowicz et al., arXiv:2006.05990."""
    answer = ask(layer, architecture="actor_critic", shape=[6, 64])

    assert weights(answer)["initializer"] == "orthogonal"
    assert weights(answer)["parameters"].get("gain", 1.0) == pytest.approx(gain, rel=1e-11)


def test_29_the_last_layer_of_a_coupling():
    """Kingma and Dhariwal, arXiv:1807.03039."""
    answer = ask("conv", role="coupling_last")

    assert weights(answer)["initializer"] == bias(answer)["initializer"] == "zeros"


def test_30_a_vision_transformer():
    """Dosovitskiy et al., arXiv:2010.11929, and timm."""
    assert weights(ask("PatchEmbed", shape=[768, 3, 16, 16], architecture="vit"))["std"] == pytest.approx(
        0.0360844, abs=5e-8
    )
    assert weights(ask("PatchEmbed", shape=[768, 3, 16, 16], architecture="vit"))["initializer"] == "lecun_normal"
    assert weights(ask("PositionEmbedding", architecture="vit"))["std"] == 0.02
    assert weights(ask("head", architecture="vit"))["initializer"] == "zeros"


def test_31_depthwise():
    """Tan and Le, arXiv:1905.11946: the fan-in of one channel."""
    answer = ask("DepthwiseConv2D", shape=[3, 3, 1, 32], activation="relu6", groups=32, framework="keras")

    assert weights(answer)["std"] == pytest.approx(0.471405, abs=5e-7)
    assert answer["framework_default"]["evidence"]["sigma_w2"] == pytest.approx(2 / 33, rel=1e-9)


def test_32_transposed_convolution():
    """n_f = 64 · 16 / 4: PyTorch's default and its kaiming_normal_ read the wrong axis (pytorch#30079)."""
    members = {"shape": [64, 32, 4, 4], "activation": "relu", "stride": 2, "framework": "pytorch"}
    answer = ask("ConvTranspose2d", current=("he_normal", {"fan_in": 32 * 16}), **members)

    assert weights(answer)["std"] == pytest.approx(0.0883883, abs=5e-8)
    assert answer["framework_default"]["evidence"]["forward_ratio"] == pytest.approx(1 / 12, rel=1e-9)
    assert answer["verdict"]["evidence"]["forward_ratio"] == pytest.approx(0.5, rel=1e-9)


def test_33_fused_queries_keys_and_values():
    """Glorot's on each of the three; on the packed matrix the variance is half (pytorch#166378)."""
    answer = ask("MultiheadAttention", shape=[2304, 768], framework="pytorch")
    default = answer["framework_default"]["weights"]["std"]

    assert weights(answer)["std"] == pytest.approx(1 / math.sqrt(768), rel=1e-9)
    assert default**2 == pytest.approx(0.5 / 768, rel=1e-9)


def test_34_maximal_update_parametrisation():
    """Yang et al., arXiv:2203.03466."""
    members = {"parametrization": "mup", "optimizer": "adam", "base_width": 256}
    hidden = ask("dense", shape=[1024, 1024], **members)
    readout = ask("head", shape=[1000, 1024], **members)

    assert weights(hidden)["std"] ** 2 == pytest.approx(1 / 1024, rel=1e-9)
    assert facts(weights(hidden), (1024, 1024))["learning_rate_multiplier"] == pytest.approx(1 / 4)
    assert weights(readout)["initializer"] == "zeros"
    without_base = ask("head", shape=[1000, 1024], parametrization="mup")["alternatives"][0]
    assert without_base["weights"]["initializer"] == "mup"
    assert any("1 / d" in warning for warning in hidden["warnings"])


def test_35_mamba():
    """Gu and Dao, arXiv:2312.00752."""
    answer = ask("Mamba", shape=[1536, 16], width=768)
    low, high = (math.log(math.expm1(dt)) for dt in (0.001, 0.1))
    dt = make(tensors(answer)["dt_proj.bias"]["initializer"], (1536,))

    assert weights(answer)["initializer"] == "mamba_a_log"
    assert tensors(answer)["dt_proj.weight"]["bound"] == pytest.approx(48**-0.5)
    assert low - 1e-4 <= dt.min() < dt.max() <= high + 1e-4
    assert tensors(answer)["D"]["initializer"] == "ones"


def test_36_diagonal_state_spaces():
    """Gu et al., arXiv:2206.11893: -1/2 + iπn."""
    answer = ask("S4D", shape=[4, 8])
    values = make("s4d", (4, 8), dtype="complex64", **weights(answer)["parameters"])

    assert "dtype=complex64" in weights(answer)["href"]
    assert values[0, 3] == pytest.approx(-0.5 + 3j * math.pi, rel=1e-6)
    assert tensors(answer)["dt_bias"]["initializer"] == "dt_bias"


def test_37_a_router():
    """Fedus et al., arXiv:2101.03961."""
    answer = ask("router", shape=[8, 768])

    assert weights(answer)["initializer"] == "truncated_normal"
    assert weights(answer)["parameters"]["std"] == pytest.approx(0.0114109, abs=5e-8)


@pytest.mark.parametrize("layer", ["LayerNorm", "BatchNorm2d", "RMSNorm", "GroupNorm"])
def test_38_normalisation(layer):
    answer = ask(layer)

    assert (weights(answer)["initializer"], bias(answer)["initializer"]) == ("ones", "zeros")


def test_39_thirty_normalised_layers_without_skips():
    """Yang et al., arXiv:1902.08129."""
    answer = ask("dense", shape=[512, 512], activation="relu", normalization="batch", depth=31)

    assert weights(answer)["initializer"] == "he_normal"
    assert answer["evidence"]["chi_perp"] == pytest.approx(1.4669, abs=5e-5)
    assert answer["evidence"]["depth"]["backward"] == pytest.approx(9.8e4, rel=0.01)
    assert any("1.4669" in warning and "add skips" in warning for warning in answer["warnings"])


def test_40_the_last_matrix_of_a_swiglu():
    """Shazeer, arXiv:2002.05202."""
    answer = ask("SwiGLU", shape=[768, 2048], depth=12)

    assert weights(answer)["std"] == pytest.approx(1.676532 / math.sqrt(2048) / math.sqrt(24), rel=1e-6)
    assert any("square of the signal" in warning for warning in answer["warnings"])
    assert ask("dense", activation="swiglu")["evidence"]["elasticity"] == pytest.approx(2.1726, abs=5e-5)


def test_41_leaky_relu():
    answer = ask("dense", shape=[512, 512], activation="leaky_relu", negative_slope=0.2)

    assert facts(weights(answer), (512, 512))["gain"] == pytest.approx(1.386750, abs=5e-7)


def test_42_thirty_layers_of_gelu():
    """Roberts et al., arXiv:2106.10165; Hayou et al., arXiv:1902.06853."""
    answer = ask("dense", shape=[512, 512], activation="gelu", depth=30)
    he, critical = answer["alternatives"][:2]

    assert facts(weights(answer), (512, 512))["gain"] == pytest.approx(1.533530, abs=5e-7)
    assert any("Normalise" in warning for warning in answer["warnings"])
    assert he["evidence"]["forward_ratio"] == pytest.approx(0.85, abs=0.005)
    assert he["evidence"]["fixed_point"]["chi_perp"] == pytest.approx(0.5, abs=1e-4)
    assert critical["evidence"]["sigma_w2"] == pytest.approx(1.98306, abs=5e-6)
    assert critical["evidence"]["sigma_b2"] == pytest.approx(0.17292, abs=5e-6)


@pytest.mark.parametrize("layer", ["adaLN", "ZeroConv"])
def test_43_modulation(layer):
    """Peebles and Xie, arXiv:2212.09748."""
    assert weights(ask(layer))["initializer"] == "zeros"


def test_44_a_highways_gate():
    """Srivastava et al., arXiv:1505.00387."""
    answer = ask("highway")

    assert weights(answer)["initializer"] == "glorot_uniform"
    assert bias(answer)["parameters"] == {"value": -2.0}


def test_45_graph_convolution():
    """Kipf and Welling, arXiv:1609.02907."""
    answer = ask("GCNConv")

    assert (weights(answer)["initializer"], bias(answer)["initializer"]) == ("glorot_uniform", "zeros")


def test_46_a_deterministic_policy():
    """Lillicrap et al., arXiv:1509.02971."""
    answer = ask("dense", role="deterministic_policy_head")

    assert weights(answer)["bound"] == bias(answer)["bound"] == pytest.approx(0.003)


def test_47_a_gru_with_a_long_memory():
    answer = ask("GRU", units=64, framework="pytorch")

    assert (weights(answer)["initializer"], weights(answer)["parameters"]) == ("orthogonal", {"gates": 3})
    assert any("update gate" in warning and "sign" in warning for warning in answer["warnings"])


def test_48_clips_temperature():
    """Radford et al., arXiv:2103.00020."""
    assert weights(ask("logit_scale"))["parameters"]["value"] == pytest.approx(2.659260, abs=5e-7)


def test_49_maxout():
    """Tseran and Montúfar, arXiv:2301.06956."""
    answer = ask("dense", activation="maxout", pieces=4, shape=[512, 512])

    assert weights(answer)["std"] ** 2 * 512 == pytest.approx(0.644609, abs=5e-7)


def test_50_an_activation_by_samples():
    xs = [i / 20 for i in range(-160, 161)]
    answer = ask("dense", activation_table={"x": xs, "y": [math.tanh(x) for x in xs]}, shape=[512, 512])

    assert weights(answer)["initializer"] == "glorot_normal"
    assert weights(answer)["parameters"]["gain"] == pytest.approx(1.592537, rel=1e-3)
    assert answer["evidence"]["validity"]["level"] == "medium"
    assert any("LSUV" in warning for warning in answer["warnings"])


def test_51_a_convex_model():
    answer = ask("dense", architecture="linear_model", role="binary_head", prior=0.3, current=("zeros", {}))

    assert weights(answer)["initializer"] == "zeros"
    assert facts(bias(answer), (1,))["value"] == pytest.approx(math.log(0.3 / 0.7))
    assert answer["verdict"]["judgement"] == "good"


def test_52_a_default_of_keras():
    answer = ask("Dense", shape=[256, 256], activation="relu", framework="keras", depth=21)

    assert weights(answer)["initializer"] == "he_normal"
    assert answer["framework_default"]["evidence"]["forward_ratio"] == 0.5
    assert answer["framework_default"]["evidence"]["depth"]["forward"] == pytest.approx(9.5e-7, rel=0.005)
    assert "1/2" in answer["framework_default"]["statement"]


@pytest.mark.parametrize(
    ("activation", "initializer"), [("tanh", "lecun_normal"), ("softsign", "lecun_normal"), ("sin", "he_normal")]
)
def test_sides_that_are_very_unequal_get_a_scheme_by_fan_in_and_glorot_besides(activation, initializer):
    found = choices(ask("Linear", shape=[256, 2], activation=activation))
    assert found[0] == initializer
    assert any(name.startswith("glorot") for name in found[1:])


@pytest.mark.parametrize(("slope", "activation"), [(0.0, "relu"), (0.1, "leaky_relu")])
def test_samples_of_a_rectifier_get_what_its_name_gets(slope, activation):
    table = {"x": [-2.0, -1.0, 0.0, 1.0, 2.0], "y": [-2 * slope, -slope, 0.0, 1.0, 2.0]}
    by_samples = ask("Linear", shape=[64, 64], activation_table=table)["recommendation"]["weights"]
    named = {"activation": activation, **({"negative_slope": slope} if slope else {})}
    assert by_samples == ask("Linear", shape=[64, 64], **named)["recommendation"]["weights"]


@pytest.mark.parametrize("layer", ["lora_B", "model.q_proj.lora_B.default.weight", "lora_B.my_adapter"])
def test_the_second_matrix_of_an_adapter_is_zero(layer):
    assert choices(ask(layer, shape=[64, 8]))[0] == "zeros"


def test_a_path_of_peft_to_the_first_matrix_of_an_adapter_is_understood():
    assert choices(ask("model.q_proj.lora_A.default.weight", shape=[8, 64]))[0] == "lora_a"
