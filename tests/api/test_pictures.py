"""Pictures over HTTP."""

from __future__ import annotations

import re

import numpy as np
import pytest

from service.access.security_headers import PICTURE_POLICY
from tests.pictures.drawn import SVG, Svg, file_of

pytestmark = pytest.mark.slow

QUERY = "shape=6,5&seed=1"
HTTP_SVG = {"Content-Type": "image/svg+xml", "Content-Security-Policy": PICTURE_POLICY}


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        (f"/weights/normal?{QUERY}&format=svg", {}),
        (f"/weights/normal.svg?{QUERY}", {}),
        (f"/weights/normal?{QUERY}", {"Accept": "image/svg+xml"}),
        (f"/weights/normal?{QUERY}", {"Accept": "image/*"}),
        (f"/weights/normal?{QUERY}&format=image/svg%2Bxml&theme=auto&plot=all", {}),
    ],
)
def test_an_svg_is_asked_for_in_several_ways(client, target, fields):
    response = client.get(target, headers=fields)

    assert response.status_code == 200, response.text
    assert response.content == file_of(f"normal?{QUERY}")
    assert HTTP_SVG.items() <= {name.title(): value for name, value in response.headers.items()}.items()
    assert response.headers["Content-Location"] == f"/weights/normal?{QUERY}&dtype=float32&stream=1&format=svg"
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert "content-disposition" not in response.headers


def test_a_png_is_asked_for_by_a_post(client):
    members = {
        "initializer": "normal",
        "shape": [6, 5],
        "seed": 1,
        "format": "png",
        "theme": "dark",
        "plot": "heat_map",
    }
    response = client.post("/weights", json=members)

    assert response.headers["Content-Type"] == "image/png"
    assert response.content == file_of(f"normal?{QUERY}", "heat_map", "png", "dark")
    assert response.headers["Content-Location"].endswith("&format=png&plot=heat_map&theme=dark")


def test_the_canonical_url_gives_the_same_picture(client):
    first = client.get(f"/weights/normal.svg?{QUERY}&plot=hist&theme=Light")

    assert client.get(first.headers["Content-Location"]).content == first.content


def test_a_picture_that_the_client_has_is_not_drawn_again(client):
    first = client.head(f"/weights/normal.svg?{QUERY}")
    again = client.get(f"/weights/normal.svg?{QUERY}", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"].startswith('W/"')
    assert (first.status_code, again.status_code) == (200, 304)
    assert "server-timing" in first.headers
    assert "make" not in first.headers["server-timing"]


@pytest.mark.parametrize(
    ("target", "parameter", "detail"),
    [
        (f"/weights/normal?{QUERY}&theme=dark", "theme", "pictures only"),
        (f"/weights/normal.npy?{QUERY}&plot=all", "plot", "pictures only"),
        (f"/weights/normal.svg?{QUERY}&plot=pie", "plot", "histogram"),
        (f"/weights/normal.svg?{QUERY}&theme=red", "theme", "dark"),
        (f"/weights/normal.svg?{QUERY}&flat=true", "flat", "JSON only"),
        ("/weights/normal.svg?shape=5&plot=heat_map", "plot", "two axes"),
        ("/weights/normal.svg?shape=0,5&plot=singular_values", "plot", "elements"),
        ("/weights/normal.svg?shape=4,5&slice=1&plot=singular_values", "plot", "two axes"),
        (f"/weights/normal.svg?{QUERY}&format=png", "format", "leave one of them out"),
        ("/advise?layer=Linear&theme=dark", "theme", "pictures only"),
        ("/advise?layer=Linear&format=svg&theme=red", "theme", "dark"),
        ("/advise?layer=Linear&format=svg&pretty=true", "pretty", "JSON only"),
        ("/advise?layer=LayerNorm&format=png", "format", "not part of one"),
        ("/advise?layer=LSTM&format=svg", "format", "time step"),
    ],
)
def test_what_cannot_be_drawn_is_refused(client, target, parameter, detail):
    response = client.get(target)
    (error,) = response.json()["errors"]

    assert response.status_code == 422
    assert error["parameter"] == parameter
    assert detail in error["detail"]


def test_a_tensor_too_dear_to_make_is_too_dear_to_draw(client):
    response = client.get("/weights/orthogonal.svg?shape=65536,8192")

    assert (response.status_code, response.json()["type"]) == (422, "/problems/over-limit")


def test_of_a_huge_tensor_a_part_is_drawn(client):
    svg = Svg(client.get("/weights/normal.svg?shape=1048576,1048576&seed=1&plot=histogram").content)

    assert "1,048,576 of 1,099,511,627,776 elements" in svg.text


def test_advice_is_a_line_for_each_candidate(client):
    target = "/advise?layer=Linear&activation=relu&shape=256,784&depth=50&framework=pytorch"
    response = client.get(f"{target}&format=svg")
    svg = Svg(response.content)
    evidence = client.get(f"{target}&evidence=full").json()["framework_default"]["evidence"]

    assert response.headers["Content-Security-Policy"] == PICTURE_POLICY
    assert {"Signal", "Gradient", "layers", "dense 256 × 784, relu; fan_in 784, fan_out 256"} <= set(svg.texts)
    assert "recommended: he_normal, std 0.0505" in svg.texts
    assert "PyTorch's Linear default, std 0.0206" in svg.texts
    x, y = svg.in_numbers("line-2", is_logarithmic=True)
    assert (round(x[0]), round(x[-1])) == (1, 50)
    assert y[0] == pytest.approx(1.0, rel=0.1)
    assert y[-1] == pytest.approx(evidence["depth"]["forward"], rel=0.1)
    _, kept = svg.in_numbers("line-0", is_logarithmic=True)
    assert kept[-1] == pytest.approx(1.0, rel=0.1)


def test_advice_on_a_network_is_the_signal_through_its_layers(client):
    layers = [
        {"layer": "Linear", "name": "fc1", "shape": [256, 784], "activation": "relu"},
        {"layer": "Linear", "name": "fc2", "shape": [128, 256], "activation": "tanh"},
        {"layer": "Linear", "name": "fc3", "shape": [128, 128], "activation": "relu"},
    ]
    svg = Svg(client.post("/advise", json={"layers": layers, "format": "svg", "theme": "light"}).content)
    signal = client.post("/advise", json={"layers": layers}).json()["network"]["signal"]
    x, y = svg.points("line-0").T
    vertical = svg.axis("y")

    assert {"fc1", "fc2", "fc3"} <= set(svg.texts)
    assert list(vertical.value(y, is_logarithmic=True)) == pytest.approx(
        [at["second_moment"] for at in signal], rel=0.01
    )
    assert list(x) == sorted(x)


def test_an_answer_that_was_drawn_is_given_again(client):
    target = "/advise?layer=Linear&activation=tanh&shape=64,64&format=png&theme=dark"

    assert client.get(target).content == client.get(target).content


def test_an_experiment_is_points_on_the_lines_of_theory(client):
    target = "/propagation?width=32&depth=12&activation=relu&candidates=glorot_normal,he_normal&seeds=2"
    response = client.get(f"{target}&format=svg&theme=light")
    svg, answer = Svg(response.content), client.get(target).json()
    course = {each["candidate"]: each["signal"] for each in answer["candidates"]}["glorot_normal"]
    vertical = svg.axis("y")

    assert response.headers["Content-Security-Policy"] == PICTURE_POLICY
    assert {"Signal", "Gradient", "layers", "12 layers, width 32, relu"} <= set(svg.texts)
    legend = [text for text in svg.texts if re.match(r"[12]\. (he|glorot)_normal: ", text)]
    assert [text.partition(":")[0] for text in legend] == ["1. he_normal", "2. glorot_normal"]
    # The points and the line of the second.
    places = [float(use.get("y")) for use in svg.group("line-2").iter(f"{SVG}use")]
    assert list(vertical.value(places, is_logarithmic=True)) == pytest.approx(course["measured"], rel=0.01)
    line = svg.in_numbers("line-3", is_logarithmic=True)
    np.testing.assert_allclose(
        np.interp(np.arange(1, 13), line[0], np.log(line[1])), np.log(course["predicted"]), atol=0.05
    )


def test_what_lets_nothing_through_is_drawn_at_the_end_of_the_axis(client):
    response = client.get("/propagation?width=8&depth=4&candidates=zeros,he_normal&seeds=1&format=svg&theme=light")
    assert response.status_code == 200, response.text
    svg = Svg(response.content)
    vertical = svg.axis("y")
    zeros = [float(use.get("y")) for use in svg.group("line-2").iter(f"{SVG}use")]
    bottom = max(y for _, y in svg.points("patch_2"))

    assert any(text.startswith("2. zeros: signal vanishes at layer 2") for text in svg.texts)
    assert zeros[0] == pytest.approx(vertical.places[vertical.labels.index("1")])
    assert zeros[1:] == pytest.approx([bottom] * 3)
    # Zero is so far away on this axis that nothing else could be seen if it went there.
    assert float(vertical.labels[0]) > 1e-3
