"""Descriptions put together at random: each is answered with a reason, or refused with one."""

from __future__ import annotations

import random
from typing import get_args

import pytest
from starlette.testclient import TestClient

from service.activations.names import NAMES
from service.advice.layer.description import ArchitectureName, FrameworkName, LayerDescription, Normalization
from service.advice.layer.vocabulary import LayerKind, LayerRole
from service.app import create_app
from service.catalogue.catalogue import CATALOGUE
from service.settings import Settings

NUMBERS = ("0", "1", "2", "3", "7", "64", "1000", "1e3", "0.5", "1e-6", "1e15", "-1", "9" * 16, "nan", "x", "")
WORDS = {
    "layer": (*get_args(LayerKind), "Linear", "Conv2d", "nn.LSTM", "Dense", "Embedding", "DepthwiseConv2D", "nothing"),
    "role": get_args(LayerRole),
    "activation": NAMES,
    "architecture": get_args(ArchitectureName),
    "normalization": get_args(Normalization),
    "framework": get_args(FrameworkName),
    "norm_position": ("pre", "post"),
    "optimizer": ("sgd", "adam", "muon"),
    "parametrization": ("standard", "mup"),
    "stack": ("encoder", "decoder"),
    "tensor": ("recurrent", "input"),
    "layout": ("out_in", "in_out", "out_kernel_in"),
    "shape": ("4,4", "256,784", "64,32,3,3", "1,1", "3,3,16,64", "1024,256", "2147483648,2147483648", "5", "2,2,2,2,2"),
    "current": ("zeros", "normal?std=1", "normal?std=1e15", "orthogonal?gain=1e-15", "constant?value=0.1", "identity"),
    **dict.fromkeys(("residual", "tied", "bias"), ("true", "false")),
}


def description(source: random.Random) -> dict[str, str]:
    names = [name for name in LayerDescription.model_fields if name != "layer"]
    asked = source.sample([*names, "current"], source.randrange(7))
    return {name: source.choice(WORDS.get(name, NUMBERS)) for name in ("layer", *asked)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_description_is_answered_or_refused_with_a_reason(seed):
    source = random.Random(seed)
    answered = 0
    with TestClient(create_app(Settings()), raise_server_exceptions=False) as client:
        for _ in range(1000):
            asked = description(source)
            reply = client.get("/advise", params=asked)
            assert reply.status_code in {200, 422}, (asked, reply.text)
            if reply.status_code == 422:
                assert all(error["detail"] for error in reply.json()["errors"]), asked
                continue
            answered += 1
            recommended = reply.json()["recommendation"]
            assert recommended["reason"], asked
            for tensor in (recommended["weights"], recommended["bias"]):
                assert tensor is None or CATALOGUE.get(tensor["initializer"]), asked
    assert answered > 100
