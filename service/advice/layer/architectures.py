"""What is usual in each family of networks, and assumed where a description does not say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.advice.layer.description import ArchitectureName, Normalization


@dataclass(frozen=True)
class ArchitectureTraits:
    """What the layers of a family of networks have around them."""

    normalization: Normalization = "none"
    is_residual: bool = False
    is_transformer: bool = False
    is_normalized_before: bool = False
    """Whether normalisations stand before the layers, as in pre-activation blocks, where no norm_position says so."""
    activation: str = "relu"
    """What follows a hidden layer."""
    has_biases: bool = True
    """Whether its layers usually have biases."""
    is_activation_everywhere: bool = False
    """Whether that is assumed after layers of every kind and role, heads included."""
    kind: ArchitectureName | None = None
    """Of a family of models: the kind of network whose rules hold for it where it has none of its own."""


_PLAIN = ArchitectureTraits()
_RESIDUAL_CONVOLUTIONS = ArchitectureTraits("batch", is_residual=True)
_CONCATENATED = ArchitectureTraits("batch")
"""Whose skips concatenate maps, and add nothing."""
_TRANSFORMER = ArchitectureTraits("layer", is_residual=True, is_transformer=True, activation="gelu")
_TANH = ArchitectureTraits(activation="tanh", is_activation_everywhere=True)
_RMS = ArchitectureTraits("rms", is_residual=True, is_transformer=True, activation="silu", has_biases=False)
_GPT = replace(_TRANSFORMER, kind="gpt")
_LLAMA = replace(_RMS, kind="llama")
_GEMMA = replace(_LLAMA, activation="gelu")
_EXPERTS = replace(_RMS, kind="moe")
_BERT = replace(_TRANSFORMER, kind="bert")
_VIT = replace(_TRANSFORMER, kind="vit")
_CONVNEXT = ArchitectureTraits("layer", is_residual=True, activation="gelu")
_MAMBA = ArchitectureTraits("rms", is_residual=True, activation="silu")

ARCHITECTURES: Mapping[ArchitectureName, ArchitectureTraits] = {
    "mlp": _PLAIN,
    "cnn": _PLAIN,
    "resnet": _RESIDUAL_CONVOLUTIONS,
    "densenet": _CONCATENATED,
    "unet": _CONCATENATED,
    "efficientnet": replace(_RESIDUAL_CONVOLUTIONS, activation="silu"),
    "rnn": _PLAIN,
    "transformer": _TRANSFORMER,
    "gpt": _TRANSFORMER,
    "llama": _RMS,
    "bert": _TRANSFORMER,
    "t5": ArchitectureTraits("rms", is_residual=True, is_transformer=True, has_biases=False),
    "vit": _TRANSFORMER,
    "clip": _TRANSFORMER,
    "dit": _TRANSFORMER,
    "diffusion": ArchitectureTraits(activation="silu", is_normalized_before=True),
    "gan": _PLAIN,
    "dcgan": _PLAIN,
    "vae": _PLAIN,
    "flow": _PLAIN,
    "actor_critic": _TANH,
    "ddpg": _PLAIN,
    "detector": _PLAIN,
    "gnn": _PLAIN,
    "siren": ArchitectureTraits(activation="siren", is_activation_everywhere=True),
    "pinn": _TANH,
    "moe": ArchitectureTraits("layer", is_residual=True, is_transformer=True),
    "autoencoder": _PLAIN,
    "linear_model": ArchitectureTraits(activation="linear"),
    "gpt2": _GPT,
    "gptj": _GPT,
    "gpt_neox": _GPT,
    "opt": replace(_GPT, activation="relu"),
    "bloom": _GPT,
    "falcon": _GPT,
    "phi": _GPT,
    "starcoder2": _GPT,
    "mistral": _LLAMA,
    # Its queries, keys and values have biases.
    "qwen2": replace(_LLAMA, has_biases=True),
    **dict.fromkeys(("glm", "glm4"), replace(_LLAMA, has_biases=True)),
    **dict.fromkeys(
        ("qwen3", "qwen3_5", "olmo3", "ministral", "ministral3", "smollm3", "granite", "bamba", "falcon_h1"), _LLAMA
    ),
    **dict.fromkeys(("cohere", "cohere2"), replace(_LLAMA, normalization="layer")),
    "nemotron": replace(_LLAMA, normalization="layer", activation="squared_relu"),
    "phi3": _LLAMA,
    "gemma": _GEMMA,
    "gemma2": _GEMMA,
    "gemma3": _GEMMA,
    "gemma3n": _GEMMA,
    "gemma4": _GEMMA,
    "olmo": replace(_LLAMA, normalization="layer"),
    "olmo2": _LLAMA,
    "stablelm": replace(_LLAMA, normalization="layer"),
    "mixtral": _EXPERTS,
    **dict.fromkeys(("deepseek_v2", "deepseek_v3", "qwen3_moe", "qwen3_next", "olmoe", "llama4", "jamba"), _EXPERTS),
    **dict.fromkeys(("qwen2_moe", "gpt_oss"), replace(_EXPERTS, has_biases=True)),
    "mamba": _MAMBA,
    "mamba2": _MAMBA,
    "falcon_mamba": _MAMBA,
    "roberta": _BERT,
    "distilbert": _BERT,
    "electra": _BERT,
    "albert": _BERT,
    "deberta": _BERT,
    "deberta_v2": _BERT,
    "xlnet": _BERT,
    "bart": replace(_TRANSFORMER, kind="transformer"),
    "gpt_neo": _GPT,
    "gpt_bigcode": _GPT,
    "hubert": replace(_TRANSFORMER, kind="transformer"),
    **dict.fromkeys(("siglip", "siglip2", "mbart"), replace(_TRANSFORMER, kind="transformer")),
    "detr": replace(_TRANSFORMER, activation="relu", kind="transformer"),
    "beit": _VIT,
    "mixer": replace(_TRANSFORMER, kind="transformer"),
    "convnextv2": _CONVNEXT,
    "vgg": replace(_PLAIN, kind="cnn"),
    "inception": replace(_CONCATENATED, kind="cnn"),
    "googlenet": replace(_CONCATENATED, kind="cnn"),
    "squeezenet": replace(_PLAIN, kind="cnn"),
    "regnet": replace(_RESIDUAL_CONVOLUTIONS, kind="resnet"),
    "mnasnet": replace(_RESIDUAL_CONVOLUTIONS, kind="efficientnet"),
    "maxvit": replace(_TRANSFORMER, kind="vit"),
    "modernbert": _BERT,
    "whisper": replace(_TRANSFORMER, kind="transformer"),
    "wav2vec2": replace(_TRANSFORMER, kind="transformer"),
    "deit": _VIT,
    **dict.fromkeys(("dinov2", "dinov3_vit", "vit_mae", "swin", "swinv2"), _VIT),
    "convnext": _CONVNEXT,
    "mobilenet": replace(_RESIDUAL_CONVOLUTIONS, activation="relu6", kind="efficientnet"),
}

WITHOUT_ATTENTION: frozenset[ArchitectureName] = frozenset(("mamba", "mamba2", "falcon_mamba"))
"""Whose in_proj leads to no queries, keys and values."""


CONVOLUTIONAL: frozenset[ArchitectureName] = frozenset(
    name for name, traits in ARCHITECTURES.items() if traits.normalization == "batch"
)
"""Families of convolutions with batch normalisations, whose linear layers have none and are in no residual branch."""


def architectures_of(name: ArchitectureName | None) -> tuple[ArchitectureName, ...]:
    """Return the name and the kind of network that it is of, whose rules hold too; none where none is given."""
    kind = None if name is None else ARCHITECTURES[name].kind
    return tuple(each for each in (name, kind) if each is not None)


def architecture_called(name: ArchitectureName | None) -> ArchitectureTraits:
    """Return the architecture of a name; a plain one where none is given."""
    return _PLAIN if name is None else ARCHITECTURES[name]
