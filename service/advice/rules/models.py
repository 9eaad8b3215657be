"""Rules by the family of models that a layer is in: what its own code does, beside what theory and others do."""

from __future__ import annotations

import math

from service.advice.layer.layer import Layer
from service.advice.layer.model_part import (
    QUERY_WORDS,
    is_in_encoder,
    is_in_linear_attention,
    model_context,
    model_tensor,
)
from service.advice.layer.vocabulary import fold_layer_word
from service.advice.recipe import recipe
from service.advice.rules.condition import (
    HIDDEN,
    TRANSFORMER_MATRICES,
    Condition,
    architecture,
    called,
    kind,
    member,
    role,
)
from service.advice.rules.parametrizations import DEEPNORM
from service.advice.rules.recipes import (
    FLATTENED_GLOROT,
    GATED_RESIDUAL,
    GLOROT_UNIFORM,
    HE_NORMAL,
    LECUN_NORMAL,
    ONES,
    RESIDUAL,
    ROOT_OF_INPUTS,
    TOKEN_NORMAL,
    TOKEN_STD,
    TRUNCATED_TOKEN_NORMAL,
    UNIFORM_OF_INPUTS,
    ZEROS,
)
from service.advice.rules.rule import Choice, Rule
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer

_MATRIX = kind("dense", "attention")
_ANY_MATRIX = _MATRIX & (HIDDEN | TRANSFORMER_MATRICES)
_FEED_FORWARD = role("mlp_up", "mlp_gate", "mlp_down")
_JAX = member("framework", "flax", "jax", "haiku")
_TENSORFLOW = member("framework", "tensorflow", "keras")
_UNSCALED = architecture(
    "llama", "bert", "gptj", "gpt_neox", "opt", "bloom", "falcon", "phi", "starcoder2", "mixtral", "deepseek_v3",
    "whisper", "wav2vec2",
)  # fmt: skip
"""Those in whose code in transformers nothing depends on the depth."""
_MAMBA = architecture("mamba", "mamba2")
_CLASS_TOKEN = called(
    "it is a class token or a register",
    "clstoken", "classtoken", "disttoken", "distillationtoken", "registertokens", "classembedding",
)  # fmt: skip
_OF_TIME = called(
    "it is in the network of the time steps",
    "timestepembedding", "timestepembedder", "timeembed", "timemlp", "tembeddermlp0", "tembeddermlp2",
)  # fmt: skip
_OF_POSITIONS = called("it is the convolution of the positions", "posconvembed", "positionalconvembedding")
_OF_LINEAR_ATTENTION = Condition("it is in linear attention", is_in_linear_attention)
_TOKENS_OF_QUERIES = frozenset(("querytokens",))
"""Which are those of a Q-Former too, which starts them at N(0, 0.02²)."""
_OF_QUERIES = Condition(
    "it is the embedding of the queries of DETR and its like",
    lambda layer: (
        (word := fold_layer_word(layer.description.layer)) in QUERY_WORDS
        and (layer.description.architecture == "detr" or word not in _TOKENS_OF_QUERIES)
    ),
)
_IN_ENCODER = Condition("in the encoder", is_in_encoder)
_OF_TIME_STEPS = called("it is dt_proj", "dtproj")


def _positions_std(layer: Layer) -> float:
    assert layer.axes is not None
    return math.sqrt(4.0 / (layer.axes.receptive_field * layer.axes.in_ * layer.groups))


def _own_std(layer: Layer) -> float:
    """Return the standard deviation, before any cut, with which the family's code draws the layer's weight."""
    model = model_tensor(layer)
    scheme = None if model is None else model.weight.initializer(model_context(layer))
    return scheme.std if isinstance(scheme, NormalInitializer | TruncatedNormalInitializer) else TOKEN_STD


_OWN_NORMAL = recipe("normal", std=_own_std)
_FUSED_GLOROT = recipe("glorot_uniform", gates=1)
"""Of queries, keys and values stacked, read as one matrix."""
_FAR_CUT = recipe("truncated_normal", std=TOKEN_STD, bounds="absolute")
_TINY = recipe("normal", std=1e-6)
_SMALL_HEAD = recipe("normal", std=0.01)


def _end(layer: Layer) -> float:
    """Return the bound of PyTorch's default, divided by the root of the depth."""
    return 1.0 / math.sqrt(layer.fan_in * (layer.depth or 1))


MODEL_RULES = (
    Rule(
        "t5_embedding",
        architecture("t5") & kind("embedding"),
        _OWN_NORMAL,
        "T5: N(0, 1). Where the embedding is the output layer as well, its inputs there are divided by sqrt(d).",
        ("raffel2019",),
        (
            Choice(TOKEN_NORMAL, "you follow GPT-2 and BERT, whose output layers divide by nothing", ("radford2019",)),
            Choice(ROOT_OF_INPUTS, "there is a separate output layer, as in T5 1.1", ("raffel2019",)),
        ),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "t5_relative_position_bias",
        architecture("t5") & kind("positional_embedding"),
        _OWN_NORMAL,
        "T5's only positions are biases of its logits, by distance and head, from N(0, 1 / d). Without width, d is "
        "assumed to be 64 for each head, as in its smaller models.",
        ("raffel2019",),
        (Choice(ZEROS, "all distances should count alike at first, as in transformers' Swin", ("wolf2019",)),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "t5_lm_head",
        architecture("t5") & role("lm_head"),
        ROOT_OF_INPUTS,
        "The separate output layer of T5 1.1: N(0, 1 / d), for logits of unit variance.",
        ("raffel2019",),
        (
            Choice(recipe("normal"), "you follow transformers: N(0, 1), for logits that are divided by sqrt(d)"),
            Choice(ZEROS, "the loss should start at exactly ln C", ("dosovitskiy2020",)),
        ),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "t5",
        architecture("t5") & _ANY_MATRIX,
        _OWN_NORMAL,
        "T5, whose attention does not divide its logits: queries from N(0, 1 / (d · d_k)), all other matrices from "
        "N(0, 1 / fan_in). d_k is head_size, or 64 without it.",
        ("raffel2019", "lecun1998"),
        (
            Choice(
                LECUN_NORMAL, "the logits are divided by sqrt(d_k), so that queries need not be smaller", ("lecun1998",)
            ),
            Choice(TOKEN_NORMAL, "you follow GPT-2 and BERT", ("radford2019",)),
        ),
    ),
    Rule(
        "diffusion_transformer_time",
        architecture("dit") & kind("dense") & HIDDEN & _OF_TIME,
        TOKEN_NORMAL,
        "DiT's network of the time steps: N(0, 0.02²).",
        ("peebles2022",),
        (Choice(GLOROT_UNIFORM, "you treat it like DiT's other matrices", ("peebles2022", "glorot2010")),),
    ),
    Rule(
        "diffusion_transformer",
        architecture("dit") & _ANY_MATRIX,
        _FUSED_GLOROT,
        "DiT: Glorot's uniform on every linear layer, with queries, keys and values as one matrix, and zeros on "
        "modulations (role=modulation) and the final layer, so that each block is the identity at first.",
        ("peebles2022", "glorot2010"),
        (
            Choice(
                GLOROT_UNIFORM,
                "queries, keys and values should each be drawn by itself, as theory says",
                ("glorot2010",),
            ),
            Choice(TOKEN_NORMAL, "it is in the network of the time steps (layer=time_mlp)", ("peebles2022",)),
        ),
    ),
    Rule(
        "diffusion_transformer_patches",
        architecture("dit") & role("patch_embedding"),
        FLATTENED_GLOROT,
        "DiT: Glorot's uniform on the kernel read as a matrix of flattened patches.",
        ("peebles2022", "glorot2010"),
        (Choice(LECUN_NORMAL, "the scale should not depend on the width", ("lecun1998",)),),
    ),
    Rule(
        "masked_autoencoder",
        architecture("vit_mae") & _ANY_MATRIX,
        _FUSED_GLOROT,
        "MAE's own code: Glorot's uniform on every linear layer, with queries, keys and values as one matrix.",
        ("he2021", "glorot2010"),
        (
            Choice(GLOROT_UNIFORM, "queries, keys and values should each be drawn by itself", ("glorot2010",)),
            Choice(TOKEN_NORMAL, "you follow transformers: N(0, 0.02²)", ("wolf2019",)),
        ),
    ),
    Rule(
        "masked_autoencoder_patches",
        architecture("vit_mae") & role("patch_embedding"),
        FLATTENED_GLOROT,
        "MAE: Glorot's uniform on the kernel read as a matrix of flattened patches.",
        ("he2021", "glorot2010"),
        (Choice(TOKEN_NORMAL, "you follow transformers: N(0, 0.02²)", ("wolf2019",)),),
    ),
    Rule(
        "masked_autoencoder_tokens",
        architecture("vit_mae") & kind("positional_embedding"),
        TOKEN_NORMAL,
        "MAE: N(0, 0.02²) on the class token and the mask token. Its positions are not learnt, but sines and cosines "
        "of both axes, which have no scheme here.",
        ("he2021",),
        (Choice(ZEROS, "you follow transformers", ("wolf2019",)),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "detection_transformer_queries",
        kind("embedding", "positional_embedding") & _OF_QUERIES,
        recipe("normal"),
        "DETR: its queries are an nn.Embedding of PyTorch that stays as it starts, N(0, 1).",
        ("carion2020",),
        (Choice(TOKEN_NORMAL, "you follow transformers: N(0, 0.02²)", ("wolf2019",)),),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "detection_transformer",
        architecture("detr") & _ANY_MATRIX,
        _FUSED_GLOROT,
        "DETR: Glorot's uniform on every matrix of the transformer, with queries, keys and values as one. Its heads "
        "and the projection of the map keep PyTorch's default.",
        ("carion2020", "glorot2010"),
        (
            Choice(GLOROT_UNIFORM, "queries, keys and values should each be drawn by itself", ("glorot2010",)),
            Choice(TOKEN_NORMAL, "you follow transformers: N(0, 0.02²)", ("wolf2019",)),
        ),
    ),
    Rule(
        "detection_transformer_head",
        architecture("detr") & role("head", "regression_head"),
        UNIFORM_OF_INPUTS,
        "DETR's own code leaves PyTorch's default on its heads, U(±1 / sqrt(fan_in)), and on their biases.",
        ("carion2020",),
        (
            Choice(TOKEN_NORMAL, "you follow transformers: N(0, 0.02²)", ("wolf2019",)),
            Choice(ZEROS, "the loss should start at exactly ln C", ("dosovitskiy2020",)),
        ),
        bias=recipe("uniform", fan_in=lambda layer: layer.fan_in),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "vision_transformer_jax_feed_forward",
        architecture("vit") & _MATRIX & _FEED_FORWARD & _JAX,
        GLOROT_UNIFORM,
        "The paper's own code, in JAX: Glorot's uniform, with biases from N(0, 1e-12) in the feed-forward.",
        ("dosovitskiy2020", "glorot2010"),
        (Choice(_FAR_CUT, "you follow timm and DeiT in PyTorch", ("dosovitskiy2020",)),),
        bias=_TINY,
    ),
    Rule(
        "vision_transformer_jax",
        architecture("vit") & _ANY_MATRIX & _JAX,
        GLOROT_UNIFORM,
        "The paper's own code, in JAX: Glorot's uniform on queries, keys, values and the output, each by itself.",
        ("dosovitskiy2020", "glorot2010"),
        (Choice(_FAR_CUT, "you follow timm and DeiT in PyTorch", ("dosovitskiy2020",)),),
    ),
    Rule(
        "vision_transformer",
        architecture("vit") & _ANY_MATRIX,
        _FAR_CUT,
        "As in timm's code: trunc_normal_(std=0.02) for every linear layer, and a bias of zeros. The bounds are ±2, a "
        "hundred sigmas, so that nothing is cut: N(0, 0.02²).",
        ("dosovitskiy2020",),
        (
            Choice(
                GLOROT_UNIFORM,
                "you follow the paper's code in JAX, and MoCo v3: on queries, keys and values each by itself",
                ("dosovitskiy2020", "chen2021"),
            ),
            Choice(
                TRUNCATED_TOKEN_NORMAL, "you want a cut at two sigmas, as in TensorFlow and JAX", ("dosovitskiy2020",)
            ),
            Choice(
                RESIDUAL,
                "it ends a branch of a deep model, and the sum of the branches should not grow",
                ("radford2019",),
            ),
        ),
    ),
    Rule(
        "vision_transformer_class_token",
        architecture("vit") & kind("positional_embedding") & _CLASS_TOKEN,
        _TINY,
        "timm: N(0, 1e-12) on the class token and on registers, in effect the zeros of the paper's code.",
        ("dosovitskiy2020",),
        (
            Choice(ZEROS, "you follow the paper's code in JAX, or transformers' DeiT", ("dosovitskiy2020",)),
            Choice(TOKEN_NORMAL, "you follow transformers' ViT", ("wolf2019",)),
        ),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "clip_class_token",
        architecture("clip") & kind("positional_embedding") & _CLASS_TOKEN,
        recipe("normal", std=lambda layer: layer.shape[-1] ** -0.5),
        "OpenAI's CLIP: d^(-1/2) times N(0, 1) on the class token, as on the positions of its vision tower.",
        ("radford2021",),
        (Choice(TOKEN_NORMAL, "you follow ViT and BERT", ("dosovitskiy2020",)),),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "bert_in_tensorflow",
        architecture("bert") & ~architecture("modernbert") & (_ANY_MATRIX | kind("embedding")) & _TENSORFLOW,
        TRUNCATED_TOKEN_NORMAL,
        "BERT's own code, in TensorFlow: N(0, 0.02²), cut at two sigmas, on every matrix and embedding at any depth.",
        ("devlin2018",),
        (
            Choice(TOKEN_NORMAL, "you follow transformers, which does not cut", ("wolf2019",)),
            Choice(
                RESIDUAL, "it ends a branch, and you follow GPT-2 and Megatron-LM: 0.02 / sqrt(2 L)", ("radford2019",)
            ),
        ),
    ),
    Rule(
        "modernbert",
        architecture("modernbert") & (_ANY_MATRIX | kind("embedding")),
        recipe("truncated_normal", std=_own_std),
        "ModernBERT: N(0, 0.02²), cut at two sigmas, and divided by sqrt(2 L) in the last layer of a branch.",
        ("warner2024", "radford2019"),
        (
            Choice(TOKEN_NORMAL, "you follow BERT, which does neither", ("devlin2018",)),
            Choice(LECUN_NORMAL, "the scale of the signal should be the same at every width", ("lecun1998",)),
        ),
    ),
    Rule(
        "convnext",
        architecture("convnext")
        & kind("dense", "conv")
        & (HIDDEN | role("mlp_up", "mlp_down", "residual_last", "patch_embedding")),
        _FAR_CUT,
        "ConvNeXt: trunc_normal_(std=0.02) on every convolution and linear layer, whose bounds of ±2 cut nothing, and "
        "zeros on the bias; LayerScale at 1e-6 makes each block almost the identity.",
        ("liu2022",),
        (
            Choice(TOKEN_NORMAL, "you follow transformers: the same but for rounding", ("wolf2019",)),
            Choice(HE_NORMAL, "no LayerScale follows: by fan_in", ("he2015",)),
        ),
    ),
    Rule(
        "convnext_layer_scale",
        architecture("convnext") & kind("layer_scale"),
        recipe("constant", value=1e-6),
        "ConvNeXt: 1e-6 at every depth.",
        ("liu2022", "touvron2021"),
        (
            Choice(
                ZEROS,
                "each block should be exactly the identity at first (ReZero, SkipInit)",
                ("bachlechner2020", "de2020"),
            ),
        ),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "normalization_around_one",
        architecture("gemma", "gemma2", "gemma3", "qwen3_next", "qwen3_5", "nemotron")
        & kind("normalization")
        & ~_OF_LINEAR_ATTENTION,
        ZEROS,
        "The normalisations of Gemma 1 to 3, Qwen3-Next, Qwen3.5 and Nemotron multiply by 1 + weight: zeros are their "
        "scale of 1.",
        ("gemma2024",),
        (Choice(ONES, "the normalisation multiplies by the weight itself, as LLaMA's does", ("touvron2023",)),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "siglip_logit_scale",
        architecture("siglip") & kind("logit_scale"),
        recipe("constant", value=round(math.log(10.0), 12)),
        "SigLIP: the logarithm of a scale of 10, with a bias of -10 on the logits, so that the many negative pairs "
        "weigh little at first.",
        ("zhai2023",),
        (
            Choice(recipe("constant", value=2.6592), "the loss is CLIP's softmax: ln(1 / 0.07)", ("radford2021",)),
            Choice(ZEROS, "you follow transformers, whose class is for weights that are trained", ("wolf2019",)),
        ),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "whisper_encoder_positions",
        architecture("whisper") & kind("positional_embedding") & _IN_ENCODER,
        recipe("sinusoidal", order="halves", timescales="inclusive"),
        "Whisper's encoder has sines and cosines of the positions, which are not trained.",
        ("radford2022", "vaswani2017"),
        (Choice(TOKEN_NORMAL, "the positions are learnt, as in its decoder", condition=~_IN_ENCODER),),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "wav2vec2_positions",
        architecture("wav2vec2") & kind("conv") & HIDDEN & _OF_POSITIONS,
        recipe("normal", std=_positions_std),
        "wav2vec 2.0's convolution over positions: N(0, 4 / (k · d)) for a kernel of k and d channels, whatever the "
        "number of groups. transformers draws it likewise, but after the weight normalisation, which keeps PyTorch's "
        "default.",
        ("baevski2020",),
        (
            Choice(
                recipe("he_normal"), "it is a convolution of the feature encoder", ("he2015",), condition=~_OF_POSITIONS
            ),
        ),
    ),
    Rule(
        "wav2vec2_convolution",
        architecture("wav2vec2") & kind("conv") & HIDDEN,
        recipe("he_normal"),
        "wav2vec 2.0: He's normal by fan_in with ReLU's gain, although GELU follows.",
        ("baevski2020", "he2015"),
        (Choice(HE_NORMAL, "you prefer GELU's own gain, which is 8 % larger", ("he2015",)),),
    ),
    Rule(
        "mamba_time_steps",
        _MAMBA & kind("dense") & _OF_TIME_STEPS,
        UNIFORM_OF_INPUTS,
        "Mamba's dt_proj: U(±1 / sqrt(rank)), and as its bias the inverse softplus of time steps that are log-uniform "
        "between 0.001 and 0.1.",
        ("gu2023",),
        (Choice(LECUN_NORMAL, "the time steps should depend more on the inputs at first", ("lecun1998",)),),
        bias=recipe("dt_bias"),
        has_theory=False,
    ),
    Rule(
        "mamba_output",
        _MAMBA & kind("dense") & role("attention_output", "residual_last"),
        recipe("uniform", low=lambda layer: -_end(layer), high=_end),
        "Mamba: PyTorch's default on out_proj, divided by sqrt(L) because the stream sums L branches. Give depth for "
        "it.",
        ("gu2023", "radford2019"),
        (
            Choice(
                UNIFORM_OF_INPUTS, "you follow transformers, whose default does not depend on the depth", ("wolf2019",)
            ),
        ),
    ),
    Rule(
        "mamba_matrix",
        _MAMBA & kind("dense", "conv") & HIDDEN,
        UNIFORM_OF_INPUTS,
        "Mamba's own code leaves PyTorch's default on in_proj, x_proj and conv1d: U(±1 / sqrt(fan_in)).",
        ("gu2023",),
        (
            Choice(_OWN_NORMAL, "you follow transformers: N(0, 0.1²)", ("wolf2019",)),
            Choice(LECUN_NORMAL, "the signal should keep its scale", ("lecun1998",)),
        ),
    ),
    Rule(
        "starcoder2",
        architecture("starcoder2") & (_MATRIX & (HIDDEN | TRANSFORMER_MATRICES | role("lm_head")) | kind("embedding")),
        _OWN_NORMAL,
        "StarCoder2: N(0, 0.018042²) on every matrix, as its configuration in transformers says.",
        ("wolf2019",),
        (
            Choice(
                RESIDUAL, "it ends a branch, and you follow GPT-2 and Megatron-LM: 0.02 / sqrt(2 L)", ("radford2019",)
            ),
            Choice(TOKEN_NORMAL, "you follow most other models", ("radford2019",)),
        ),
    ),
    Rule(
        "unscaled_residual_output",
        _UNSCALED & _MATRIX & role("attention_output", "mlp_down"),
        TOKEN_NORMAL,
        "This family's code in transformers: N(0, 0.02²) on every matrix at any depth. Theory, GPT-2, Megatron-LM "
        "and torchtitan divide the last layer of a branch by the root of the number of branches.",
        ("wolf2019", "devlin2018", "touvron2023"),
        (
            Choice(RESIDUAL, "you follow GPT-2 and Megatron-LM: 0.02 / sqrt(2 L)", ("radford2019", "shoeybi2019")),
            Choice(
                GATED_RESIDUAL,
                "you prefer theory's scale for any width: the gain for what comes before, over sqrt(2 L fan_in)",
                ("shazeer2020", "radford2019"),
            ),
            Choice(
                recipe("wang_init", layers=lambda layer: layer.depth, width=lambda layer: layer.width),
                "the other matrices start with small_init, as in GPT-NeoX-20B",
                ("black2022",),
            ),
            Choice(
                DEEPNORM,
                "the model multiplies its residual connections by α, the reply's residual_alpha; it is wrong without",
                ("wang2022",),
            ),
        ),
        zeros_are_fine=True,
    ),
    Rule(
        "mobilenet_head",
        architecture("mobilenet") & role("head"),
        _SMALL_HEAD,
        "MobileNet's classifier in torchvision: N(0, 0.01²), with biases of zero.",
        ("sandler2018",),
        (Choice(ZEROS, "the loss should start at exactly ln C", ("dosovitskiy2020",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "detector_boxes",
        architecture("detector") & role("regression_head"),
        _SMALL_HEAD,
        "RetinaNet's boxes: N(0, 0.01²), with biases of zero: each starts near its anchor.",
        ("lin2017",),
        (Choice(ZEROS, "it should start exactly at its anchor", ("lin2017",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
)
