"""Whole networks, by their modules in the order of their construction, against the state_dict that torch made."""

from __future__ import annotations

import numpy as np
import pytest
import safetensors.numpy

from tests.framework_streams.torch.recorded import RECORDED, digest

NETWORKS = RECORDED["networks"]


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    return NETWORKS[request.param]


def test_a_network_has_torchs_state_dict(client, network):
    reply = client.post("/checkpoints", json={"modules": network["modules"], "seed": 42})
    tensors = safetensors.numpy.load(reply.content)

    assert {name: digest(tensor) for name, tensor in tensors.items()} == network["state_dict"]


def test_modules_in_one_line_are_the_same_network(client):
    network = NETWORKS["twelve"]
    line = f"nn.Sequential({', '.join(network['modules'])})"
    tensors = safetensors.numpy.load(client.post("/checkpoints", json={"modules": line, "seed": 42}).content)

    assert {name: digest(tensor) for name, tensor in tensors.items()} == network["state_dict"]


def test_after_a_network_the_generator_stands_where_torchs_does(client, network):
    modules = [*network["modules"], "nn.Linear(1, 20, bias=False)"]
    plan = client.post("/checkpoints/plan", json={"modules": modules, "seed": 42}).json()
    last = next(tensor for tensor in plan["tensors"] if tensor["name"] == f"{len(modules) - 1}.weight")
    skip = last["parameters"]["skip"]

    reply = client.get(f"/weights/uniform?shape=20&seed=42&stream=torch&skip={skip}&format=npy")
    assert digest(np.frombuffer(reply.content[-80:], np.float32)) == network["then"]


def test_each_tensor_of_a_plan_can_be_had_by_itself(client):
    network = NETWORKS["twelve"]
    plan = client.post("/checkpoints/plan", json={"modules": network["modules"], "seed": 42}).json()

    assert len(plan["tensors"]) == len(network["state_dict"])
    for tensor in plan["tensors"]:
        array = np.frombuffer(client.get(tensor["url"]).content, tensor["dtype"])
        assert digest(array) == network["state_dict"][tensor["name"]], tensor["name"]


def test_the_url_of_a_network_gives_the_same_file_and_any_part_of_it(client):
    network = NETWORKS["twelve"]
    posted = client.post("/checkpoints", json={"modules": network["modules"], "seed": 42})
    url = posted.headers["content-location"]

    assert "stream" not in url
    assert client.get(url).content == posted.content
    part = safetensors.numpy.load(client.get(f"{url}?only=3.*").content)
    assert part.keys() == {name for name in network["state_dict"] if name.startswith("3.")}
    assert all(digest(tensor) == network["state_dict"][name] for name, tensor in part.items())


def test_tensors_are_drawn_in_the_order_in_which_they_stand(client):
    tensors = [
        {"name": "b", "initializer": "normal_", "shape": [3]},
        {"name": "zeros", "initializer": "zeros", "shape": [2]},
        {"name": "a", "initializer": "uniform_", "shape": [5]},
        {"name": "c.{0..1}", "initializer": "normal_", "shape": [2]},
    ]
    plan = client.post("/checkpoints/plan", json={"tensors": tensors, "seed": 3, "stream": "torch"}).json()
    told = {tensor["name"]: tensor["parameters"] for tensor in plan["tensors"]}

    assert {name: parameters["skip"] for name, parameters in told.items() if name != "zeros"} == {
        "b": 0, "a": 8, "c.0": 13, "c.1": 17,
    }  # fmt: skip
    # Three normals are a pair and a half; the other half is the first of the next two.
    assert told["c.0"]["cached"] == 4
    assert told["c.1"]["cached"] == 13
