"""Requests for whole networks: the modules of recorded models, as a user lists them."""

from __future__ import annotations

import json
import re
from pathlib import Path

RECORDED = json.loads((Path(__file__).parent / "recorded/state_dicts.json").read_text(encoding="utf-8"))
"""Names and shapes of the tensors of models, by `scripts/record_state_dicts.py`."""

PARAMETERS = {
    "class_token": "class_token", "pos_embedding": "PositionalEmbedding", "A_log": "Mamba",
}  # fmt: skip
"""Layers that a tensor is which is in no module of its own."""

_MAIN = ("weight", "in_proj_weight", "weight_hh_l0", "weight_hh", "A_log", "class_token", "pos_embedding")


def state_dict(model):
    """Return the shapes of all tensors of a model, by name."""
    modules = RECORDED[model]["modules"]
    return {
        f"{module['name']}.{tensor}".lstrip("."): shape
        for module in modules
        for tensor, shape in module["tensors"].items()
    }


def modules(model):
    """Return the modules of a model by name, in their order."""
    return {module["name"]: module for module in RECORDED[model]["modules"]}


def layer_of(module, **members):
    """Return the layer that a module is, with its shape."""
    tensors = module["tensors"]
    main = next(name for name in _MAIN if name in tensors)
    layer, name = module["layer"], module["name"]
    if main in PARAMETERS:
        layer = PARAMETERS[main]
        name = f"{name}.{main}".lstrip(".") if layer != "Mamba" else name
    return {"name": name, "layer": layer, "shape": tensors[main], **members}


def layers_of(model, roles=(), left_out=r"$^"):
    """Return the layers of a model. `roles` are pairs of a pattern of names and what is said of those layers."""
    found = []
    for module in RECORDED[model]["modules"]:
        if re.search(left_out, module["name"]):
            continue
        members = next((dict(said) for pattern, said in roles if re.search(pattern, module["name"])), {})
        found.append(layer_of(module, **members))
    return found
