"""mmengine's initializers."""

from __future__ import annotations

from service.frameworks.arguments import PYTORCH_NONLINEARITY, Argument
from service.frameworks.framework import Call, Framework
from service.initializers.bias import PriorBias
from service.initializers.constant import ConstantInitializer
from service.initializers.random import NormalInitializer, TruncatedNormalInitializer, UniformInitializer
from service.initializers.variance_scaling import GlorotNormal, GlorotUniform, HeNormal, HeUniform, LecunUniform

_NORMAL = {"distribution": "normal"}
_KAIMING = {"a": Argument("negative_slope"), "nonlinearity": PYTORCH_NONLINEARITY}

MMENGINE = Framework(
    name="mmengine",
    title="mmengine",
    modules=("mmengine.model", "mmengine.model.weight_init", "mmcv.cnn"),
    parameter_names={"a": ("low",), "b": ("high",), "prior_prob": ("prior",), "val": ("value",)},
    signatures={
        "constant_init": "tensor val",
        "uniform_init": "tensor a b",
        "normal_init": "tensor mean std",
        "trunc_normal_init": "tensor mean std a b",
        "xavier_init": "tensor gain * distribution",
        "kaiming_init": "tensor a mode nonlinearity * distribution",
        "caffe2_xavier_init": "tensor",
        "bias_init_with_prob": "prior_prob",
    },
    source="open-mmlab/mmengine mmengine/model/weight_init.py at 25434293",
    calls=(
        Call("constant_init(module, 0.3)", ConstantInitializer(value=0.3), given={"val": 0.3}),
        Call("uniform_init(module)", UniformInitializer(low=0.0, high=1.0)),
        Call("normal_init(module)", NormalInitializer()),
        Call("trunc_normal_init(module)", TruncatedNormalInitializer(bounds="absolute")),
        Call("xavier_init(module)", GlorotNormal(), defaults=_NORMAL),
        Call(
            "xavier_init(module, distribution='uniform')",
            GlorotUniform(),
            is_alias=False,
            given={"distribution": "uniform"},
        ),
        Call("kaiming_init(module)", HeNormal(mode="fan_out"), arguments=_KAIMING, defaults=_NORMAL),
        Call(
            "kaiming_init(module, distribution='uniform')",
            HeUniform(mode="fan_out"),
            is_alias=False,
            given={"distribution": "uniform"},
            arguments=_KAIMING,
        ),
        Call("caffe2_xavier_init(module)", LecunUniform()),
        Call("bias_init_with_prob(0.01)", PriorBias(), given={"prior_prob": 0.01}),
    ),
    aliases={LecunUniform: ("caffe2_xavier", "caffe2_xavier_init")},
)
