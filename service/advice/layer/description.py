"""What a user says of a layer, or of the layers of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.activations.table import takers
from service.advice.layer.vocabulary import LayerRole
from service.frameworks.registry import DESCRIBED
from service.frameworks.storage import bare_equation
from service.initializers.axis_parameters import LayoutField
from service.initializers.initializer import Fan

if TYPE_CHECKING:
    FrameworkName = str
else:
    FrameworkName = Literal[tuple(DESCRIBED)]

ArchitectureName = Literal[
    "mlp", "cnn", "resnet", "densenet", "unet", "efficientnet", "rnn", "transformer", "gpt", "llama", "bert", "t5",
    "vit", "clip", "dit", "diffusion", "gan", "dcgan", "vae", "flow", "actor_critic", "ddpg", "detector", "gnn",
    "siren", "pinn", "moe", "autoencoder", "linear_model",
    "gpt2", "gptj", "gpt_neox", "opt", "bloom", "falcon", "phi", "starcoder2", "mistral", "qwen2", "qwen3", "phi3",
    "gemma", "gemma2", "gemma3", "olmo", "olmo2", "stablelm", "mixtral", "deepseek_v3", "mamba", "mamba2", "roberta",
    "distilbert", "electra", "albert", "deberta", "deberta_v2", "xlnet", "bart", "gpt_neo", "gpt_bigcode", "hubert",
    "siglip", "beit", "mixer", "convnextv2", "vgg", "regnet", "inception", "googlenet", "squeezenet", "mnasnet",
    "qwen2_moe", "qwen3_moe", "qwen3_next", "qwen3_5", "olmo3", "olmoe", "ministral", "ministral3", "smollm3",
    "granite", "nemotron", "glm", "glm4", "cohere", "cohere2", "llama4", "gpt_oss", "jamba", "bamba", "falcon_h1",
    "falcon_mamba", "gemma3n", "gemma4", "deepseek_v2", "mbart", "vit_mae", "dinov3_vit", "swinv2", "siglip2", "detr",
    "maxvit", "modernbert", "whisper", "wav2vec2", "deit", "dinov2", "swin", "convnext", "mobilenet",
]  # fmt: skip
"""Kinds of networks, and families of models, some of which are of one of the kinds."""

Normalization = Literal["none", "batch", "layer", "rms", "group", "instance", "weight"]

_Count = Annotated[int, Field(ge=1, le=2**31)]
_Layers = Annotated[int, Field(ge=1, le=10**4)]
"""The deepest network that anyone has trained without skips had 10,000 layers (Xiao et al., arXiv:1806.05393)."""
_Name = Annotated[str, Field(min_length=1, max_length=128)]
_Sample = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
_Table = Annotated[list[_Sample], Field(min_length=2, max_length=512)]


def _takers(parameter: str) -> str:
    *names, last = takers(parameter)
    return f"Of {', '.join(names)} and {last}." if names else f"Of {last}."


class ActivationTable(BaseModel):
    """An activation by samples: straight between them and beyond the first and the last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    x: Annotated[_Table, Field(description="Rising.")]
    y: Annotated[_Table, Field(description="The values there.")]


class NetworkDescription(BaseModel):
    """What layers of one network have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    architecture: Annotated[
        ArchitectureName | None,
        Field(description="The kind of network, or the family of models, that the layer is in."),
    ] = None
    depth: Annotated[
        _Layers | None, Field(description="Layers of the network; blocks of a residual network or a transformer.")
    ] = None
    encoder_layers: Annotated[_Layers | None, Field(description="Layers of a transformer's encoder.")] = None
    decoder_layers: Annotated[_Layers | None, Field(description="Layers of a transformer's decoder.")] = None
    stack: Annotated[
        Literal["encoder", "decoder"] | None, Field(description="Which the layer is in, when there are both.")
    ] = None
    residual: Annotated[bool | None, Field(description="Whether skip connections go around the layer's block.")] = None
    layers_per_branch: Annotated[int, Field(ge=1, le=20, description="Weight layers in a residual branch.")] = 2
    normalization: Annotated[
        Normalization | None, Field(description="What normalises the layer's inputs or outputs.")
    ] = None
    norm_position: Annotated[
        Literal["pre", "post"] | None,
        Field(description="Of a residual network: normalisation at the start of the branch, or after the sum."),
    ] = None
    optimizer: Annotated[
        Literal["sgd", "adam", "adamw", "muon", "other"] | None, Field(description="Matters with parametrization=mup.")
    ] = None
    parametrization: Annotated[
        Literal["standard", "mup"] | None, Field(description="mup: maximal update parametrisation.")
    ] = None
    framework: Annotated[
        FrameworkName | None, Field(description="Whose default to judge; its layout is assumed for the shape.")
    ] = None
    width: Annotated[_Count | None, Field(description="The model's width (d_model).")] = None
    base_width: Annotated[_Count | None, Field(description="mup: the width at which hyperparameters were tuned.")] = (
        None
    )
    dropout: Annotated[
        float, Field(ge=0, lt=1, description="The part of the layer's inputs that dropout sets to zero.")
    ] = 0.0


class GeneralDescription(BaseModel):
    """What is said of a layer, or at once of all layers of a network, of which not all have a use for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    activation: Annotated[
        _Name | None, Field(description="The nonlinearity after the layer: relu, tanh, GELU, swiglu, ...")
    ] = None
    negative_slope: Annotated[float | None, Field(ge=-1e3, le=1e3, description=_takers("negative_slope"))] = None
    alpha: Annotated[float | None, Field(gt=0, le=1e3, description=_takers("alpha"))] = None
    omega: Annotated[float | None, Field(gt=0, le=1e4, description=f"{_takers('omega')[:-1]}: the frequency.")] = None
    pieces: Annotated[int | None, Field(ge=2, le=64, description=_takers("pieces"))] = None
    activation_table: Annotated[
        ActivationTable | None, Field(description="Any other activation, by samples; in a POST.")
    ] = None
    layout: Annotated[
        LayoutField | None,
        Field(
            description="What each axis of the shape is: out_in, in_out or out_kernel_in, the orders in which PyTorch, "
            "Keras and MLX store the layer; or one letter an axis: o out, i in, k kernel, s a stack of independent "
            "weights. As the framework stores the layer when absent, and as PyTorch does without a framework."
        ),
    ] = None
    heads: Annotated[
        _Count | None, Field(description="Of attention: its heads; of queries, where keys and values have others.")
    ] = None
    kv_heads: Annotated[_Count | None, Field(description="Of attention with grouped queries: heads of the keys.")] = (
        None
    )
    bias: Annotated[
        bool | None, Field(description="Whether the layer has a bias; one is assumed where it is usual.")
    ] = None


class LayerDescription(NetworkDescription, GeneralDescription):
    """A layer, and the network around it; everything but `layer` may be left out."""

    layer: Annotated[
        _Name, Field(description="The layer, by the name that any framework has for it: Linear, Conv2d, LSTM, ...")
    ]
    role: Annotated[LayerRole | None, Field(description="What the layer is for, where its name does not say.")] = None
    shape: Annotated[
        list[Annotated[int, Field(ge=1, le=2**31)]] | None,
        Field(min_length=1, max_length=8, description="The weight's shape, as the framework stores it."),
    ] = None
    equation: Annotated[
        Annotated[str, AfterValidator(bare_equation)] | None,
        Field(max_length=64, description="Of an EinsumDense: its equation, such as abc,cde->abde."),
    ] = None
    axis: Annotated[
        list[Annotated[int, Field(ge=-8, le=7)]] | None,
        Field(min_length=1, max_length=7, description="Of a DenseGeneral: the axes of the input that it sums over."),
    ] = None
    head_size: Annotated[
        _Count | None, Field(description="Of attention: the size of a head, of burn's CrossAttention and T5's queries.")
    ] = None
    groups: Annotated[_Count, Field(description="Groups of a grouped convolution.")] = 1
    stride: Annotated[_Count, Field(le=1024, description="Of a convolution, along each axis.")] = 1
    fan_in: Annotated[Fan | None, Field(description="Overrides what the shape says.")] = None
    fan_out: Annotated[Fan | None, Field(description="Likewise.")] = None
    in_features: Annotated[
        _Count | None, Field(description="Inputs of the layer, features or channels: with out_features its shape.")
    ] = None
    out_features: Annotated[_Count | None, Field(description="Units or channels of the layer, likewise.")] = None
    kernel_size: Annotated[
        list[Annotated[int, Field(ge=1, le=2**20)]] | None,
        Field(min_length=1, max_length=4, description="Of a convolution: its kernel, one size for all axes or each."),
    ] = None
    units: Annotated[_Count | None, Field(description="Of a recurrent layer: the size of its state.")] = None
    inputs: Annotated[_Count | None, Field(description="Of a recurrent layer: the size of its input.")] = None
    dim_feedforward: Annotated[
        _Count | None,
        Field(
            description="Of a transformer's layer of PyTorch: hidden units of its feed-forward part, 2048 if absent."
        ),
    ] = None
    num_layers: Annotated[
        int, Field(ge=1, le=64, description="Of a recurrent layer of PyTorch: layers in its stack.")
    ] = 1
    bidirectional: Annotated[
        bool, Field(description="Of a recurrent layer of PyTorch: whether it reads in both directions.")
    ] = False
    proj_size: Annotated[
        _Count | None, Field(description="Of an LSTM of PyTorch: the size to which its outputs are projected.")
    ] = None
    block: Annotated[
        int | None,
        Field(
            ge=0,
            le=10**4,
            description="The number of the layer's block, from 0, in a family that scales by it, such as BEiT.",
        ),
    ] = None
    rank: Annotated[_Count | None, Field(description="Of a low-rank adapter.")] = None
    tensor: Annotated[
        _Name | None,
        Field(
            description="Which weight of the layer the answer is for, as the framework (PyTorch without one) calls it: "
            "out_proj.weight, linear1.weight, depthwise_kernel; of a recurrent layer also recurrent or input."
        ),
    ] = None
    longest: Annotated[
        float | None, Field(ge=3, le=1e9, description="Of a recurrent layer: the longest dependency, in steps.")
    ] = None
    padding_idx: Annotated[
        int | None,
        Field(ge=-(2**31), le=2**31, description="Of an embedding: the row of what pads a sequence, which is zeros."),
    ] = None
    tied: Annotated[bool, Field(description="Whether an embedding is also the output layer.")] = False
    classes: Annotated[int | None, Field(ge=2, le=10**9, description="Of a classifier.")] = None
    prior: Annotated[
        float | None, Field(gt=0, lt=1, description="Of a binary classifier or a detector: the share of positives.")
    ] = None
