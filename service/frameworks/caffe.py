"""Caffe's fillers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.constant import ConstantInitializer
from service.initializers.random import NormalInitializer, UniformInitializer
from service.initializers.resampling import Bilinear
from service.initializers.variance_scaling import GlorotUniform, HeNormal, LecunUniform, VarianceScaling

_BY_INPUTS = {"variance_norm": "FAN_IN"}


def _filler(type_: str, norm: str = "") -> str:
    return f'filler {{ type: "{type_}"{f" variance_norm: {norm}" if norm else ""} }}'


CAFFE = Framework(
    name="caffe",
    title="Caffe",
    modules=("caffe", "caffe.filler"),
    parameter_names={"min": ("low",), "max": ("high",)},
    signatures={
        "xavier": "* variance_norm",
        "msra": "* variance_norm",
        "constant": "* value",
        "uniform": "* min max",
        "gaussian": "* mean std",
    },
    source="BVLC/caffe include/caffe/filler.hpp at 03f897b0",
    calls=(
        Call(_filler("xavier"), LecunUniform(), is_alias=False, own_name="xavier", defaults=_BY_INPUTS),
        Call(
            _filler("xavier", "FAN_OUT"),
            VarianceScaling(mode="fan_out", distribution="uniform"),
            is_alias=False,
            own_name="xavier",
            given={"variance_norm": "FAN_OUT"},
        ),
        Call(
            _filler("xavier", "AVERAGE"),
            GlorotUniform(),
            is_alias=False,
            own_name="xavier",
            given={"variance_norm": "AVERAGE"},
        ),
        Call(_filler("msra"), HeNormal(), is_alias=False, own_name="msra", defaults=_BY_INPUTS),
        Call(
            _filler("msra", "FAN_OUT"),
            HeNormal(mode="fan_out"),
            is_alias=False,
            own_name="msra",
            given={"variance_norm": "FAN_OUT"},
        ),
        Call(
            _filler("msra", "AVERAGE"),
            HeNormal(mode="fan_avg"),
            is_alias=False,
            own_name="msra",
            given={"variance_norm": "AVERAGE"},
        ),
        Call(_filler("constant"), ConstantInitializer(), is_alias=False, own_name="constant"),
        Call(_filler("uniform"), UniformInitializer(low=0.0, high=1.0), is_alias=False, own_name="uniform"),
        Call(_filler("gaussian"), NormalInitializer(), is_alias=False, own_name="gaussian"),
        Call(_filler("bilinear"), Bilinear(channels="all"), is_alias=False, own_name="bilinear"),
    ),
    aliases={HeNormal: ("msra",)},
)
