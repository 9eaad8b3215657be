"""A client that openapi-python-client generates. Prints what it got as JSON."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TypeVar

from fanin_client import Client
from fanin_client.api.advice import post_advice, post_network_advice
from fanin_client.api.weights import (
    get_weights_json,
    get_weights_npy,
    get_weights_raw,
    get_weights_safetensors,
    post_weights,
)
from fanin_client.models import (
    Advice,
    AdviceRequest,
    NetworkAdvice,
    NetworkAdviceRequest,
    NetworkLayer,
    Problem,
    Tensor,
    TensorRequest,
)
from fanin_client.types import File

fanin = Client(base_url=os.environ.get("FANIN_URL", "http://localhost:8000"))
T = TypeVar("T")


def got(answer: object, kind: type[T]) -> T:
    if not isinstance(answer, kind):
        raise TypeError(answer.detail if isinstance(answer, Problem) else answer)
    return answer


tensor = got(get_weights_json.sync("he_normal", client=fanin, shape="2,3", seed="42"), Tensor)

files = {}
for format_, operation in {
    "npy": get_weights_npy,
    "safetensors": get_weights_safetensors,
    "raw": get_weights_raw,
}.items():
    file = got(operation.sync("normal", client=fanin, shape="16,8", seed="18446744073709551615"), File)
    files[format_] = sha256(file.payload.read()).hexdigest()

alias = got(post_weights.sync(client=fanin, body=TensorRequest("kaiming_normal_", [2, 3], seed=42)), Tensor)
wanted = TensorRequest("normal", [2], seed="18446744073709551615", name="a.b", dtype="float64")
seeded = got(post_weights.sync(client=fanin, body=wanted), Tensor)

refusal = get_weights_json.sync("zeros", client=fanin, shape="34359738368")
problem = got(refusal, Problem)

layer = AdviceRequest("Linear", shape=[256, 784], activation="relu", framework="pytorch", current="normal?std=1")
advice = got(post_advice.sync(client=fanin, body=layer), Advice)
layers = [NetworkLayer("Conv2d", shape=[32, 3, 3, 3]), NetworkLayer("Linear", shape=[10, 32])]
network = got(post_network_advice.sync(client=fanin, body=NetworkAdviceRequest(layers, seed=42)), NetworkAdvice)
made = got(post_weights.sync(client=fanin, body=network.manifest.tensors["layers.0.weight"]), Tensor)

weights, verdict = advice.recommendation.weights, advice.verdict
assert weights is not None
assert verdict is not None
print(
    json.dumps(
        {
            "data": tensor.data,
            "files": files,
            "alias": alias.parameters.initializer,
            "seed": seeded.parameters.seed,
            "problem": [problem.status, problem.type_, problem.limit, problem.requested],
            "advice": [weights.initializer, advice.layer.fan_in, verdict.judgement],
            "tensors": list(network.manifest.tensors.to_dict()),
            "made": made.shape,
        }
    )
)
