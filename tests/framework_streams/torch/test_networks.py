"""Whole networks, by their modules in the order of their construction, against the state_dict that torch made."""

from __future__ import annotations

import numpy as np
import pytest
import safetensors
import safetensors.numpy

from service.checkpoints.container import SAFETENSORS
from service.requests.checkpoints.request import read_request
from service.requests.members import Members
from service.settings import Settings
from tests.framework_streams.torch.recorded import RECORDED, digest

NETWORKS = RECORDED["networks"]


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    return NETWORKS[request.param]


@pytest.mark.slow
def test_a_network_has_torchs_state_dict(client, network):
    reply = client.post("/checkpoints", json={"modules": network["modules"], "seed": 42})
    assert {name: digest(tensor) for name, tensor in _read(reply.content).items()} == network["state_dict"]


def _read(content):
    """Return the tensors of a file; bfloat16 ones, which NumPy has not, as float32."""
    found = {}
    for name, tensor in safetensors.deserialize(content):
        dtype = {"F32": "f4", "F64": "f8", "F16": "f2", "I64": "i8", "BF16": "u2"}[tensor["dtype"]]
        array = np.frombuffer(tensor["data"], dtype)
        found[name] = (array.astype(np.uint32) << 16).view(np.float32) if tensor["dtype"] == "BF16" else array
    return found


@pytest.mark.parametrize("name", RECORDED["code"])
def test_pasted_code_makes_the_state_dict_that_it_makes_in_torch(client, name):
    code = RECORDED["code"][name]
    tensors = safetensors.numpy.load(client.post("/checkpoints", json={"modules": code["modules"], "seed": 42}).content)

    assert {path: digest(tensor) for path, tensor in tensors.items()} == code["state_dict"]


NAMED = [
    ["self.fc = nn.Linear(3, 4)", "self.out = nn.Linear(4, 2)"],
    "self.fc = nn.Linear(3, 4); self.out = nn.Linear(4, 2)",
    [["fc", "nn.Linear(3, 4)"], ["out", "nn.Linear(4, 2)"]],
    [{"fc": "nn.Linear(3, 4)"}, {"out": "nn.Linear(4, 2)"}],
    [{"name": "fc", "module": "nn.Linear(3, 4)"}, {"name": "out", "module": "nn.Linear(4, 2)"}],
]


@pytest.mark.parametrize("modules", NAMED)
def test_modules_may_have_their_names_in_several_ways(client, modules):
    plain = {"fc": "nn.Linear(3, 4)", "out": "nn.Linear(4, 2)"}

    made, expected = (client.post("/checkpoints", json={"modules": each, "seed": 1}) for each in (modules, plain))
    assert made.content == expected.content


INHERITING = """
class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
        self.fc = nn.Linear(3, width)

class Named(Encoder):
    pass

class Classifier(Named):
    def __init__(self, classes=2):
        super().__init__(4)
        self.norm = nn.LayerNorm(4)
        self.out = nn.Linear(self.width, classes)
"""


def test_a_class_has_the_modules_of_the_one_that_it_is_made_of(client):
    plain = {"fc": "nn.Linear(3, 4)", "norm": "nn.LayerNorm(4)", "out": "nn.Linear(4, 2)"}

    made, expected = (client.post("/checkpoints", json={"modules": each, "seed": 1}) for each in (INHERITING, plain))
    assert made.content == expected.content


def test_modules_may_stand_within_objects(client):
    nested = {"encoder": {"fc": "nn.Linear(3, 4)"}, "heads": ["nn.Linear(4, 2)"]}
    plain = {"encoder.fc": "nn.Linear(3, 4)", "heads.0": "nn.Linear(4, 2)"}

    made, expected = (client.post("/checkpoints", json={"modules": each, "seed": 1}) for each in (nested, plain))
    assert made.content == expected.content


@pytest.mark.slow
def test_modules_in_one_line_are_the_same_network(client):
    network = NETWORKS["twelve"]
    line = f"nn.Sequential({', '.join(network['modules'])})"
    tensors = safetensors.numpy.load(client.post("/checkpoints", json={"modules": line, "seed": 42}).content)

    assert {name: digest(tensor) for name, tensor in tensors.items()} == network["state_dict"]


@pytest.mark.slow
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


@pytest.mark.slow
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


REFUSED = [
    ("nn.Liner(3, 4)", "did you mean Linear?"),
    ("nn.Linear(3)", "Linear's out_features must be a whole number"),
    ("nn.Linear(3, 4, True, 5)", "takes in_features, out_features, bias"),
    ("nn.Linear(0, 4)", "of 1 and more"),
    ("nn.Linear(n, 4)", "in_features must be a whole number"),
    ("nn.Linear(3, 4, bias=1)", "bias must be True or False"),
    ("nn.Linear(*sizes)", "must be"),
    ("nn.Linear(**sizes)", "without * and **"),
    ("nn.Linear", "must be the call of a module"),
    ("", "must be the call of a module"),
    ("nn.Linear(3, 4, dtpye=torch.float16)", "dtpye is not known: it takes in_features"),
    ("nn.Linear(3, 4, in_features=3)", "in_features is given twice"),
    ("nn.Linear(9 ** 99, 4)", "no number that is worked out"),
    ("nn.Linear(9 ** 64 ** 64, 4)", "no number that is worked out"),
    ("nn.Linear(1 // 0, 4)", "no number that is worked out"),
    ("nn.Sequential(*[nn.Linear(2, 2)] * 3)", "make each by itself"),
    ("nn.ModuleList([nn.Linear(2, 2) for _ in range(5000)])", "at most 1024"),
    ("nn.ModuleList([[1 for _ in range(1024)] for _ in range(1024)])", "more than 16384 calls"),
    ("nn.ModuleList([nn.Linear(2, 2) for i in range(3) if i])", "of comprehensions those over range"),
    ("for i in range(3):\n    nn.Linear(2, 2)", "is not followed"),
    ("torch.manual_seed(3)\nfc = nn.Linear(2, 2)", "say it as seed"),
    ("fc = nn.Linear(2, 2)\nnn.init.normal_(fc.weight)", "give the tensors themselves"),
    ("fc = nn.Linear(2, 2)\nfc = nn.Linear(2, 2)", "is made twice"),
    ("fc = nn.Linear(2, 2)\nall = nn.Sequential(fc)", "is used again by another module"),
    ("class A:\n  def __init__(self):\n    fc = nn.Linear(2, 2)", "is made and not kept"),
    ("class A:\n  def __init__(self):\n    self.a = A()", "no __init__ of its own"),
    ("class A(nn.Sequential):\n  def __init__(self):\n    super().__init__(nn.Linear(2, 2))", "in class A is not"),
    ("class A(nn.LayerNorm):\n  def __init__(self):\n    super().__init__(2)", "in class A is not followed"),
    ("class A:\n  def __init__(self):\n    self.a = nn.Linear(2, 2)\n    self.a.__init__(2, 2)", "is not followed"),
    ("a = ((1,), (2,))", "is not followed"),
    ("Net(\n  (fc): Linear(in_features=2, out_features=2, bias=True)\n)", "is what print shows"),
    ("nn.CrossEntropyLoss(weight=w)", "leave it out"),
    ("nn.Transformer(8, custom_encoder=e)", "custom_encoder is not followed"),
    ("nn.Parameter(torch.randn(3) * 0.1)", "randn of 16 and more"),
    ("nn.Parameter(w)", "data must be torch.randn"),
    ("nn.Conv2d(3, 4, (1, 2, 3))", "kernel_size"),
    ("nn.Conv2d(3, 4, 3, groups=2)", "groups must divide"),
    ("nn.Embedding(3, 4, padding_idx=3)", "one of its rows"),
    ("nn.TransformerEncoder(3, 4)", "encoder_layer must be a module"),
    ("nn.LSTM(3, 4, 5000)", "at most 1024"),
    ("nn.TransformerEncoder(nn.LSTM(1, 1, 1024), 1024)", "more than 16384 tensors"),
    ("nn.Sequential(3)", "must have modules"),
    ("nn.PReLU(init='a')", "must be a number"),
    (3, "modules"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED)
def test_a_module_that_is_not_read_is_refused_where_it_stands(client, text, says):
    reply = client.post("/checkpoints/plan", json={"modules": {"fc": "nn.Linear(2, 3)", "other": text}, "seed": 42})

    assert reply.status_code == 422
    assert says in reply.json()["detail"]
    assert "other" in reply.json()["errors"][0]["pointer"]


def test_a_name_with_braces_says_no_order_of_construction(client):
    reply = client.post("/checkpoints/plan", json={"modules": {"h.{0..1}.fc": "nn.Linear(2, 3)"}, "seed": 42})

    assert reply.status_code == 422
    assert "a class and its calls" in reply.json()["detail"]


def test_truncated_normals_in_a_sequence_are_drawn_to_tell_where_the_next_begins(client):
    tensors = [
        {"name": "a", "initializer": "truncated_normal", "shape": [100, 70]},
        {"name": "b", "initializer": "uniform", "shape": [2]},
    ]
    plan = client.post("/checkpoints/plan", json={"tensors": tensors, "seed": 42, "stream": "torch"}).json()
    skip = {tensor["name"]: tensor["parameters"]["skip"] for tensor in plan["tensors"]}
    # Each round draws 7,000 words, and 16 more for the ragged end.
    assert skip["b"] % 7016 == 0
    assert skip["b"] > 7016

    tensors[0]["shape"] = [5000, 5000]
    refused = client.post("/checkpoints/plan", json={"tensors": tensors, "seed": 42, "stream": "torch"})
    assert refused.status_code == 422
    assert "numbers of truncated normals in one sequence" in refused.json()["detail"]


def test_what_is_drawn_often_until_it_lies_within_counts_as_often(client):
    # Within ±0.45 lies a third of the normal, so that some twenty rounds are drawn.
    tensors = [{"initializer": "torch.nn.init.trunc_normal_", "shape": [1000, 1000], "a": -0.45, "b": 0.45}]
    tensors.append({"initializer": "uniform", "shape": [2]})
    named = [{**tensor, "name": str(number)} for number, tensor in enumerate(tensors)]
    refused = client.post("/checkpoints/plan", json={"tensors": named, "seed": 42, "stream": "torch"})

    assert refused.status_code == 422
    assert refused.json()["requested"] > 15 * 1000 * 1000


def test_what_advice_recommends_is_drawn_from_torchs_stream(client):
    layers = [{"layer": "Linear", "name": "fc1", "shape": [256, 784], "activation": "relu"}]
    advised = client.post("/advise", json={"seed": 42, "framework": "pytorch", "layers": layers}).json()
    made = safetensors.numpy.load(client.post("/checkpoints?stream=torch", json=advised).content)

    weight = client.get("/weights/torch.nn.init.kaiming_normal_?shape=256,784&seed=42&stream=torch&format=raw").content
    assert made["fc1.weight"].tobytes() == weight


def test_a_file_pays_once_for_the_words_before_its_furthest_tensor():
    far = {"initializer": "uniform", "shape": [3]}
    tensors = {f"w{number}": {**far, "skip": 4 * 10**9 + number} for number in range(5)}
    document = {"tensors": tensors, "seed": 1, "stream": "torch"}
    request = read_request(document, Members({}, in_body=False), SAFETENSORS, 1000, 100)
    (file,) = request.resolve(Settings()).files.values()

    way = file.members[4].kind.reach
    assert way > 1.0
    assert way < file.cost(range(5)).filling < 1.1 * way
    assert file.cost(range(0)).filling == 0.0
