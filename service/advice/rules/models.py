"""Rules by the family of models that a layer is in: what its own code does, beside what theory and others do."""

from __future__ import annotations

import math

from service.advice.layer.layer import Layer
from service.advice.layer.model_part import model_context, model_tensor
from service.advice.layer.vocabulary import fold_layer_word
from service.advice.recipe import recipe
from service.advice.rules.condition import (
    HIDDEN,
    TRANSFORMER_MATRICES,
    Condition,
    architecture,
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
_TIME = frozenset(("timestepembedding", "timestepembedder", "timeembed", "timemlp"))
_CLASS_TOKEN = Condition(
    "a class token or a register",
    lambda layer: fold_layer_word(layer.description.layer) in {"clstoken", "classtoken", "disttoken", "registertokens"},
)
_OF_TIME = Condition("the network of the time steps", lambda layer: fold_layer_word(layer.description.layer) in _TIME)


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
        "T5: N(0, 1). Where the embedding is also the output layer, its inputs are divided by sqrt(d) there.",
        ("raffel2019",),
        (
            Choice(TOKEN_NORMAL, "as GPT-2 and BERT, whose output layers divide by nothing", ("radford2019",)),
            Choice(ROOT_OF_INPUTS, "an output layer of its own, as in T5 1.1", ("raffel2019",)),
        ),
        bias=None,
        has_theory=False,
    ),
    Rule(
        "t5_relative_position_bias",
        architecture("t5") & kind("positional_embedding"),
        _OWN_NORMAL,
        "T5's only positions are biases of its logits, by distance and head, from N(0, 1 / d). Without width, d is "
        "taken for 64 a head, as in its smaller models.",
        ("raffel2019",),
        (Choice(ZEROS, "all distances alike at first, as in transformers' Swin", ("wolf2019",)),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "t5_lm_head",
        architecture("t5") & role("lm_head"),
        ROOT_OF_INPUTS,
        "T5 1.1's output layer of its own: N(0, 1 / d), for logits of unit variance.",
        ("raffel2019",),
        (
            Choice(recipe("normal"), "as transformers draws it, N(0, 1), for logits that are divided by sqrt(d)"),
            Choice(ZEROS, "the loss should start at ln C exactly", ("dosovitskiy2020",)),
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
        "N(0, 1 / fan_in). d_k is head_size, 64 where nothing says otherwise.",
        ("raffel2019", "lecun1998"),
        (
            Choice(LECUN_NORMAL, "logits that are divided by sqrt(d_k): no smaller queries", ("lecun1998",)),
            Choice(TOKEN_NORMAL, "as GPT-2 and BERT", ("radford2019",)),
        ),
    ),
    Rule(
        "diffusion_transformer_time",
        architecture("dit") & kind("dense") & HIDDEN & _OF_TIME,
        TOKEN_NORMAL,
        "DiT's network of the time steps: N(0, 0.02²).",
        ("peebles2022",),
        (Choice(GLOROT_UNIFORM, "as DiT's other matrices", ("peebles2022", "glorot2010")),),
    ),
    Rule(
        "diffusion_transformer",
        architecture("dit") & _ANY_MATRIX,
        _FUSED_GLOROT,
        "DiT: Glorot's uniform on every linear layer, whatever its part, with queries, keys and values as one matrix; "
        "zeros on modulations (role=modulation) and on the final layer, which make each block the identity at first.",
        ("peebles2022", "glorot2010"),
        (
            Choice(GLOROT_UNIFORM, "queries, keys and values each by itself, as theory has it", ("glorot2010",)),
            Choice(TOKEN_NORMAL, "the network of the time steps (layer=time_mlp)", ("peebles2022",)),
        ),
    ),
    Rule(
        "diffusion_transformer_patches",
        architecture("dit") & role("patch_embedding"),
        FLATTENED_GLOROT,
        "DiT: Glorot's uniform on the kernel read as a matrix of flattened patches.",
        ("peebles2022", "glorot2010"),
        (Choice(LECUN_NORMAL, "a scale that does not depend on the width", ("lecun1998",)),),
    ),
    Rule(
        "vision_transformer_jax_feed_forward",
        architecture("vit") & _MATRIX & _FEED_FORWARD & _JAX,
        GLOROT_UNIFORM,
        "The paper's own code, in JAX: Glorot's uniform, with biases from N(0, 1e-12) in the feed-forward.",
        ("dosovitskiy2020", "glorot2010"),
        (Choice(_FAR_CUT, "as timm and DeiT have it in PyTorch", ("dosovitskiy2020",)),),
        bias=_TINY,
    ),
    Rule(
        "vision_transformer_jax",
        architecture("vit") & _ANY_MATRIX & _JAX,
        GLOROT_UNIFORM,
        "The paper's own code, in JAX: Glorot's uniform on queries, keys, values and the output, each by itself.",
        ("dosovitskiy2020", "glorot2010"),
        (Choice(_FAR_CUT, "as timm and DeiT have it in PyTorch", ("dosovitskiy2020",)),),
    ),
    Rule(
        "vision_transformer",
        architecture("vit") & _ANY_MATRIX,
        _FAR_CUT,
        "timm: trunc_normal_(std=0.02) on every linear layer, queries, keys and values in one or not, and zeros on its "
        "bias. Its bounds are ±2, a hundred sigmas, so that nothing is cut: N(0, 0.02²).",
        ("dosovitskiy2020",),
        (
            Choice(
                GLOROT_UNIFORM,
                "as the paper's code in JAX, and as MoCo v3: on queries, keys and values each by itself",
                ("dosovitskiy2020", "chen2021"),
            ),
            Choice(TRUNCATED_TOKEN_NORMAL, "a cut at two sigmas, as in TensorFlow and JAX", ("dosovitskiy2020",)),
            Choice(RESIDUAL, "branches' outputs in deep models, whose sum should not grow", ("radford2019",)),
        ),
    ),
    Rule(
        "vision_transformer_class_token",
        architecture("vit") & kind("positional_embedding") & _CLASS_TOKEN,
        _TINY,
        "timm: N(0, 1e-12) on the class token and on registers, which is as good as the zeros of the paper's code.",
        ("dosovitskiy2020",),
        (
            Choice(ZEROS, "as the paper's code in JAX, and transformers' DeiT", ("dosovitskiy2020",)),
            Choice(TOKEN_NORMAL, "as transformers' ViT", ("wolf2019",)),
        ),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "bert_in_tensorflow",
        architecture("bert") & ~architecture("modernbert") & (_ANY_MATRIX | kind("embedding")) & _TENSORFLOW,
        TRUNCATED_TOKEN_NORMAL,
        "BERT's own code, in TensorFlow: N(0, 0.02²), cut at two sigmas, on every matrix and embedding, whatever the "
        "depth.",
        ("devlin2018",),
        (
            Choice(TOKEN_NORMAL, "as transformers draws it, without the cut", ("wolf2019",)),
            Choice(RESIDUAL, "what ends a branch, as GPT-2 and Megatron-LM: 0.02 / sqrt(2 L)", ("radford2019",)),
        ),
    ),
    Rule(
        "modernbert",
        architecture("modernbert") & (_ANY_MATRIX | kind("embedding")),
        recipe("truncated_normal", std=_own_std),
        "ModernBERT: N(0, 0.02²), cut at two sigmas; divided by sqrt(2 L) in what ends a branch.",
        ("warner2024", "radford2019"),
        (
            Choice(TOKEN_NORMAL, "as BERT, with neither", ("devlin2018",)),
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
            Choice(TOKEN_NORMAL, "as transformers draws it: the same to the last digit but one", ("wolf2019",)),
            Choice(HE_NORMAL, "by fan_in, where no LayerScale follows", ("he2015",)),
        ),
    ),
    Rule(
        "convnext_layer_scale",
        architecture("convnext") & kind("layer_scale"),
        recipe("constant", value=1e-6),
        "ConvNeXt: 1e-6 at every depth.",
        ("liu2022", "touvron2021"),
        (Choice(ZEROS, "exactly the identity (ReZero, SkipInit)", ("bachlechner2020", "de2020")),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "normalization_of_gemma",
        architecture("gemma", "gemma2", "gemma3") & kind("normalization"),
        ZEROS,
        "Gemma's normalisation multiplies by 1 + weight: zeros are its scale of 1.",
        ("gemma2024",),
        (Choice(ONES, "a normalisation that multiplies by the weight itself, as LLaMA's", ("touvron2023",)),),
        bias=None,
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "wav2vec2_convolution",
        architecture("wav2vec2") & kind("conv") & HIDDEN,
        recipe("he_normal"),
        "wav2vec 2.0: He's normal for rectifiers by fan_in, though GELU follows.",
        ("baevski2020", "he2015"),
        (Choice(HE_NORMAL, "the gain of GELU itself, by theory: 8 % more", ("he2015",)),),
    ),
    Rule(
        "mamba_output",
        _MAMBA & kind("dense") & role("attention_output", "residual_last"),
        recipe("uniform", low=lambda layer: -_end(layer), high=_end),
        "Mamba: PyTorch's default on out_proj, divided by sqrt(L) for the L branches of the stream; give depth.",
        ("gu2023", "radford2019"),
        (Choice(UNIFORM_OF_INPUTS, "as transformers has it by default, with no regard to the depth", ("wolf2019",)),),
    ),
    Rule(
        "mamba_matrix",
        _MAMBA & kind("dense") & HIDDEN,
        UNIFORM_OF_INPUTS,
        "Mamba's own code leaves PyTorch's default on in_proj and x_proj: U(±1 / sqrt(fan_in)).",
        ("gu2023",),
        (
            Choice(_OWN_NORMAL, "as transformers draws it, N(0, 0.1²)", ("wolf2019",)),
            Choice(LECUN_NORMAL, "the forward signal's scale should be kept", ("lecun1998",)),
        ),
    ),
    Rule(
        "starcoder2",
        architecture("starcoder2") & (_MATRIX & (HIDDEN | TRANSFORMER_MATRICES | role("lm_head")) | kind("embedding")),
        _OWN_NORMAL,
        "StarCoder2: N(0, 0.018042²) on every matrix, as its configuration in transformers says.",
        ("wolf2019",),
        (
            Choice(RESIDUAL, "what ends a branch, as GPT-2 and Megatron-LM: 0.02 / sqrt(2 L)", ("radford2019",)),
            Choice(TOKEN_NORMAL, "as other models", ("radford2019",)),
        ),
    ),
    Rule(
        "unscaled_residual_output",
        _UNSCALED & _MATRIX & role("attention_output", "mlp_down"),
        TOKEN_NORMAL,
        "The practice of this family's code in transformers: N(0, 0.02²) on every matrix, whatever the depth. Theory, "
        "GPT-2, Megatron-LM and torchtitan divide what ends a branch by the root of the number of branches.",
        ("wolf2019", "devlin2018", "touvron2023"),
        (
            Choice(RESIDUAL, "as GPT-2 and Megatron-LM: 0.02 / sqrt(2 L)", ("radford2019", "shoeybi2019")),
            Choice(
                GATED_RESIDUAL,
                "theory's scale for any width: the gain that makes up for what comes before, over sqrt(2 L fan_in)",
                ("shazeer2020", "radford2019"),
            ),
            Choice(
                recipe("wang_init", layers=lambda layer: layer.depth, width=lambda layer: layer.width),
                "as GPT-NeoX-20B was trained, beside small_init in the other matrices",
                ("black2022",),
            ),
            Choice(
                DEEPNORM,
                "post-norm whose residual connections are multiplied by α (residual_alpha in the tensor's reply) as "
                "well; wrong without",
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
        (Choice(ZEROS, "a loss of exactly ln C at first", ("dosovitskiy2020",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
    Rule(
        "detector_boxes",
        architecture("detector") & role("regression_head"),
        _SMALL_HEAD,
        "RetinaNet's boxes: N(0, 0.01²), with biases of zero: each starts near its anchor.",
        ("lin2017",),
        (Choice(ZEROS, "exactly at its anchor", ("lin2017",)),),
        zeros_are_fine=True,
        has_theory=False,
    ),
)
