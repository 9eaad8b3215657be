"""Caffe's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.variance_scaling import HeNormal, LecunUniform

CAFFE = Framework(
    name="caffe",
    title="Caffe",
    modules=("caffe", "caffe.filler"),
    source="BVLC/caffe include/caffe/filler.hpp at 03f897b0",
    calls=(
        Call('filler { type: "xavier" }', LecunUniform(), is_alias=False, own_name="xavier"),
        Call('filler { type: "msra" }', HeNormal(), is_alias=False, own_name="msra"),
    ),
    aliases={HeNormal: ("msra",)},
)
