"""What a checkpoint calls the weight and the bias of a layer."""

from __future__ import annotations

from collections.abc import Mapping

from service.advice.layer.layer import Layer
from service.advice.layer.storage import StoredTensor
from service.advice.layer.vocabulary import LayerKind, fold_layer_word
from service.likeness import fold

_OF_KINDS: Mapping[LayerKind, str] = {
    "lora": "lora_A.weight", "layer_scale": "gamma", "mamba": "A_log", "mamba2": "A_log",
}  # fmt: skip
"""Of layers that no framework's record has: as peft, timm and mamba_ssm call them."""

_ADAPTERS: Mapping[str, tuple[str, str]] = {
    "keras": ("lora_kernel_a", "lora_kernel_b"),
    "tensorflow": ("lora_kernel_a", "lora_kernel_b"),
    "flax": ("lora_a", "lora_b"),
    "jax": ("lora_a", "lora_b"),
}
"""The two matrices of an adapter, where they are not called as in peft."""

_GRAPHS: Mapping[str, tuple[str, str]] = {
    "gcnconv": ("lin.weight", "bias"),
    "gatconv": ("lin.weight", "bias"),
    "sgconv": ("lin.weight", "lin.bias"),
    "sageconv": ("lin_l.weight", "lin_l.bias"),
    "graphconv": ("lin_rel.weight", "lin_rel.bias"),
}
"""What torch_geometric (2.6, torch_geometric/nn/conv) calls the weight of the neighbours and the bias, by the layer."""
_OF_PYTORCH = frozenset((None, "pytorch"))

_NAMES_OF_PARAMETERS = """
pos_embed cls_token class_token mask_token dist_token reg_token register_tokens pos_embedding positional_embedding
class_embedding relative_position_bias_table logit_scale query_tokens latents gamma gamma_1 gamma_2 layer_scale A_log
distillation_token layer_scale_parameter lambda1 lambda_1 lambda_2 D dt_bias e_score_correction_bias logit_bias
"""
_PARAMETERS = frozenset(map(fold, _NAMES_OF_PARAMETERS.split()))
"""What models call tensors that are in no layer of their own, folded: these are whole names."""
_TRANSFORMER_LAYER = ("PyTorch", "TransformerEncoderLayer")
_BARE_KINDS: frozenset[LayerKind] = frozenset(
    ("positional_embedding", "logit_scale", "layer_scale", "embedding", "parameter")
)
_TABLE_RANK = 2


def stored_tensor(layer: Layer) -> StoredTensor | None:
    """Return the tensor whose record says how the weight is stored, of the framework that is named if there is one."""
    return layer.weight.own or layer.weight.stored


def weight_name(layer: Layer) -> str:
    """Return what the weight is called in its layer; empty where the name of the layer is that of the tensor."""
    if _is_bare(layer):
        return ""
    if layer.kind == "lora":
        return adapter_names(layer)[layer.is_second_of_adapter]
    if layer.kind in _OF_KINDS:
        return _OF_KINDS[layer.kind]
    of_graph = _names_of_graph(layer)
    if of_graph is not None:
        return of_graph[0]
    stored = stored_tensor(layer)
    return "weight" if stored is None else f"{attention_prefix(layer)}{stored.tensor}{first_suffix(layer)}"


def bias_name(layer: Layer) -> str:
    """Return what the bias is called in its layer."""
    of_graph = _names_of_graph(layer)
    if of_graph is not None:
        return of_graph[1]
    stored = stored_tensor(layer)
    bias = None if stored is None else stored.bias
    return "bias" if bias is None else f"{attention_prefix(layer)}{bias.tensor}{first_suffix(layer)}"


def _names_of_graph(layer: Layer) -> tuple[str, str] | None:
    """Return what the weight and the bias of a graph convolution are called; None of any other layer."""
    if layer.kind != "graph" or layer.description.framework not in _OF_PYTORCH:
        return None
    return _GRAPHS.get(fold_layer_word(layer.description.layer))


def attention_prefix(layer: Layer) -> str:
    """Return what stands before the tensors of attention in a whole layer of a transformer of PyTorch."""
    return "self_attn." if is_transformer_layer(layer) else ""


def is_whole_attention(layer: Layer) -> bool:
    """Return whether a layer stands for all matrices of attention, and none of them is asked for alone."""
    is_whole = layer.kind == "attention" and layer.role == "qkv" and layer.description.tensor is None
    return is_whole and (layer.has_assumed_shape or not layer.weight.is_one_projection)


def is_transformer_layer(layer: Layer) -> bool:
    """Return whether it is an encoder's or a decoder's layer of PyTorch, with all its parts."""
    stored = stored_tensor(layer)
    is_whole = layer.kind == "attention" and layer.role == "qkv" and stored is not None
    return is_whole and stored is not None and (stored.layers.title, stored.layer) == _TRANSFORMER_LAYER


def adapter_names(layer: Layer) -> tuple[str, str]:
    """Return what the two matrices of a low-rank adapter are called, A and B."""
    return _ADAPTERS.get(layer.description.framework or "", ("lora_A.weight", "lora_B.weight"))


def first_suffix(layer: Layer) -> str:
    """Return what follows the name of a tensor in the first layer of a recurrent stack."""
    return "_l0" if layer.is_numbered else ""


def is_named_by_its_layer(layer: Layer) -> bool:
    """Return whether what a layer is called may say what its tensor is called."""
    return layer.kind in _BARE_KINDS


def _is_bare(layer: Layer) -> bool:
    """Return whether the layer's name is that of its tensor: a parameter that is in no layer of its own."""
    name = layer.links.name
    if not name or not is_named_by_its_layer(layer):
        return False
    is_parameter = fold(name.rpartition(".")[2]) in _PARAMETERS
    return is_parameter or (layer.kind == "positional_embedding" and len(layer.shape) != _TABLE_RANK)
