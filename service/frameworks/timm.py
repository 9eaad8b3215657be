"""timm's initializers. Its layers are PyTorch's; what its models start with stands in `model_families`."""

from __future__ import annotations

from dataclasses import replace

from service.frameworks.framework import Call, Framework
from service.frameworks.pytorch import PyTorchDefault
from service.initializers.random import TruncatedNormalInitializer
from service.initializers.variance_scaling import LecunNormal, VarianceScaling
from service.initializers.vision import EfficientNetNormal, Vit

TIMM = Framework(
    name="timm",
    title="timm",
    modules=("timm.layers", "timm.models.layers", "timm.layers.weight_init"),
    parameter_names={"a": ("low",), "b": ("high",)},
    signatures={
        "trunc_normal_": "tensor mean std a b",
        "trunc_normal_tf_": "tensor mean std a b",
        "variance_scaling_": "tensor scale mode distribution",
        "lecun_normal_": "tensor",
    },
    source="huggingface/pytorch-image-models timm/layers/weight_init.py at aa4b5850",
    calls=(
        Call("trunc_normal_(w)", TruncatedNormalInitializer(bounds="absolute")),
        Call(
            "trunc_normal_(w, std=0.02)", TruncatedNormalInitializer(std=0.02, bounds="absolute"), given={"std": 0.02}
        ),
        Call("trunc_normal_tf_(w)", TruncatedNormalInitializer()),
        Call("trunc_normal_tf_(w, std=0.02)", TruncatedNormalInitializer(std=0.02), given={"std": 0.02}),
        Call("variance_scaling_(w)", VarianceScaling()),
        Call("lecun_normal_(w)", LecunNormal(distribution="truncated_normal")),
    ),
    aliases={
        TruncatedNormalInitializer: ("trunc_normal_",),
        EfficientNetNormal: ("init_weight_goog",),
        Vit: ("init_weights_vit_timm", "init_weights_vit_jax", "init_weights_vit_moco"),
    },
    layers=replace(PyTorchDefault.layers, title="timm"),
)
