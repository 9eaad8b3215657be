"""Caffe2's initializers."""

from __future__ import annotations

from service.frameworks.framework import Call, Framework
from service.initializers.variance_scaling import HeNormal, LecunUniform

CAFFE2 = Framework(
    name="caffe2",
    title="Caffe2",
    modules=("caffe2",),
    source="pytorch/pytorch caffe2/operators/filler_op.h at b45d8e55",
    calls=(
        Call("XavierFill", LecunUniform()),
        Call("MSRAFill", HeNormal(mode="fan_out")),
    ),
)
