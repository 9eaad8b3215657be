"""`/advise` as clients use it."""

from __future__ import annotations

import math
import shlex
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings


def errors(response):
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()["errors"]


def links(value):
    """Yield every href in an answer."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "href":
                yield item
            elif key == "hrefs":
                yield from item
            else:
                yield from links(item)
    elif isinstance(value, list):
        for item in value:
            yield from links(item)


MEMBERS = {
    "layer", "assumed", "recommendation", "alternatives", "evidence", "framework_default", "verdict", "warnings",
    "experiments", "references",
}  # fmt: skip


def test_a_get_answers_with_everything_that_is_promised(client):
    answer = client.get("/advise?layer=dense&activation=relu&shape=256,784").json()

    assert set(answer) == MEMBERS
    assert set(answer["recommendation"]["weights"]) == {"initializer", "std", "fan_in", "fan_out", "href"}
    assert set(answer["evidence"]) >= {"forward_ratio", "backward_ratio", "chi_perp", "elasticity", "validity"}
    assert answer["verdict"] is answer["framework_default"] is None
    assert all(alternative["when"] and alternative["evidence"] for alternative in answer["alternatives"])
    assert {"key", "url"} == set(answer["references"][0])


def test_a_post_is_answered_as_the_get_of_the_same_members(client):
    get = client.get("/advise?layer=Conv2d&activation=leaky_relu&negative_slope=0.2&shape=8,4,3,3&depth=20&bias=false")
    post = client.post(
        "/advise",
        json={"layer": "Conv2d", "activation": "leaky_relu", "negative_slope": 0.2, "shape": [8, 4, 3, 3], "depth": 20,
              "bias": False},
    )  # fmt: skip

    assert get.json() == post.json()


def test_what_was_assumed_is_said(client):
    assumed = client.get("/advise?layer=dense").json()["assumed"]

    assert assumed == {
        "role": "hidden", "shape": [512, 512], "activation": "relu", "normalization": "none", "residual": False,
    }  # fmt: skip
    assert (
        client.get(
            "/advise?layer=dense&role=hidden&shape=512,512&layout=out_in&activation=relu&normalization=none&residual=false"
        ).json()["assumed"]
        == {}
    )


ANSWERED = [
    "layer=dense&activation=relu&shape=256,784&framework=pytorch&seed=7&name=fc1&current=normal?std=0.02",
    "layer=Conv2d&shape=3,3,16,32&framework=keras&groups=2",
    "layer=LSTM&units=16&longest=100&framework=pytorch",
    "layer=MultiheadAttention&shape=96,32&dtype=bfloat16",
    "layer=S4D&shape=4,8",
    "layer=Mamba&shape=32,8",
    "layer=ConvTranspose2d&shape=8,4,4,4&stride=2",
    "layer=SwiGLU&shape=32,64&depth=12",
    "layer=LoRA&shape=4,64",
    "layer=PReLU",
    "layer=dense&activation=gelu&depth=40&shape=32,32",
    "layer=Linear&shape=3,4,6&framework=keras&activation=relu&depth=9&residual=true",
    "layer=MultiHeadAttention&framework=keras&shape=6,4,3",
    "layer=DenseGeneral&framework=flax&shape=4,3,6&axis=-2,-1",
    "layer=EinsumDense&framework=keras&shape=6,4,3&equation=abc,cde-%3Eabde",
    "layer=MultiheadAttention&shape=48,32&heads=4&kv_heads=1",
    "layer=DepthwiseConv2D&framework=keras&shape=3,3,6,2&activation=relu",
    "layer=ConvTranspose2d&shape=6,4,3,3&groups=2&stride=2&framework=pytorch",
    "layer=Bilinear&shape=3,4,5&framework=mlx",
    "layer=LSTM&framework=burn&shape=6,6",
    "layer=Conv2d&shape=2,4,3,3,3&layout=soikk&framework=pytorch",
]


@pytest.mark.parametrize("query", ANSWERED)
def test_every_link_of_an_answer_is_a_tensor(client, query):
    answer = client.get(f"/advise?{query}").json()
    found = list(links(answer))

    assert len(found) >= 2
    for href in found:
        response = client.head(href, headers={"Accept": "*/*"})
        assert response.status_code == 200, href


def test_the_link_is_the_tensor_that_is_recommended(client):
    answer = client.get("/advise?layer=dense&activation=relu&shape=64,784&seed=7&name=fc1").json()
    weights = answer["recommendation"]["weights"]
    tensor = client.get(weights["href"]).json()

    assert tensor["name"] == "fc1.weight"
    assert tensor["parameters"]["seed"] == "7"
    assert tensor["parameters"]["std"] == pytest.approx(weights["std"], rel=1e-9)
    values = [value for row in tensor["data"] for value in row]
    assert math.sqrt(sum(v * v for v in values) / len(values)) == pytest.approx(weights["std"], rel=0.02)


def test_links_go_through_the_path_that_the_service_is_under():
    with TestClient(create_app(Settings()), root_path="/fanin") as client:
        href = client.get("/fanin/advise?layer=dense").json()["recommendation"]["weights"]["href"]

    assert href.startswith("/fanin/weights/")


@pytest.mark.parametrize(
    "current",
    ["normal?std=1", "/weights/normal?std=1&seed=3&shape=512,512", "normal_?std=1", "RandomNormal?std=1.0"],
)
def test_current_is_an_initializer_as_in_a_url(client, current):
    verdict = client.get("/advise", params={"layer": "dense", "depth": 20, "current": current}).json()["verdict"]

    assert verdict["judgement"] == "reject"
    assert verdict["weights"]["initializer"] == "normal"


def test_current_is_an_object_in_json(client):
    answer = client.post("/advise", json={"layer": "dense", "current": {"initializer": "he_normal", "gain": 1.0}})

    assert answer.json()["verdict"]["weights"]["parameters"] == {"gain": 1.0}


# (query, the parameter to blame, a part of what is said)
REFUSED = [
    ("", "layer", "required"),
    ("layer=", "layer", "must not be empty"),
    ("layer=Liner", "layer", "did you mean linear"),
    ("layer=dense&activation=rleu", "activation", "did you mean relu"),
    ("layer=dense&sede=1", "sede", "did you mean seed"),
    ("layer=dense&shape=0,4", "shape", "sizes of 1 and more"),
    ("layer=dense&shape=4", "shape", "at least 2 axes"),
    ("layer=Conv2d&shape=4,4", "shape", "at least 3 axes"),
    ("layer=dense&shape=a", "shape", "sizes of the axes"),
    ("layer=dense&depth=0", "depth", "greater than or equal to 1"),
    ("layer=dense&depth=1.5", "depth", "integer"),
    ("layer=dense&depth=10001", "depth", "less than or equal to 10000"),
    ("layer=dense&residual=true&layers_per_branch=21", "layers_per_branch", "less than or equal to 20"),
    ("layer=dense&activation=relu&alpha=1", "alpha", "relu has no alpha"),
    ("layer=dense&activation=elu&negative_slope=1", "negative_slope", "it takes alpha"),
    ("layer=dense&activation_table=1", "activation_table", "object"),
    ("layer=dense&role=boss", "role", "'hidden'"),
    ("layer=dense&framework=lasagne", "framework", "'pytorch'"),
    ("layer=dense&fan_in=0", "fan_in", "greater than"),
    ("layer=dense&fan_in=nan", "fan_in", "number"),
    ("layer=dense&dropout=1", "dropout", "less than 1"),
    ("layer=dense&prior=1", "prior", "less than 1"),
    ("layer=dense&seed=-1", "seed", "0 to"),
    ("layer=dense&dtype=int8", "dtype", "'float32'"),
    ("layer=dense&current=nonsense", "current", "no initializer is called"),
    ("layer=dense&current=lsuv", "current", "needs more than a shape"),
    ("layer=dense&current=normal?sdt=1", "current", "did you mean std"),
    ("layer=dense&current=normal?std=-1", "current", "std"),
    ("layer=dense&current=sparse", "current", "sparsity"),
    ("layer=dense&current=dirac", "shape", "dirac"),
    ("layer=conv&groups=3&shape=8,2,3,3", "groups", "do not divide"),
    ("layer=LSTM&shape=100,25&units=24", "units", "4 times the units"),
    ("layer=dense&layer=conv", "layer", "more than once"),
    ("layer=dense&name=" + "x" * 201, "name", "200"),
    ("layer=dense&bias=maybe", "bias", "true or false"),
    ("layer=maxout&pieces=1", "pieces", "2"),
    ("layer=dense&shape=4,4&layout=xy", "layout", "one letter an axis"),
    ("layer=EinsumDense&shape=4,4,4&equation=ab", "equation", "einsum equation"),
    ("layer=EinsumDense&shape=4,4,4", "equation", "give it"),
    ("layer=DenseGeneral&shape=4,4,4&axis=one", "axis", "list"),
    ("layer=attention&heads=0", "heads", "greater than or equal to 1"),
    ("layer=MultiheadAttention&framework=pytorch&shape=64,64&tensor=", "tensor", "must not be empty"),
]


@pytest.mark.parametrize(("query", "parameter", "said"), REFUSED)
def test_what_makes_no_sense_is_refused_with_what_to_do(client, query, parameter, said):
    found = errors(client.get(f"/advise?{query}"))

    assert any(error.get("parameter") == parameter and said in error["detail"] for error in found), found


def test_all_that_is_wrong_is_told_at_once(client):
    found = errors(client.get("/advise?layer=dense&depth=0&dropout=2&sede=1"))

    assert {error["parameter"] for error in found} == {"depth", "dropout", "sede"}


TABLES = [
    ({"x": [0, 1], "y": [0]}, "at least 2"),
    ({"x": [0, 1, 2], "y": [0, 1]}, "equally long"),
    ({"x": [1, 0], "y": [0, 1]}, "must rise"),
    ({"x": [0, 0], "y": [0, 1]}, "must rise"),
    ({"x": [0, 1], "y": [0, 0]}, "zero everywhere"),
    ({"x": list(range(513)), "y": [1] * 513}, "more than 512 items"),
    ({"x": [0, 1e7], "y": [1, 2]}, "less than or equal to"),
    ([1, 2], "object"),
]


@pytest.mark.parametrize(("table", "said"), TABLES)
def test_a_table_that_is_no_function_is_refused(client, table, said):
    found = errors(client.post("/advise", json={"layer": "dense", "activation_table": table}))

    assert found[0]["pointer"] == "/activation_table"
    assert said in found[0]["detail"]


@pytest.mark.parametrize("y", [[1e6, -1e6], [1e-300, 1e-300], [5e-324, 0.0], [1e-5, 1e-5], [-0.0, 1.0]])
def test_a_table_of_any_numbers_is_answered(client, y):
    response = client.post("/advise", json={"layer": "dense", "depth": 9, "activation_table": {"x": [0, 1], "y": y}})

    assert response.status_code in {200, 422}
    assert "NaN" not in response.text
    assert "Infinity" not in response.text


def test_a_head_tells_whether_there_is_advice(client):
    assert client.head("/advise?layer=dense").status_code == 200
    assert client.head("/advise?layer=dense").content == b""
    assert client.head("/advise?layer=nonsense").status_code == 422


# (Accept, the media type of the reply)
ACCEPTED = [
    (None, "application/json"),
    ("*/*", "application/json"),
    ("application/json", "application/json"),
    ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
    ("text/plain", "text/plain; charset=utf-8"),
    ("TEXT/*", "text/plain; charset=utf-8"),
    ("application/json;q=0.5, text/plain", "text/plain; charset=utf-8"),
    ("application/json, text/plain;q=0.9", "application/json"),
    ("text/plain;q=0, */*", "application/json"),
    ("application/json;q=0, */*;q=0.1", "text/plain; charset=utf-8"),
]


@pytest.mark.parametrize(("accept", "media_type"), ACCEPTED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_accept_decides_between_json_and_text(client, method, accept, media_type):
    layer = {"json": {"layer": "dense"}} if method == "POST" else {"params": {"layer": "dense"}}
    reply = client.request(method, "/advise", headers={"Accept": accept or ""}, **layer)

    assert (reply.status_code, reply.headers["content-type"]) == (200, media_type)
    assert reply.headers["vary"] == "Accept"


@pytest.mark.parametrize(("format_", "media_type"), [("json", "application/json"), ("text", "text/plain")])
def test_format_beats_accept(client, format_, media_type):
    reply = client.get(f"/advise?layer=dense&format={format_}", headers={"Accept": "text/csv"})

    assert reply.headers["content-type"].partition(";")[0] == media_type
    assert "vary" not in reply.headers


def test_an_accept_that_allows_neither_is_refused_with_all(client):
    reply = client.get("/advise?layer=dense", headers={"Accept": "text/csv"})

    assert (reply.status_code, reply.headers["content-type"]) == (406, "application/problem+json")
    supported = [each["media_type"] for each in reply.json()["supported"]]
    assert supported == ["application/json", "text/plain", "image/svg+xml", "image/png"]


@pytest.mark.parametrize("path", ["/advise", "/advise/network"])
def test_a_network_is_told_as_text_too(client, path):
    reply = client.post(path, json={**NETWORK, "format": "text"})

    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.text.startswith("network    3 layers, 6 tensors")


def test_what_is_wrong_is_a_problem_document_in_text_too(client):
    found = errors(client.get("/advise?layer=Liner&format=text", headers={"Accept": "text/plain"}))

    assert "did you mean linear" in found[0]["detail"]


@pytest.mark.parametrize(("query", "parameter"), [("pretty=true", "pretty"), ("evidence=full", "evidence")])
def test_what_is_for_json_is_refused_of_text(client, query, parameter):
    found = errors(client.get(f"/advise?layer=dense&format=text&{query}"))

    assert [(error["parameter"], "JSON only" in error["detail"]) for error in found] == [(parameter, True)]


def test_pretty_json_is_the_same_in_lines(client):
    plain, pretty = (client.get(f"/advise?layer=dense{query}") for query in ("", "&pretty=true"))

    assert pretty.json() == plain.json()
    assert len(pretty.text.splitlines()) > 50
    assert len(plain.text.splitlines()) == 1


@pytest.mark.parametrize(
    ("host", "scheme", "origin"),
    [
        ("weights.example:8080", "http", "weights.example:8080"),
        ("weights.example", "https", "https://weights.example"),
        ("[::1]:8000", "http", "[::1]:8000"),
        ("a';rm -rf ~;'", "http", "localhost:8000"),
        ("$(id)", "https", "localhost:8000"),
    ],
)
def test_commands_go_to_the_server_that_was_asked(host, scheme, origin):
    with TestClient(create_app(Settings()), base_url=f"{scheme}://testserver", root_path="/fanin") as client:
        text = client.get("/fanin/advise?layer=dense&format=text", headers={"Host": host}).text

    assert f"curl -OJ '{origin}/fanin/weights/he_normal.npy?shape=512,512'\n" in text


def test_a_root_path_is_quoted_for_the_shell():
    with TestClient(create_app(Settings()), root_path="/v1/it's") as client:
        text = client.get("/v1/it's/advise?layer=dense&format=text").text

    (line,) = [line for line in text.splitlines() if "curl" in line]
    assert shlex.split(line)[2] == "testserver/v1/it's/weights/he_normal.npy?shape=512,512"


@pytest.mark.parametrize("format_", ["text", "text/plain", "txt", "TEXT"])
def test_text_has_several_names(client, format_):
    assert client.get(f"/advise?layer=dense&format={format_}").headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(client, method):
    response = client.request(method, "/advise")

    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


NETWORK: dict = {
    "framework": "pytorch",
    "depth": 3,
    "seed": 42,
    "layers": [
        {"name": "fc1", "layer": "Linear", "shape": [256, 784], "activation": "relu"},
        {"name": "fc2", "layer": "Linear", "shape": [128, 256], "activation": "relu"},
        {"layer": "head", "shape": [10, 128]},
    ],
}


@pytest.mark.parametrize(("said", "assumed"), [({}, {"seed": "0"}), ({"seed": 0}, {}), ({"seed": 7}, {})])
def test_the_seed_of_a_network_is_told_where_it_is_assumed(client, said, assumed):
    request = {name: value for name, value in NETWORK.items() if name != "seed"}
    answer = client.post("/advise", json={**request, **said}).json()

    assert answer["assumed"] == assumed
    assert answer["manifest"]["seed"] == str(said.get("seed", 0))


def test_a_network_is_answered_layer_by_layer_and_as_a_whole(client):
    answer = client.post("/advise", json=NETWORK).json()

    assert set(answer) == {"assumed", "layers", "warnings", "experiments", "references", "network", "manifest"}
    assert [set(layer) for layer in answer["layers"]] == [MEMBERS - {"references"}] * 3
    assert [layer["layer"]["name"] for layer in answer["layers"]] == ["fc1", "fc2", "layers.2"]
    assert answer["layers"][0]["framework_default"]["framework"] == "PyTorch"
    assert [step["layer"] for step in answer["network"]["signal"]] == ["fc1", "fc2"]


def test_the_signal_goes_through_all_layers(client):
    """The first layer has no nonlinearity before it: He's variance doubles its input, and then keeps it."""
    layers = [{"layer": "dense", "shape": [300, 300], "activation": "relu", "bias": False} for _ in range(6)]
    network = client.post("/advise", json={"layers": layers}).json()["network"]

    assert [step["second_moment"] for step in network["signal"]] == pytest.approx([2.0] * 6)
    assert [step["gradient"] for step in network["signal"]] == pytest.approx([1.0] * 6)
    assert (network["forward"], network["backward"]) == pytest.approx((2, 1))


def test_the_gradient_follows_widths_that_change(client):
    layers = [
        {"layer": "dense", "shape": shape, "activation": "tanh", "bias": False}
        for shape in ([64, 32], [128, 64], [64, 128])
    ]
    signal = client.post("/advise", json={"layers": layers}).json()["network"]["signal"]
    # Glorot's variance 2 / (fan_in + fan_out): sigma_w^2 = 2/3 where the layer widens to twice, 4/3 where it narrows.
    assert signal[0]["second_moment"] == pytest.approx(2 / 3, rel=1e-9)
    assert signal[2]["gradient"] == 1
    assert signal[1]["gradient"] < 4 / 3


def test_normalisation_brings_the_signal_back(client):
    layers = [{"layer": "dense", "shape": [64, 64], "activation": "relu", "normalization": "batch"} for _ in range(4)]
    signal = client.post("/advise", json={"layers": layers}).json()["network"]["signal"]

    assert [step["second_moment"] for step in signal] == [1.0] * 4


def test_residual_branches_add_up(client):
    layers = [
        {"layer": "conv", "shape": [64, 64, 3, 3], "activation": "relu", "role": role, "residual": True,
         "normalization": "none", "depth": 8}
        for _ in range(8)
        for role in ("hidden", "residual_last")
    ]  # fmt: skip
    network = client.post("/advise", json={"layers": layers}).json()["network"]

    # Fixup: the last layer of each branch is zero, and each block the identity.
    assert network["forward"] == network["backward"] == 1


def test_each_tensor_of_the_manifest_can_be_made(client):
    layers = [*NETWORK["layers"], {"layer": "LSTM", "units": 8, "name": "rnn"}, {"layer": "S4D", "shape": [2, 4]}]
    manifest = client.post("/advise", json={**NETWORK, "layers": layers}).json()["manifest"]

    assert (manifest["seed"], manifest["dtype"]) == ("42", "float32")
    of_cell = {f"rnn.{tensor}_l0" for tensor in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    assert {"fc1.weight", "fc1.bias", "layers.2.weight", *of_cell} <= set(manifest["tensors"])
    for name, tensor in manifest["tensors"].items():
        response = client.post("/weights", json={"seed": manifest["seed"], "name": name, "format": "raw", **tensor})
        assert response.status_code == 200, (name, response.text)


def test_the_manifest_and_the_links_are_the_same_tensors(client):
    answer = client.post("/advise", json=NETWORK).json()
    href = answer["layers"][0]["recommendation"]["weights"]["href"]
    tensor = answer["manifest"]["tensors"]["fc1.weight"]
    posted = client.post("/weights", json={"seed": 42, "name": "fc1.weight", "format": "raw", **tensor})

    assert client.get(f"{href}&format=raw").content == posted.content


NETWORKS_REFUSED = [
    ({"layers": []}, "/layers", "list of layers"),
    ({"layers": ""}, "/layers", "list of layers"),
    ({"layers": 3}, "/layers", "list of layers"),
    ({"layers": [1]}, "/layers", "list of layers"),
    ({"layers": [{"layer": "dense"}], "sede": 1}, "/sede", "did you mean seed"),
    ({"layers": [{"layer": "dense"}], "shape": [2, 2]}, "/shape", "a list of layers takes no such parameter"),
    ({"layers": [{"layer": "dense"}], "depth": 0}, "/depth", "greater than"),
    ({"layers": [{"layer": "dense"}, {"layer": "Liner"}]}, "/layers/1/layer", "did you mean linear"),
    ({"layers": [{"layer": "dense"}, {"activation": "relu"}]}, "/layers/1/layer", "required"),
    ({"layers": [{"layer": "dense", "shape": [4]}]}, "/layers/0/shape", "at least 2"),
    ({"layers": [{"layer": "dense", "seed": 4}]}, "/layers/0/seed", "takes no such parameter"),
    ({"layers": [{"layer": "dense", "name": "a"}, {"layer": "dense", "name": "a"}]}, "/layers/1/name", "another layer"),
    ({"layers": [{"layer": "dense", "current": {"std": 1}}]}, "/layers/0/current", "initializer"),
]


@pytest.mark.parametrize(("body", "pointer", "said"), NETWORKS_REFUSED)
def test_what_is_wrong_with_a_layer_is_pointed_at(client, body, pointer, said):
    found = errors(client.post("/advise", json=body))

    assert any(error.get("pointer") == pointer and said in error["detail"] for error in found), found


@pytest.mark.slow
def test_a_thousand_layers_are_answered(client):
    layers = [{"layer": "Linear", "shape": [64 + i % 7, 64], "activation": "gelu"} for i in range(1000)]
    answer = client.post("/advise", json={"framework": "pytorch", "depth": 1000, "layers": layers}).json()

    assert len(answer["layers"]) == 1000
    assert len(answer["manifest"]["tensors"]) == 2000


def test_more_layers_than_the_limit_are_refused():
    with TestClient(create_app(Settings(max_layers=2, max_advice_bytes=400))) as client:
        page = client.post("/advise", json={"layers": [{"layer": "dense"}] * 3}).json()
        large = client.post("/advise", json={"layers": [{"layer": "dense", "name": "x" * 100}] * 4})

    assert (page["type"], page["requested"], page["limit"]) == ("/problems/over-limit", 3, 2)
    assert large.status_code == 413


def _layers(count, **members):
    return [{"layer": "Linear", "shape": [64 + i, 64], **members} for i in range(count)]


@pytest.mark.parametrize(
    ("layers", "requested", "limit", "what"),
    [
        (
            [{"layer": "dense", "activation_table": {"x": [0, 1], "y": [0, i]}} for i in range(1, 19)],
            18,
            16,
            "activation tables",
        ),
        (
            [{"layer": "Linear", "activation": f"ELU({1 + i / 100})"} for i in range(65)],
            65,
            64,
            "different activations",
        ),
        (_layers(66, current={"initializer": "uniform", "low": 0, "high": 0.1}), 66, 64, "have a mean"),
        ([{"layer": "dense", "x": [{}] * 9}] * 1000, 10_001, 8000, "objects"),
    ],
)
def test_whatever_an_advice_has_too_much_of_is_told_with_its_limit(client, layers, requested, limit, what):
    page = client.post("/advise", json={"layers": layers}).json()

    assert (page["type"], page["status"]) == ("/problems/over-limit", 422)
    assert (page["requested"], page["limit"]) == (requested, limit)
    assert what in page["detail"]


def test_long_answers_wait_for_room_and_short_ones_do_not():
    with TestClient(create_app(Settings(max_streams=1))) as client:
        client.get("/advise?layer=dense")
        with client.app_state["executors"].admission.enter(0):
            long = client.post("/advise", json={"layers": [{"layer": "dense"}]})
            short = client.get("/advise?layer=dense")

    assert (long.status_code, long.headers["retry-after"]) == (503, "1")
    assert short.status_code == 200


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b"[]", 400), (b"{", 400), (b'{"layer": null}', 422), (b"\xff", 400)]
)
def test_what_is_no_object_is_refused(client, body, status):
    assert client.post("/advise", content=body, headers={"Content-Type": "application/json"}).status_code == status


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("ReLU", "activation=relu"),
        ("nn.ReLU", "activation=relu"),
        ("LeakyReLU", "activation=leaky_relu"),
        ("nn.SiLU()", "activation=silu"),
        ("Softmax", "is an activation"),
        ("Dropout", "has no weights"),
        ("nn.Dropout2d", "has no weights"),
        ("MaxPool2d", "has no weights"),
        ("MaxPooling2D", "has no weights"),
        ("GlobalAveragePooling1D", "has no weights"),
        ("nn.Flatten", "has no weights"),
        ("Sequential", "has no weights"),
        ("UpSampling2D", "has no weights"),
        ("nn.Dropout(0.5)", "has no weights"),
    ],
)
def test_a_layer_without_weights_is_said_to_have_none(client, layer, said):
    (error,) = errors(client.get("/advise", params={"layer": layer}))

    assert said in error["detail"]
    assert "did you mean" not in error["detail"]


@pytest.mark.parametrize("layer", ["candle_nn::Linear", "nn.Linear()", "torch.nn.Conv2d", "keras.layers.Dense"])
def test_a_layer_is_known_with_its_module_and_parentheses(client, layer):
    assert client.get("/advise", params={"layer": layer}).status_code == 200


@pytest.mark.parametrize(("query", "prefix"), [("", ""), ("&name=fc1", "fc1.")])
def test_the_links_of_a_default_name_its_tensors(client, query, prefix):
    default = client.get(f"/advise?layer=LSTM&units=64&framework=pytorch&evidence=full{query}").json()[
        "framework_default"
    ]

    names = [parse_qs(urlsplit(default[tensor]["href"]).query)["name"] for tensor in ("weights", "bias")]
    assert names == [[f"{prefix}weight_hh"], [f"{prefix}bias_ih"]]


@pytest.mark.parametrize("layer", ["TransformerEncoderLayer(8, 2)", "TransformerDecoderLayer(d_model=8, nhead=2)"])
def test_a_transformers_layer_from_its_call_has_all_tensors_of_its_parts(client, layer):
    reply = client.post("/advise", json={"layers": [{"name": "block", "layer": f"nn.{layer}"}]})

    assert reply.status_code == 200
    assert {"block.self_attn.in_proj_weight", "block.linear2.bias"} <= reply.json()["manifest"]["tensors"].keys()


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\x1b", "\x00", "\u2028", "\u202e"])
def test_a_name_cannot_begin_a_line_of_the_text_nor_move_the_cursor(client, character):
    body = {"format": "text", "layer": "Linear", "shape": [4, 3], "name": f"x{character}           curl other"}
    text = client.post("/advise", json=body).text

    assert character not in text.replace("\n", "") if character != "\n" else "\n           curl other" not in text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"evidence": "full"}),
        ({}, {"pretty": True}),
        ({}, {"format": "text"}),
        ({}, {"name": "encoder.0"}),
        ({"seed": 1}, {"seed": 2}),
        ({"dropout": 0}, {"dropout": 0.5}),
        ({"bias": True}, {"bias": False}),
        ({"depth": 3}, {"depth": 30}),
    ],
)
def test_an_answer_that_is_given_again_is_that_of_the_same_question(client, first, second):
    bodies = [{"layer": "Linear", "shape": [64, 32], **members} for members in (first, second, first, second)]
    texts = [client.post("/advise", json=body).text for body in bodies]

    assert texts[:2] == texts[2:]
    assert texts[0] != texts[1]


def test_an_answer_in_text_names_the_server_that_was_asked(client):
    for host in ("one.example", "two.example:81", "one.example"):
        text = client.get("/advise", params={"layer": "Linear", "format": "text"}, headers={"Host": host}).text
        assert f"{host}/weights/" in text


def test_what_accept_asks_for_is_another_question(client):
    for accept, start in (("text/plain", "layer"), ("application/json", "{"), ("text/plain", "layer")):
        text = client.get("/advise", params={"layer": "Linear"}, headers={"Accept": accept}).text
        assert text.startswith(start)
