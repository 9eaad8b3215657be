"""What tensors are by their names, where nothing else is said: the rules of `"initialize": "by_name"`.

The names are those of PyTorch's modules, of Hugging Face's transformers and of torchvision. The numbers are GPT-2's
(Radford et al. 2019, section 2.3, and its code): a normal of 0.02, less at the ends of residual branches; convolutions
are He's, by the fan_out (He et al. 2015, as torchvision's ResNet has it); recurrent matrices are orthogonal (Saxe et
al. 2014), their inputs' Glorot's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from service.tensors.spec import Scalar

_STD = 0.02

_NUMBER = re.compile(r"(?:^|\.)(\d{1,4})\.")
"""The number of a layer in a name."""


@dataclass(frozen=True)
class NameRule:
    """What tensors whose names match one of some patterns are initialized by."""

    what: str
    match: tuple[str, ...]
    initializer: str
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    ranks: tuple[int, ...] | None = None
    """None for any."""
    counts_layers: bool = False
    """Whether the number of the model's layers is a parameter."""


_BRANCH_ENDS = ("c_proj", "o_proj", "out_proj", "down_proj", "dense_4h_to_h", "fc2", "w2", "wo")

# fmt: off
BY_NAME: tuple[NameRule, ...] = (
    NameRule(
        "how many batches a batch normalization has seen",
        ("*num_batches_tracked",),
        "zeros",
        {"dtype": "int64"},
        ranks=(0, 1),
    ),
    NameRule("numbers of positions", ("*position_ids",), "arange", {"dtype": "int64"}, ranks=(1, 2)),
    NameRule("running variance of a batch normalization", ("*running_var",), "ones", ranks=(1,)),
    NameRule("running mean of a batch normalization", ("*running_mean",), "zeros", ranks=(1,)),
    NameRule("biases", ("*bias", "*bias_ih_l*", "*bias_hh_l*", "*.beta", "*.b", "*_bias"), "zeros", ranks=(1, 2)),
    NameRule(
        "scales of normalizations, and every other vector called weight",
        (
            "*norm*",
            "*ln_*.weight",
            "*.ln?.weight",
            "*.bn?.weight",
            "*LayerNorm*",
            "*.gamma",
            "*.scale",
            "*.weight",
            "weight",
        ),
        "ones",
        ranks=(1,),
    ),
    NameRule(
        "tokens and positions that are learnt",
        (
            "*cls_token",
            "*mask_token",
            "*dist_token",
            "*pos_embed*",
            "*position_embedding*",
            "*class_embedding",
            "*positional_embedding",
        ),
        "truncated_normal",
        {"std": _STD},
    ),
    NameRule(
        "embeddings",
        (
            "*embed*.weight",
            "*wte.weight",
            "*wpe.weight",
            "*shared.weight",
            "*emb.weight",
            "*embedding*",
            "*embeddings",
        ),
        "normal",
        {"std": _STD},
        ranks=(2,),
    ),
    NameRule("recurrent matrices", ("*weight_hh_l*", "*weight_hh", "*recurrent_kernel"), "orthogonal", ranks=(2,)),
    NameRule("input matrices of recurrent layers", ("*weight_ih_l*", "*weight_ih"), "glorot_uniform", ranks=(2,)),
    NameRule(
        "matrices that end a residual branch",
        tuple(f"*.{end}.weight" for end in _BRANCH_ENDS),
        "residual_scaled_normal",
        {"std": _STD},
        ranks=(2,),
        counts_layers=True,
    ),
    NameRule("kernels of convolutions", ("*weight", "*kernel"), "he_normal", {"mode": "fan_out"}, ranks=(3, 4, 5)),
    NameRule("all other matrices", ("*weight", "*kernel", "*proj", "*_w", "*.w"), "normal", {"std": _STD}, ranks=(2,)),
)
# fmt: on
"""In order: the first that matches holds."""


PATTERNS = sum(len(rule.match) for rule in BY_NAME)
"""In all of them."""


def layers(names: Iterable[str]) -> int:
    """Return how many layers a model has, by the largest number in its tensors' names; 1 where there is none."""
    return 1 + max((int(number[1]) for name in names if (number := _NUMBER.search(name))), default=0)
