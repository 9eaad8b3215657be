"""What every rule recommends, in numbers: the formulas of its references, written once more from them.

The layers have other fans than each other, so that fan_in is not taken for fan_out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest
from scipy import integrate, special, stats

from service.advice.rules.table import RULES
from tests.advice.asking import ask

OUT, IN, PIXELS = 96, 64, 9
DENSE = [OUT, IN]
CONV = [OUT, IN, 3, 3]
SUMMED = IN * PIXELS
"""Inputs that a unit of the convolution sums."""
FED = OUT * PIXELS
"""Units that an input of the convolution feeds."""
DEPTH = 9

TOKEN = 0.02
"""Radford et al. 2019, Devlin et al. 2018."""
SMALL_HEAD = ("normal", 0.01)
ROOT_TWO = math.sqrt(2.0)


def he(fan, gain=ROOT_TWO):
    """He et al., arXiv:1502.01852."""
    return gain / math.sqrt(fan)


def glorot(fan_in, fan_out, gain=1.0):
    """Glorot and Bengio 2010."""
    return gain * math.sqrt(2.0 / (fan_in + fan_out))


def lecun(fan_in, gain=1.0):
    """LeCun et al. 1998."""
    return gain / math.sqrt(fan_in)


def gain_of(function):
    """Return 1 / sqrt(E[f(z)²]), z ~ N(0, 1)."""
    density = lambda z: function(z) ** 2 * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)  # noqa: E731
    below, above = (integrate.quad(density, *ends, epsabs=1e-13)[0] for ends in ((-12.0, 0.0), (0.0, 12.0)))
    return 1.0 / math.sqrt(below + above)


def gelu(z):
    return z * special.ndtr(z)


def tanh_gelu(z):
    return 0.5 * z * (1.0 + math.tanh(math.sqrt(2.0 / math.pi) * (z + 0.044715 * z**3)))


SMALL_INIT = ("small_init", math.sqrt(2.0 / (5.0 * IN)))
"""Nguyen and Salazar, arXiv:1910.05895."""
GLOROT = ("glorot_uniform", glorot(IN, OUT))
GLOROT_CONV = ("glorot_uniform", glorot(SUMMED, FED))
LECUN = ("lecun_normal", lecun(IN))
HE = ("he_normal", he(IN))
NORMAL = ("normal", TOKEN)
CUT = stats.truncnorm.std(-2.0, 2.0)
"""What a cut at two sigmas leaves of a standard deviation."""
CUT_NORMAL = ("truncated_normal", CUT * TOKEN)
FAR_CUT = ("truncated_normal", TOKEN)
ZEROS, ONES = ("zeros", 0.0), ("ones", 1.0)
ORTHOGONAL = ("orthogonal", 1.0)
RESIDUAL = ("residual_scaled_normal", TOKEN / math.sqrt(2.0 * DEPTH))
"""Radford et al. 2019: 2 L branches."""
GELU, TANH_GELU = gain_of(gelu), gain_of(tanh_gelu)
LEAKY = math.sqrt(2.0 / (1.0 + 0.2**2))
ELU = gain_of(lambda z: z if z > 0.0 else math.expm1(z))
SOFTPLUS = gain_of(lambda z: math.log1p(math.exp(z)))
SELU_SLOPE = gain_of(lambda z: 1.0507009873554805 * (1.0 if z > 0.0 else 1.6732632423543772 * math.exp(z)))
"""Klambauer et al., arXiv:1706.02515."""
CRITICAL_GELU = math.sqrt(1.98305826 / IN)
"""Roberts, Yaida and Hanin, arXiv:2106.10165, chapter 5."""


@dataclass(frozen=True)
class Row:
    """A rule, a layer that it answers, and the numbers.

    A tensor is an initializer with its standard deviation; with the gain for an orthogonal matrix or an identity; with
    the value for a constant; with the prior for a bias of log-odds; with None where it has none of these.
    """

    rule: str
    layer: str
    members: dict = field(default_factory=dict)
    weights: tuple = ()
    others: tuple = ()
    bias: tuple | None = ZEROS
    tensors: dict = field(default_factory=dict)
    in_a_stack: bool = True
    """Whether mean-field theory speaks of the layer."""
    zeros_are_fine: bool = False


def dense(rule, weights, *others, layer="dense", **options):
    own = {key: options.pop(key) for key in ("bias", "tensors", "in_a_stack", "zeros_are_fine") if key in options}
    return Row(rule, layer, {"shape": DENSE, **options}, weights, others, **own)


def conv(rule, weights, *others, layer="conv", **options):
    return dense(rule, weights, *others, layer=layer, **{"shape": CONV, **options})


def apart(rule, weights, *others, **options):
    """A layer that is not one of a stack of its like."""
    return dense(rule, weights, *others, **{"in_a_stack": False, **options})


def readout(rule, weights, *others, **options):
    return apart(rule, weights, *others, **{"zeros_are_fine": True, **options})


MUP = {"parametrization": "mup"}
POST = {"architecture": "gpt", "norm_position": "post", "depth": DEPTH}
BARE = {"architecture": "gpt", "normalization": "none", "depth": DEPTH}
BRANCHES = {"residual": True, "normalization": "none", "depth": DEPTH, "activation": "relu"}
SIREN = math.sqrt(6.0 / IN) / 30.0 / math.sqrt(3.0)
"""Sitzmann et al., arXiv:2006.09661: uniform on ±sqrt(6 / n) / ω."""
ROOT_BIAS = ("uniform", 1.0 / math.sqrt(IN) / math.sqrt(3.0))
CLIP = {"architecture": "clip", "width": 48}
TORCH = ("uniform", lecun(IN) / math.sqrt(3.0))
"""PyTorch's default, uniform on ±1/sqrt(fan_in)."""
DEEP = {"activation": "tanh", "depth": 100}

FROM_INPUTS = ("glorot_uniform", glorot(32, IN))
OF_FLAX_AND_KERAS = (("lecun_normal", lecun(32)), ("glorot_uniform", glorot(32, 4 * IN)))
SQUARE = ("glorot_uniform", glorot(IN, IN))
IDENTITY = ("identity", 1.0)
PYTORCH_UNIFORM = ("uniform", 1.0 / math.sqrt(3.0 * IN))
"""On ±1 / sqrt(units)."""


def long_and_short_memories(rule, bias, second_bias=None, **options):
    """The recurrent and the input's matrix of an LSTM; each gate by itself, as PyTorch stacks them."""
    options |= {"layer": "lstm", "bias": (bias, None)}
    recurrent, others = {"input": FROM_INPUTS, **(second_bias or {})}, (SQUARE, IDENTITY, PYTORCH_UNIFORM)
    yield apart(rule, ORTHOGONAL, *others, shape=[4 * IN, IN], inputs=32, tensors=recurrent, **options)
    of_inputs = {"shape": [4 * IN, 32], "tensor": "input", "tensors": {"recurrent": ORTHOGONAL, **(second_bias or {})}}
    yield apart(f"{rule}_input", FROM_INPUTS, *OF_FLAX_AND_KERAS, ORTHOGONAL, **of_inputs, **options)


def memories_by_gate(rule, **options):
    """The two matrices of an LSTM each of whose gates has tensors of its own, as burn stores them."""
    options |= {"layer": "lstm", "framework": "burn"}
    forget = {"forget_bias": ONES}
    yield apart(rule, ORTHOGONAL, SQUARE, IDENTITY, PYTORCH_UNIFORM, shape=[IN, IN], inputs=32,
                tensors={"input": FROM_INPUTS, **forget}, **options)  # fmt: skip
    yield apart(f"{rule}_input", FROM_INPUTS, ("lecun_normal", lecun(32)), ORTHOGONAL, shape=[32, IN],
                tensors={"recurrent": ORTHOGONAL, **forget}, **options)  # fmt: skip


# fmt: off
ROWS = [
    # Yang et al., arXiv:2203.03466.
    readout("mup_output", ZEROS, ("mup", math.sqrt(16.0) / IN), layer="head", base_width=16, **MUP),
    readout("mup_query", ZEROS, ("mup", lecun(IN)), role="query", **MUP),
    dense("mup_input", ("mup", lecun(IN)), role="first", activation="relu", **MUP),
    dense("mup_hidden", ("mup", lecun(IN)), **MUP),
    # Wang et al., arXiv:2203.00555: β = (8 M)^(-1/4) for M decoder layers, and 1 for queries.
    dense("deepnorm", ("deepnorm", glorot(IN, OUT, (8.0 * DEPTH) ** -0.25)), NORMAL, GLOROT, role="mlp_up", **POST),
    dense("deepnorm", ("deepnorm", glorot(IN, OUT)), NORMAL, GLOROT, role="key", **POST),
    # Huang et al. 2020: (9 M)^(-1/4) in a decoder.
    dense("t_fixup", ("t_fixup", glorot(IN, OUT, (9.0 * DEPTH) ** -0.25)), RESIDUAL, role="mlp_up", **BARE),
    # Zhang et al., arXiv:1901.09321: L^(-1 / (2m - 2)), on what their code has: He's by fan_out.
    *(readout("fixup_last", ZEROS, ("fixup", he(OUT) * scale), role="residual_last", in_a_stack=True,
              **{**BRANCHES, **members})
      for scale, members in ((DEPTH**-0.5, {}), (DEPTH**-0.25, {"layers_per_branch": 3}), (1.0, {"depth": None}),
                             (DEPTH**-0.5, {"normalization": "weight"}), (DEPTH**-0.5, {"architecture": "gpt"}))),
    readout("fixup_head", ZEROS, LECUN, role="head", **BRANCHES),
    dense("fixup", ("fixup", he(OUT) * DEPTH**-0.5), HE, ("orthogonal", ROOT_TWO), **BRANCHES),
    dense("fixup", ("fixup", he(OUT) * DEPTH**-0.5), HE, ("orthogonal", ROOT_TWO), layers_per_branch=1, **BRANCHES),
    dense("fixup", ("fixup", he(OUT) * DEPTH**-0.25), HE, ("orthogonal", ROOT_TWO), layers_per_branch=3,
        **BRANCHES),
    # Raffel et al., arXiv:1910.10683, and their code: queries smaller by the root of a head's size, 64.
    apart("t5_embedding", ("normal", 1.0), NORMAL, ("normal", lecun(OUT)), layer="embedding", architecture="t5",
        bias=None),
    readout("t5_relative_position_bias", ("normal", 10**-1.5), ZEROS, layer="relative_position_bias", width=1000,
        architecture="t5", shape=[32, 8], bias=None),
    readout("t5_lm_head", ("normal", lecun(IN)), ("normal", 1.0), ZEROS, role="lm_head", architecture="t5", bias=None),
    dense("t5", ("normal", lecun(IN)), NORMAL, architecture="t5", role="mlp_up",
        bias=None),
    dense("t5", ("normal", lecun(IN) / 8.0), LECUN, NORMAL, architecture="t5", role="query",
        bias=None),
    # Peebles and Xie, arXiv:2212.09748.
    dense("diffusion_transformer_time", NORMAL, GLOROT, layer="time_mlp", architecture="dit"),
    dense("diffusion_transformer", GLOROT, NORMAL, architecture="dit"),
    dense("diffusion_transformer", ("glorot_uniform", glorot(64, 192)), ("glorot_uniform", glorot(64, 64)), NORMAL,
        architecture="dit", role="qkv", shape=[192, 64]),
    conv("diffusion_transformer_patches", ("glorot_uniform", glorot(SUMMED, OUT)), ("lecun_normal", lecun(SUMMED)),
        architecture="dit", role="patch_embedding"),
    # Dosovitskiy et al., arXiv:2010.11929, in JAX; timm's bounds of ±2 cut nothing.
    dense("vision_transformer_jax_feed_forward", GLOROT, FAR_CUT, role="mlp_up", framework="flax", layout="out_in",
        architecture="vit", bias=("normal", 1e-6)),
    dense("vision_transformer_jax", GLOROT, FAR_CUT, role="query", framework="jax", layout="out_in",
        architecture="vit"),
    # Chen et al., arXiv:2104.02057: each of the three by itself.
    dense("vision_transformer", FAR_CUT, ("glorot_uniform", glorot(64, 64)), CUT_NORMAL, architecture="vit",
        role="qkv", shape=[192, 64]),
    dense("vision_transformer", FAR_CUT, GLOROT, CUT_NORMAL, RESIDUAL, architecture="vit", depth=DEPTH),
    readout("vision_transformer_class_token", ("normal", 1e-6), ZEROS, NORMAL, layer="cls_token", architecture="vit",
        shape=[1, 1, OUT], bias=None),
    # Devlin et al., arXiv:1810.04805, and google-research/bert modeling.py, create_initializer.
    dense("bert_in_tensorflow", CUT_NORMAL, NORMAL, RESIDUAL, role="attention_output", architecture="bert",
        framework="tensorflow", layout="out_in", depth=DEPTH),
    # Warner et al., arXiv:2412.13663, cut at two sigmas.
    dense("modernbert", ("truncated_normal", CUT * TOKEN / math.sqrt(2.0 * DEPTH)), NORMAL, LECUN, role="mlp_down",
        architecture="modernbert", depth=DEPTH),
    # Liu et al., arXiv:2201.03545.
    conv("convnext", FAR_CUT, NORMAL, ("he_normal", he(SUMMED, GELU)), architecture="convnext", activation="gelu"),
    readout("convnext_layer_scale", ("constant", 1e-6), ZEROS, layer="layer_scale", architecture="convnext",
        shape=[OUT], bias=None),
    readout("normalization_around_one", ZEROS, ONES, layer="RMSNorm", architecture="gemma2", shape=[OUT], bias=None),
    # modeling_qwen3_next.py:126 and :139; its linear attention's own at :59. Megatron-LM's apply_layernorm_1p.
    readout("normalization_around_one", ZEROS, ONES, layer="model.layers.0.input_layernorm", architecture="qwen3_next",
        shape=[OUT], bias=None),
    readout("normalization_around_one", ZEROS, ONES, layer="LayerNorm1P", architecture="nemotron", shape=[OUT],
        bias=None),
    # taming/modules/vqvae/quantize.py:35 of CompVis/taming-transformers: uniform_(-1 / n_e, 1 / n_e).
    apart("codebook", ("uniform", 1.0 / 512 / math.sqrt(3.0)), ("normal", 1.0),
        layer="quantize.embedding", shape=[512, OUT], bias=None),
    # facebookresearch/mae models_mae.py, initialize_weights.
    dense("masked_autoencoder", ("glorot_uniform", glorot(64, 192)), ("glorot_uniform", glorot(64, 64)), NORMAL,
        architecture="vit_mae", role="qkv", shape=[192, 64]),
    conv("masked_autoencoder_patches", ("glorot_uniform", glorot(SUMMED, OUT)), NORMAL, architecture="vit_mae",
        role="patch_embedding"),
    readout("masked_autoencoder_tokens", NORMAL, ZEROS, layer="mask_token", architecture="vit_mae",
        shape=[1, 1, OUT], bias=None),
    # facebookresearch/detr models/detr.py and models/transformer.py, _reset_parameters.
    apart("detection_transformer_queries", ("normal", 1.0), NORMAL, layer="query_embed", architecture="detr",
        shape=[100, OUT], bias=None),
    apart("detection_transformer_queries", ("normal", 1.0), NORMAL, layer="query_embed", shape=[100, OUT], bias=None),
    dense("detection_transformer", ("glorot_uniform", glorot(64, 192)), ("glorot_uniform", glorot(64, 64)), NORMAL,
        architecture="detr", role="qkv", shape=[192, 64]),
    readout("detection_transformer_head", ROOT_BIAS, NORMAL, ZEROS, role="head", architecture="detr", bias=ROOT_BIAS),
    # Baevski et al., arXiv:2006.11477.
    conv("wav2vec2_convolution", ("he_normal", he(SUMMED)), ("he_normal", he(SUMMED, GELU)), architecture="wav2vec2"),
    conv("wav2vec2_positions", ("normal", math.sqrt(4.0 / (PIXELS * IN))), ("he_normal", he(SUMMED)),
        layer="pos_conv_embed", architecture="wav2vec2"),
    # Radford et al., arXiv:2212.04356, after Vaswani et al., arXiv:1706.03762.
    apart("whisper_encoder_positions", ("sinusoidal", None), NORMAL, layer="positional_embedding",
        architecture="whisper", stack="encoder", bias=None),
    # Gu and Dao, arXiv:2312.00752: PyTorch's default, and that over sqrt(L).
    dense("mamba_output", ("uniform", ROOT_BIAS[1] / 3.0), ROOT_BIAS, architecture="mamba", role="attention_output",
        depth=DEPTH),
    dense("mamba_matrix", ROOT_BIAS, ("normal", 0.1), LECUN, architecture="mamba2"),
    apart("mamba_time_steps", ROOT_BIAS, LECUN, layer="dt_proj", architecture="mamba", bias=("dt_bias", None)),
    # Zhai et al., arXiv:2303.15343, section 3.2.
    readout("siglip_logit_scale", ("constant", math.log(10.0)), ("constant", 2.6592), ZEROS, layer="logit_scale",
        architecture="siglip", shape=[1], bias=None),
    dense("starcoder2", ("normal", 0.018042), RESIDUAL, NORMAL, architecture="starcoder2", role="mlp_down",
        depth=DEPTH),
    dense("unscaled_residual_output", NORMAL, RESIDUAL, ("normal", lecun(IN) / math.sqrt(2.0 * DEPTH)),
        ("wang_init", 2.0 / (DEPTH * math.sqrt(IN))), ("deepnorm", glorot(IN, OUT, (8.0 * DEPTH) ** -0.25)),
        architecture="llama", role="attention_output", depth=DEPTH, bias=None, zeros_are_fine=True),
    readout("mobilenet_head", SMALL_HEAD, ZEROS, role="head", architecture="mobilenet"),
    readout("detector_boxes", SMALL_HEAD, ZEROS, role="regression_head", architecture="detector"),
    apart("siren_last", ("siren", SIREN), GLOROT, architecture="siren", role="head", bias=ROOT_BIAS),
    apart("siren_last", ("siren", 3.0 * SIREN), GLOROT, architecture="siren", role="head", omega=10.0,
        bias=ROOT_BIAS),
    conv("residual_last", ("he_normal", he(FED)), ZEROS, ("he_normal", lecun(SUMMED)), role="residual_last",
        architecture="resnet", bias=None, zeros_are_fine=True),
    readout("normalization_of_branch_end", ZEROS, ONES, layer="BatchNorm2d", shape=[OUT], role="residual_last"),
    conv("shortcut", ("he_normal", he(FED)), ("lecun_normal", lecun(SUMMED)), ("he_normal", he(SUMMED)),
        role="shortcut", architecture="resnet", bias=None),
    conv("bare_shortcut", ("lecun_normal", lecun(SUMMED)), ORTHOGONAL, ("he_normal", he(FED)), role="shortcut"),
    readout("residual_last_of_prenorm", ZEROS, NORMAL, LECUN, role="residual_last", residual=True,
        normalization="layer"),
    apart("projection_hidden", HE, ("normal", lecun(IN)), role="projection_head", activation="relu"),
    apart("projection_head", ("normal", lecun(IN)), HE, ORTHOGONAL, role="projection_head", bias=None),
    apart("projection_head", ("normal", lecun(IN)), HE, ORTHOGONAL, role="head", architecture="clip", bias=None),
    apart("mixture_head", LECUN, SMALL_HEAD, role="mixture_head"),
    apart("reconstruction_head", GLOROT, SMALL_HEAD, LECUN, role="reconstruction_head"),
    readout("lm_head", NORMAL, ZEROS, ("normal", lecun(IN)), role="lm_head", bias=None),
    readout("lm_head", NORMAL, ZEROS, ("normal", lecun(IN)), role="head", architecture="gpt", bias=None),
    apart("physics_head", GLOROT, SMALL_HEAD, role="head", architecture="pinn"),
    readout("convex", ZEROS, SMALL_HEAD, architecture="linear_model", bias=("prior_bias", 0.5)),
    # Lin et al., arXiv:1708.02002: π = 0.01.
    readout("detector_head", SMALL_HEAD, ZEROS, role="detector_head", bias=("prior_bias", 0.01)),
    readout("detector_head", SMALL_HEAD, ZEROS, role="detector_head", prior=0.2, bias=("prior_bias", 0.2)),
    readout("binary_head", ZEROS, SMALL_HEAD, LECUN, role="binary_head", prior=0.2, bias=("prior_bias", 0.2)),
    readout("head", ZEROS, SMALL_HEAD, LECUN, GLOROT, role="head"),
    readout("regression_head", ZEROS, SMALL_HEAD, LECUN, role="regression_head"),
    # Andrychowicz et al., arXiv:2006.05990.
    readout("policy_head", ("orthogonal", 0.01), ZEROS, role="policy_head"),
    readout("value_head", ORTHOGONAL, ZEROS, role="value_head"),
    # Lillicrap et al., arXiv:1509.02971.
    apart("deterministic_policy_head", ("uniform", 3e-3 / math.sqrt(3.0)), ("uniform", 3e-4 / math.sqrt(3.0)),
        role="deterministic_policy_head", bias=("uniform", 3e-3 / math.sqrt(3.0))),
    readout("variational_head", SMALL_HEAD, ZEROS, role="variational_head"),
    readout("coupling_last", ZEROS, SMALL_HEAD, role="coupling_last"),
    readout("modulation", ZEROS, NORMAL, role="modulation"),
    # Fedus et al., arXiv:2101.03961: a tenth of the variance.
    apart("router", ("truncated_normal", CUT * math.sqrt(0.1 / IN)), NORMAL, ZEROS, LECUN, role="router"),
    # Srivastava et al., arXiv:1505.00387.
    apart("highway_gate", GLOROT, HE, role="highway_gate", bias=("constant", -2.0)),
    # Chang et al. 2020.
    apart("hypernetwork_output", ("normal", 1.0 / IN), SMALL_HEAD, role="hypernetwork_output"),
    # Touvron et al., arXiv:2103.17239.
    *(readout("layer_scale", ("constant", value), ZEROS, ("constant", depth**-0.5), layer="layer_scale",
        depth=depth, shape=[OUT], bias=None) for depth, value in ((18, 0.1), (19, 1e-5), (24, 1e-5), (25, 1e-6))),
    readout("layer_scale", ("constant", 0.1), ZEROS, ("constant", 12**-0.5), layer="layer_scale", shape=[OUT],
        bias=None),
    # PyTorch's default: uniform on ±1 / sqrt(n).
    conv("patch_embedding", ("lecun_normal", lecun(SUMMED)), ("glorot_uniform", glorot(SUMMED, OUT)),
        ("uniform", lecun(SUMMED) / math.sqrt(3.0)), NORMAL, role="patch_embedding"),
    # Radford et al., arXiv:1511.06434.
    conv("dcgan", NORMAL, ("orthogonal", 1.0), ("normal", 1.0), architecture="dcgan"),
    # Lin et al., arXiv:1708.02002, section 4.1.
    conv("detector_convolution", SMALL_HEAD, ("he_normal", he(SUMMED)), GLOROT_CONV, architecture="detector",
        in_a_stack=False),
    # Radford et al., arXiv:2103.00020.
    dense("clip_attention_output", ("normal", (48 * 2.0 * DEPTH) ** -0.5), NORMAL, TORCH, role="mlp_down",
        depth=DEPTH, **CLIP),
    dense("clip_attention_output", ("normal", (48 * 24.0) ** -0.5), NORMAL, TORCH, role="mlp_down", **CLIP),
    dense("clip", ("normal", 48**-0.5), NORMAL, TORCH, role="query", **CLIP),
    dense("clip", ("normal", 96**-0.5), NORMAL, TORCH, role="mlp_up", **CLIP),
    # Shazeer, arXiv:2002.05202: a product of independent factors, one of unit second moment.
    dense("gated_down_projection", ("normal", lecun(IN, GELU) / math.sqrt(2.0 * DEPTH)), RESIDUAL, LECUN,
        activation="geglu", role="mlp_down", depth=DEPTH),
    dense("gated_down_projection", ("normal", lecun(IN, GELU)), LECUN, activation="geglu", role="mlp_down"),
    # Wang and Komatsuzaki 2021: 2 / (L sqrt(d)), d being the outputs of what narrows.
    dense("transformer_residual_output", RESIDUAL, ZEROS, ("wang_init", 2.0 / (DEPTH * math.sqrt(OUT))), LECUN,
        role="mlp_down", depth=DEPTH, zeros_are_fine=True),
    dense("transformer_residual_output_of_unknown_depth", NORMAL, ZEROS, LECUN, role="mlp_down",
        zeros_are_fine=True),
    dense("transformer_attention_matrix", GLOROT, NORMAL, LECUN, SMALL_INIT, role="query"),
    dense("transformer", NORMAL, ("normal", lecun(IN)), SMALL_INIT, GLOROT, role="mlp_up"),
    dense("actor_critic", ("orthogonal", ROOT_TWO), HE, GLOROT, architecture="actor_critic", activation="relu"),
    dense("ddpg", ROOT_BIAS, HE, architecture="ddpg", bias=ROOT_BIAS),
    dense("graph_network", GLOROT, HE, architecture="gnn"),
    dense("pinn", GLOROT, ("siren", SIREN), LECUN, architecture="pinn"),
    conv("residual_convolution", ("he_normal", he(FED)), ("he_normal", he(SUMMED)), ("orthogonal", ROOT_TWO),
        ("glorot_normal", glorot(SUMMED, FED, ROOT_TWO)), architecture="resnet", bias=None),
    # Le et al., arXiv:1504.00941.
    apart("relu_rnn_input", ("normal", 1e-3), ("lecun_normal", lecun(IN)), ORTHOGONAL, layer="rnn",
        activation="relu", tensor="input", tensors={"recurrent": ("identity", 1.0)}),
    apart("relu_rnn", ("identity", 1.0), ORTHOGONAL, ("identity", 0.01), layer="rnn", activation="relu",
        shape=[IN, IN], tensors={"input": ("normal", 1e-3)}),
    apart("rnn_input", GLOROT, LECUN, ORTHOGONAL, layer="rnn", tensor="input", tensors={"recurrent": ORTHOGONAL}),
    # Henaff et al., arXiv:1602.06662.
    apart("rnn", ORTHOGONAL, ("identity", 1.0), ("orthogonal", 0.95), ("glorot_uniform", glorot(IN, IN)),
        layer="rnn", shape=[IN, IN], inputs=32, tensors={"input": ("glorot_uniform", glorot(32, IN))}),
    *memories_by_gate("lstm_by_gate"),
    *memories_by_gate("long_lstm_by_gate", longest=100.0),
    *long_and_short_memories("lstm", "lstm_bias"),
    # Haiku's, whose one matrix sums inputs and state; that of its convolutional cell with a kernel of one place.
    apart("lstm_of_one_matrix", ("lecun_normal", lecun(IN + 32)), ("glorot_uniform", glorot(IN + 32, IN)), ORTHOGONAL,
        layer="lstm", framework="haiku", shape=[IN + 32, 4 * IN]),
    apart("lstm_of_one_matrix_input", ("lecun_normal", lecun(IN + 32)), ("lecun_normal", lecun(IN + 32)), ORTHOGONAL,
        layer="lstm", framework="haiku", shape=[IN + 32, 4 * IN], tensor="input"),
    apart("lstm_with_forget_bias_in_call", ORTHOGONAL, SQUARE, IDENTITY, PYTORCH_UNIFORM, layer="ConvLSTM",
        framework="haiku", shape=[1, 1, IN, 4 * IN], inputs=32,
        tensors={"input": FROM_INPUTS, "hidden_to_hidden.b": ZEROS}),
    apart("lstm_with_forget_bias_in_call_input", FROM_INPUTS, *OF_FLAX_AND_KERAS, ORTHOGONAL,
        layer="ConvLSTM", framework="haiku", shape=[1, 1, 32, 4 * IN], tensor="input",
        tensors={"recurrent": ORTHOGONAL, "hidden_to_hidden.b": ZEROS}),
    *long_and_short_memories("lstm_of_pytorch", "lstm_bias", {"bias_hh": ZEROS}, framework="pytorch"),
    *long_and_short_memories("long_lstm", "chrono", longest=100.0),
    *long_and_short_memories("long_lstm_of_pytorch", "chrono", {"bias_hh": ZEROS}, longest=100.0, framework="pytorch"),
    apart("gru", ORTHOGONAL, SQUARE, IDENTITY, layer="gru", shape=[3 * IN, IN], inputs=32,
        tensors={"input": FROM_INPUTS}),
    apart("gru_input", FROM_INPUTS, OF_FLAX_AND_KERAS[0], ("glorot_uniform", glorot(32, 3 * IN)), ORTHOGONAL,
        tensor="input", layer="gru",
        shape=[3 * IN, 32], tensors={"recurrent": ORTHOGONAL}),
    conv("depthwise", ("he_normal", he(PIXELS)), ("dirac", None), activation="relu",
        shape=[OUT, 1, 3, 3], groups=OUT),
    conv("grouped", ("he_normal", he(SUMMED)), ("he_normal", he(FED / 4)), activation="relu", groups=4),
    # A unit sums in · k² / stride² inputs.
    conv("transposed", ("he_normal", he(FED / 4)), ("bilinear", None), ("glorot_normal", glorot(FED / 4, SUMMED)),
        layer="conv_transpose", stride=2, activation="relu"),
    conv("subpixel", ("icnr", he(SUMMED)), ("he_normal", he(SUMMED)), layer="subpixel_conv", activation="relu"),
    apart("embedding_in_transformer", NORMAL, ("normal", lecun(IN)), ("normal", 1.0),
        ("uniform", 0.05 / math.sqrt(3.0)), layer="embedding", tied=True, bias=None),
    apart("embedding", NORMAL, ("normal", lecun(IN)), ("normal", 1.0), ("uniform", 0.05 / math.sqrt(3.0)),
        layer="embedding", bias=None),
    readout("positional_embedding", NORMAL, ZEROS, layer="positional_embedding", bias=None),
    readout("positional_embedding", ("normal", 0.01), ZEROS, layer="positional_embedding", architecture="clip",
        bias=None),
    apart("normalization_of_gan", NORMAL, ONES, layer="BatchNorm2d", architecture="dcgan", shape=[OUT]),
    apart("normalization", ONES, ZEROS, layer="LayerNorm", shape=[OUT]),
    readout("prelu", ("constant", 0.25), ZEROS, layer="prelu", shape=[OUT], bias=None),
    dense("attention", SQUARE, NORMAL, LECUN, SMALL_INIT, layer="attention", role="residual_last", shape=[IN, IN],
        tensors={"output": SQUARE}),
    # Hu et al., arXiv:2106.09685, whose code has the uniform of nn.Linear; N(0, 1 / r²) in peft.
    apart("lora", ("lora_a", 1.0 / math.sqrt(3.0 * IN)), ("lora_a", 1.0 / 4.0), ZEROS, layer="lora", shape=[4, IN],
        bias=None, tensors={"up": ZEROS}),
    # The same: B is zeros, and normal_ where it is of an embedding.
    readout("lora_second", ZEROS, ("normal", 1.0), layer="lora_B", shape=[OUT, 4], bias=None),
    dense("graph", GLOROT, HE, ("glorot_normal", glorot(IN, OUT)), layer="graph"),
    apart("s4", ("hippo", None), ("s4d", None), layer="s4", bias=None, shape=[16, 16],
        tensors={"dt_bias": ("dt_bias", None)}),
    apart("s4d", ("s4d", None), ("s4d", None), layer="s4d", bias=None, tensors={"dt_bias": ("dt_bias", None)}),
    # Gu and Dao, arXiv:2312.00752: dt_rank = ceil(d / 16), and dt_proj uniform on ±dt_rank^(-1/2).
    apart("mamba", ("mamba_a_log", None), ("mamba2_a_log", None), layer="mamba", width=40, bias=None,
        tensors={"dt_proj.weight": ("uniform", 3**-0.5 / math.sqrt(3.0)), "dt_proj.bias": ("dt_bias", None),
        "D": ONES}),
    apart("mamba2", ("mamba2_a_log", None), ("mamba_a_log", None), layer="mamba2", bias=None, shape=[OUT],
        tensors={"dt_bias": ("dt_bias", None), "D": ONES}),
    # mamba_ssm/modules/mamba_simple.py and mamba2.py; S4's D is N(0, 1) in state-spaces/s4.
    apart("skip_of_state_space", ONES, ("normal", 1.0), layer="D", architecture="mamba", shape=[OUT], bias=None),
    apart("bias_of_time_steps", ("dt_bias", None), ("dt_bias", None), layer="dt_bias",
        architecture="mamba2", shape=[OUT], bias=None),
    # Wang et al., arXiv:2408.15664, algorithm 1.
    apart("bias_of_experts", ZEROS, ONES, layer="e_score_correction_bias", architecture="deepseek_v3", shape=[OUT],
        bias=None, zeros_are_fine=True),
    # clip/model.py: scale = width ** -0.5; class_embedding = scale * randn(width)
    apart("clip_class_token", ("normal", lecun(OUT)), NORMAL, layer="class_embedding", architecture="clip",
        shape=[OUT], bias=None),
    # Radford et al., arXiv:2103.00020; Zhai et al., arXiv:2303.15343.
    apart("bias_of_logits", ("constant", -10.0), ZEROS, layer="logit_bias", architecture="siglip", shape=[1],
        bias=None),
    apart("logit_scale", ("constant", math.log(1.0 / 0.07)), ("constant", math.log(10.0)), layer="logit_scale",
        shape=[1], bias=None),
    # Xiao et al., arXiv:1806.05393; Saxe et al., arXiv:1312.6120.
    conv("very_deep_convolution", ("delta_orthogonal", 1.0), ORTHOGONAL, ("glorot_normal", glorot(SUMMED, FED)),
        ("lecun_normal", lecun(SUMMED)), **DEEP),
    dense("very_deep", ORTHOGONAL, ("glorot_normal", glorot(IN, OUT)), LECUN, ("orthogonal", 1.1), **DEEP),
    dense("very_deep_elu", ("orthogonal", ELU), ("he_normal", he(IN, ELU)), LECUN, activation="elu", depth=50),
    dense("very_deep_rectifier", HE, ("orthogonal", ROOT_TWO), ("he_normal", he(OUT)), activation="relu",
        depth=30),
    apart("siren_first", ("siren", 1.0 / IN / math.sqrt(3.0)), ("siren", SIREN), activation="siren", role="first",
        bias=ROOT_BIAS),
    # E[sin²(ω z)] is 1/2 to the last digit for ω = 30.
    dense("siren", ("siren", SIREN), ("glorot_normal", glorot(IN, OUT, ROOT_TWO)), activation="siren",
        bias=ROOT_BIAS),
    dense("rectifier", HE, ("he_uniform", he(IN)), ("he_normal", he(OUT)), ("orthogonal", ROOT_TWO),
        activation="relu"),
    dense("rectifier", ("he_normal", he(IN, LEAKY)), ("he_uniform", he(IN, LEAKY)), ("he_normal", he(OUT, LEAKY)),
        ("orthogonal", LEAKY), activation="leaky_relu", negative_slope=0.2),
    # Pretorius et al., arXiv:1811.00293: inverted dropout scales the second moment up by what is kept.
    dense("rectifier", ("he_normal", he(IN, math.sqrt(1.5))), ("he_uniform", he(IN, math.sqrt(1.5))),
        ("he_normal", he(OUT, math.sqrt(1.5))), ("orthogonal", math.sqrt(1.5)), activation="relu", dropout=0.25),
    dense("lecun_tanh", LECUN, GLOROT, ORTHOGONAL, activation="lecun_tanh"),
    dense("tanh", GLOROT, LECUN, ORTHOGONAL, ("glorot_uniform", glorot(IN, OUT, 5.0 / 3.0)),
        ("glorot_normal", glorot(IN, OUT, gain_of(math.tanh))), activation="tanh"),
    # LeCun et al. 1998: a variance of 1 / fan_in.
    dense("tanh_of_unequal_sides", ("lecun_normal", lecun(4)), ("glorot_uniform", glorot(4, 64)), shape=[64, 4],
        activation="tanh"),
    # Kumar, arXiv:1704.08863: n f'(0)² (1 + f(0)²) = 1 / variance, 12.8 = 16 · 4 / 5.
    dense("sigmoid", GLOROT, ("normal", math.sqrt(16.0 / (1.0 + 0.25)) / math.sqrt(IN)),
        ("glorot_uniform", glorot(IN, OUT, 4.0)), LECUN, activation="sigmoid"),
    dense("selu", LECUN, ("lecun_normal", lecun(IN, SELU_SLOPE)), ("lecun_normal", lecun(IN, 0.75)), ORTHOGONAL,
        activation="selu"),
    dense("elu", ("he_normal", he(IN, ELU)), HE, LECUN, ("orthogonal", ELU), activation="elu"),
    dense("smooth_rectifier", ("he_normal", he(IN, GELU)), HE, ("lecun_normal", CRITICAL_GELU),
        ("orthogonal", GELU), activation="gelu"),
    dense("smooth_rectifier_without_critical_point", ("he_normal", he(IN, TANH_GELU)), HE,
        ("orthogonal", TANH_GELU), activation="gelu_tanh"),
    # The larger of two standard normals: E[max²] = 1 (Tseran and Montúfar, arXiv:2301.06956).
    dense("maxout", ("he_normal", lecun(IN)), HE, activation="maxout"),
    dense("gated", ("he_normal", he(IN, GELU)), activation="geglu"),
    dense("linear", GLOROT, LECUN, ORTHOGONAL, activation="linear"),
    dense("any_activation", ("glorot_normal", glorot(IN, OUT, SOFTPLUS)), ("he_normal", he(IN, SOFTPLUS)), LECUN,
        ("orthogonal", SOFTPLUS), activation="softplus"),
    dense("any_activation_of_unequal_sides", ("he_normal", he(4, SOFTPLUS)),
        ("glorot_normal", glorot(4, 64, SOFTPLUS)), ("lecun_normal", lecun(4)), shape=[64, 4], activation="softplus"),
    conv("fallback", ("lecun_normal", lecun(SUMMED)), GLOROT_CONV, ORTHOGONAL, role="mlp_up"),
]
# fmt: on


def numbers(tensor):
    """Return an initializer and the number that stands for it, see Row."""
    if tensor is None:
        return None
    name, parameters = tensor["initializer"], tensor["parameters"]
    if name in {"orthogonal", "delta_orthogonal", "identity"}:
        return name, parameters.get("gain", 1.0)
    if name == "ones":
        return name, 1.0
    if name == "prior_bias":
        return name, parameters.get("prior", 0.01)
    return name, parameters.get("value", tensor["std"])


def near(tensor):
    """Return what a tensor has to be, up to the digits of an answer."""
    if tensor is None or tensor[1] is None:
        return tensor
    return tensor[0], pytest.approx(tensor[1], rel=2e-9, abs=0)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_a_rule_recommends_what_its_references_say(row):
    recommendation = ask(row.layer, **row.members)["recommendation"]

    assert recommendation["rule"] == row.rule
    assert numbers(recommendation["weights"]) == near(row.weights)
    assert numbers(recommendation["bias"]) == near(row.bias)
    assert {name: numbers(tensor) for name, tensor in recommendation["tensors"].items()} == {
        name: near(tensor) for name, tensor in row.tensors.items()
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_the_alternatives_of_a_rule_are_what_their_references_say(row):
    alternatives = ask(row.layer, **row.members)["alternatives"]

    assert [numbers(choice["weights"]) for choice in alternatives] == [near(tensor) for tensor in row.others]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_theory_speaks_of_layers_in_a_stack_of_their_like_only(row):
    evidence = ask(row.layer, **row.members)["evidence"]

    assert (evidence["forward_ratio"] is not None) == row.in_a_stack


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_zeros_are_good_only_where_something_else_breaks_the_symmetry(row):
    judgement = ask(row.layer, current=("zeros", {}), **row.members)["verdict"]["judgement"]

    assert (judgement == "good") == row.zeros_are_fine


def test_every_rule_has_a_row():
    """Rules that another before them always hides would be dead."""
    assert {rule.name for rule in RULES} == {row.rule for row in ROWS}
