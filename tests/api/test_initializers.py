from __future__ import annotations

from urllib.parse import parse_qsl

import jsonschema
import pytest

from service.catalogue.aliases import aliases_of
from service.catalogue.catalogue import CATALOGUE
from service.catalogue.equivalents import equivalents_of

NAMES = [kind.name for kind in CATALOGUE]
SPELLINGS = sorted({alias for kind in CATALOGUE for aliases in aliases_of(kind).values() for alias in aliases})


@pytest.fixture(scope="module")
def catalogue(client):
    return {entry["name"]: entry for entry in client.get("/initializers").json()["initializers"]}


def test_the_catalogue_lists_every_initializer_once(client):
    assert [entry["name"] for entry in client.get("/initializers").json()["initializers"]] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_stands_by_itself_as_in_the_list(client, catalogue, name):
    assert client.get(f"/initializers/{name}").json() == catalogue[name]


@pytest.mark.parametrize("alias", SPELLINGS)
def test_an_alias_describes_and_makes_what_its_entry_does(client, catalogue, alias):
    entry = client.get(f"/initializers/{alias}").json()
    query = entry["example"].partition("?")[2]
    # The example's axes are in the catalogue's order, whatever a framework's is.
    if "layout" in entry["parameters"]["properties"] and "layout=" not in query:
        query = f"layout=out_in&{query}"

    assert alias in {name for names in entry["aliases"].values() for name in names}
    assert entry == catalogue[entry["name"]]
    assert (
        client.get(f"/weights/{alias}?{query}&seed=1".replace("&seed=42&seed=1", "&seed=1")).headers[
            "Fanin-Initializer"
        ]
        == entry["name"]
    )


EQUIVALENTS = [
    (kind.name, index)
    for kind in CATALOGUE
    for index, equivalent in enumerate(equivalents_of(kind))
    if equivalent.initializer == kind.name
]


@pytest.mark.parametrize(("name", "index"), EQUIVALENTS)
def test_an_equivalents_request_works_as_printed(client, catalogue, name, index):
    equivalent = catalogue[name]["equivalents"][index]
    response = client.get(equivalent["href"], headers={"Accept": "application/vnd.safetensors"})
    asked, told = (
        dict(parse_qsl(url.partition("?")[2])) for url in (equivalent["href"], response.headers["Content-Location"])
    )

    assert response.status_code == 200
    assert response.headers["Fanin-Initializer"] == name
    assert {key: told.get(key) for key in asked} == asked
    assert equivalent["parameters"].keys() == asked.keys() - {"shape", "seed"}


@pytest.mark.parametrize(
    ("name", "framework", "call", "href"),
    [
        (
            "HeNormal", "Keras", "HeNormal()",
            "/weights/he_normal?shape=784,256&layout=in_out&distribution=truncated_normal&seed=42",
        ),
        ("he_normal", "MLX", "he_normal()", "/weights/he_normal?shape=256,784&layout=out_kernel_in&gain=1&seed=42"),
        ("NORMAL", "DL4J", "WeightInit.NORMAL", "/weights/lecun_normal?shape=256,784&seed=42"),
        ("trunc_normal_", "PyTorch", "trunc_normal_(w, std=0.02)",
         "/weights/truncated_normal?shape=256,784&std=0.02&bounds=absolute&seed=42"),
    ],
)  # fmt: skip
def test_a_frameworks_call_is_answered_with_the_same_here(client, name, framework, call, href):
    equivalents = client.get(f"/initializers/{name}").json()["equivalents"]

    assert [e["href"] for e in equivalents if (e["framework"], e["call"]) == (framework, call)] == [href]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("HeNormal", "he_normal"),
        ("he-normal", "he_normal"),
        ("HE_NORMAL", "he_normal"),
        ("kaiming_normal_", "he_normal"),
        ("XAVIER", "glorot_normal"),
        ("Xavier", "glorot_uniform"),
    ],
)
def test_spellings_lead_to_one_name(client, spelling, name):
    assert client.get(f"/initializers/{spelling}").json()["name"] == name
    assert client.get(f"/weights/{spelling}?shape=2,2").headers["Fanin-Initializer"] == name


@pytest.mark.parametrize("name", NAMES)
def test_the_example_works_as_printed(client, catalogue, name):
    response = client.get(catalogue[name]["example"])

    assert response.status_code == 200
    assert response.json()["parameters"]["initializer"] == name


@pytest.mark.parametrize("name", NAMES)
def test_the_parameters_are_a_json_schema(catalogue, name):
    jsonschema.Draft202012Validator.check_schema(catalogue[name]["parameters"])


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_listed_is_taken(client, catalogue, name):
    """And no other: what is wrong with an empty value is not that it is unknown."""
    schema = catalogue[name]["parameters"]
    for parameter in schema.get("properties", {}):
        errors = client.get(f"/weights/{name}?shape=2,2&{parameter}=").json()["errors"]
        details = {error["parameter"]: error["detail"] for error in errors}
        assert set(details) == {parameter, *schema.get("required", [])}
        assert "takes no such parameter" not in details[parameter]


@pytest.mark.parametrize("name", NAMES)
def test_defaults_may_be_given(client, catalogue, name):
    example = catalogue[name]["example"]
    properties = catalogue[name]["parameters"].get("properties", {})
    defaults = {key: value["default"] for key, value in properties.items() if value.get("default") is not None}
    given = [
        f"{key}={str(default).lower() if isinstance(default, bool) else default}" for key, default in defaults.items()
    ]
    missing = [text for text in given if f"&{text.partition('=')[0]}=" not in example]

    assert client.get("&".join([example, *missing])).content == client.get(example).content


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_tells_what_it_is_and_when_to_use_it(catalogue, name):
    entry = catalogue[name]

    assert all(entry[member] for member in ("summary", "formula", "when"))
    assert all(reference["url"].startswith("https://") for reference in entry["references"])


@pytest.mark.parametrize("name", ["identity", "dirac", "he_normal"])
def test_ranks_bound_the_shapes(client, catalogue, name):
    ranks = catalogue[name]["ranks"]
    for rank in range(7):
        accepted = ranks["lowest"] <= rank <= (ranks["highest"] or 32)
        fans = "&fan_in=3" if "fan_in" in catalogue[name]["parameters"]["properties"] else ""
        response = client.get(f"/weights/{name}?shape={','.join('2' * rank)}{fans}")
        assert response.status_code == (200 if accepted else 422)


def test_an_unknown_name_is_answered_with_the_nearest(client):
    response = client.get("/initializers/glorot_unifrom")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["nearest"] == ["glorot_uniform"]


def test_the_catalogue_says_what_is_promised_of_each_frameworks_stream(client):
    streams = {stream["name"]: stream for stream in client.get("/initializers").json()["streams"]}

    torch = streams["torch-2.12"]
    assert torch["aliases"] == ["torch"]
    assert torch["framework"] == "PyTorch"
    assert "torch 2.13.0" in torch["promise"]["compared"]
    assert torch["parameters"].keys() == {"skip", "cached"}
