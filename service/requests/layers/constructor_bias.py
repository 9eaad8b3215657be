"""Which constructors make a bias, where their call says nothing of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.advice.layer.resolve import CONSTRUCTOR_BIAS
from service.advice.layer.vocabulary import fold_layer_word
from service.requests.layers.constructor_call import ConstructorCall

_WITH_BIAS = frozenset(
    (
        "linear", "lazylinear", "dense", "densegeneral", "lineargeneral", "bilinear", "conv", "lazyconv",
        "convtranspose", "lazyconvtranspose", "separableconv", "depthwiseconv", "multiheadattention",
        "multiheaddotproductattention", "groupqueryattention", "groupedqueryattention", "gcnconv", "gatconv",
        "gatv2conv", "sageconv", "graphconv", "chebconv", "tagconv", "transformerconv", "rgcnconv",
    )
)  # fmt: skip
"""Constructors that make a bias unless they are told not to: in all frameworks, or in all but those below."""
_WITHOUT_BIAS: Mapping[str, frozenset[str]] = {
    "multiheadattention": frozenset(("mlx", "equinox", "flux")),
    **dict.fromkeys(("conv", "convtranspose"), frozenset(("mindspore",))),
}
"""Frameworks whose constructors make none (mlx/nn/layers/transformer.py, equinox/nn/_attention.py, Flux's
src/layers/attention.jl, mindspore/nn/layer/conv.py)."""


def constructor_bias(call: ConstructorCall, values: Mapping[str, Any]) -> Mapping[str, object]:
    """Return whether a constructor makes a bias, where the call says nothing of one; nothing where that is unknown."""
    word = fold_layer_word(call.name)
    if values.get("bias") is not None or word not in _WITH_BIAS:
        return {}
    return {"bias": False} if values.get("framework") in _WITHOUT_BIAS.get(word, ()) else {CONSTRUCTOR_BIAS: True}
