"""Record what nanoGPT and torchtitan start small models at: `python scripts/record_recipes.py NANOGPT TORCHTITAN`.

Run with torch and the two repositories, at 3adf61e and b5bcd76. nanoGPT's model is made as it is. Of torchtitan the
functions that build a model's configuration are run, with classes that keep what they are given in the place of its
own, which need packages of a cluster; then each `param_init` is called on a tensor. Writes
tests/models/recipes/recorded.json: of each tensor, by transformers' names, the mean, the standard deviation and the
largest absolute value of its elements.
"""

from __future__ import annotations

import ast
import importlib
import json
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

OUT = Path(__file__).parents[1] / "tests" / "models" / "recipes" / "recorded.json"

SIZES = {"layers": 4, "width": 64, "heads": 4, "vocabulary": 96, "positions": 32, "inner": 160, "key_heads": 2}

# torchtitan/models/llama3/state_dict_adapter.py has the same map.
NAMES = {
    "attention.wqkv": "self_attn.{q,k,v}_proj", "attention.wo": "self_attn.o_proj", "feed_forward.w1": "mlp.gate_proj",
    "feed_forward.w2": "mlp.down_proj", "feed_forward.w3": "mlp.up_proj",
}  # fmt: skip


LLAMA = frozenset(
    ("_LINEAR_INIT", "_NORM_INIT", "_EMBEDDING_INIT", "_output_linear_init", "_depth_init", "_build_llama3_layers")
)
"""What decides the initialization in torchtitan/models/llama3/__init__.py."""


def told(tensor: torch.Tensor) -> list[float]:
    """Return the mean, the standard deviation and the largest absolute value."""
    tensor = tensor.detach().double()
    return [float(tensor.mean()), float(tensor.std(correction=0)), float(tensor.abs().max())]


def nanogpt(folder: Path) -> dict[str, list[float]]:
    """Return the tensors of nanoGPT's model."""
    sys.path.insert(0, str(folder))
    source = importlib.import_module("model")
    config = source.GPTConfig(
        block_size=SIZES["positions"], vocab_size=SIZES["vocabulary"], n_layer=SIZES["layers"], n_head=SIZES["heads"],
        n_embd=SIZES["width"],
    )  # fmt: skip
    return {name: told(tensor) for name, tensor in source.GPT(config).named_parameters()}


class Kept:
    """A class whose `Config` keeps what it is given."""

    Config = SimpleNamespace


def defined(path: Path, names: frozenset[str], given: dict[str, Any]) -> dict[str, Any]:
    """Return what a file defines by some names, with what else it uses given."""
    tree = ast.parse(path.read_text())
    tree.body = [node for node in tree.body if not names.isdisjoint(named(node))]
    space = dict(given)
    exec(compile(tree, str(path), "exec"), space)  # noqa: S102 (the source that is recorded)
    return space


def named(node: ast.stmt) -> set[str]:
    """Return the names that a statement defines."""
    if isinstance(node, ast.FunctionDef):
        # Its signature names types that are not here.
        for argument in (*node.args.args, *node.args.kwonlyargs):
            argument.annotation = None
        node.returns = None
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return set()


def torchtitan(folder: Path) -> dict[str, list[float]]:
    """Return the tensors of a Llama 3 of torchtitan."""
    models = folder / "torchtitan" / "models"
    own: dict[str, Any] = {"nn": nn, "partial": partial, "SimpleNamespace": SimpleNamespace}
    own |= dict.fromkeys(("Linear", "RMSNorm", "Embedding", "FeedForward", "Llama3TransformerBlock"), Kept)
    own |= {"get_attention_config": lambda *_: None, "make_gqa_config": SimpleNamespace, "Callable": Any}
    own = defined(models / "common" / "config_utils.py", frozenset({"make_ffn_config"}), own)
    own = defined(models / "common" / "param_init.py", frozenset({"depth_scaled_std"}), own)
    llama = defined(models / "llama3" / "__init__.py", LLAMA, own)
    width, inner, vocabulary = SIZES["width"], SIZES["inner"], SIZES["vocabulary"]
    layers = llama["_build_llama3_layers"](
        n_layers=SIZES["layers"], dim=width, n_heads=SIZES["heads"], hidden_dim=inner, rope=None, attn_backend=""
    )
    inits = {
        "model.embed_tokens": (llama["_EMBEDDING_INIT"], (vocabulary, width)),
        "lm_head": (llama["_output_linear_init"](width), (vocabulary, width)),
    }
    for number, layer in enumerate(layers):
        parts = {
            "attention.wqkv": (layer.attention.wqkv_param_init, (width, width)),
            "attention.wo": (layer.attention.wo_param_init, (width, width)),
            "feed_forward.w1": (layer.feed_forward.w1.param_init, (inner, width)),
            "feed_forward.w2": (layer.feed_forward.w2.param_init, (width, inner)),
            "feed_forward.w3": (layer.feed_forward.w3.param_init, (inner, width)),
        }
        inits |= {f"model.layers.{number}.{NAMES[name]}": part for name, part in parts.items()}
    return {f"{name}.weight": told(init["weight"](torch.empty(shape))) for name, (init, shape) in inits.items()}


def main() -> None:
    """Write what both start at."""
    torch.manual_seed(0)
    folders = [Path(folder) for folder in sys.argv[1:3]]
    recorded = {"torch": torch.__version__, "nanogpt": nanogpt(folders[0]), "torchtitan": torchtitan(folders[1])}
    OUT.write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    main()
