"""The answer as text: short, complete, and with commands that make the tensors."""

from __future__ import annotations

import re
import shlex
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest

from service.advice.advisor import advise
from service.advice.layer.description import LayerDescription
from service.advice.layer.resolve import resolve
from service.advice.links import LinkOptions
from service.advice.network.network import advise_network
from service.advice.network.network_layer import NetworkLayer
from service.advice.presentation.page import WIDTH
from service.advice.presentation.text import MOST_LINES, layer_text, network_text
from service.catalogue.catalogue import CATALOGUE
from tests.advice.presentation.describing import drawn_answers
from tests.programs import program

ORIGIN = "localhost:8000"
LABELS = ("layer", "assumed", "take", "because", "default", "now", "watch out", "try")


def labels(text):
    return [found[0].strip() for found in re.finditer(r"^\S.{0,10}", text, re.MULTILINE)]


def commands(text):
    return [line.strip() for line in text.splitlines() if line.strip().startswith("curl ")]


@pytest.mark.parametrize("seed", range(4))
def test_a_layer_takes_at_most_fifteen_lines_in_a_fixed_order(seed):
    for asked, answer in drawn_answers(100, seed):
        text = layer_text(answer, ORIGIN)
        found = labels(text)

        assert len(text.splitlines()) <= MOST_LINES == 15, asked
        assert found == [label for label in LABELS if label in found], asked
        assert {"layer", "take", "because"} <= {*found}, asked
        assert ("default" in found) == (answer.framework_default is not None), asked
        assert ("now" in found) == (answer.verdict is not None), asked
        assert ("watch out" in found) == bool(answer.warnings), asked


@pytest.mark.slow
def test_lines_fit_a_terminal_but_for_those_of_tensors():
    for asked, answer in drawn_answers(200, 11):
        text = layer_text(answer, ORIGIN)
        told = text[: text.index("\ntake")] + text[text.index("\nbecause") :]

        assert max(map(len, told.splitlines())) <= WIDTH == 80, asked
        assert not re.search(r"[ \t]$", text, re.MULTILINE), asked


@pytest.mark.slow
def test_nothing_is_told_half():
    """Sentences are left out, not broken, for all that a beginner is likely to ask."""
    told = [layer_text(answer, ORIGIN) for _, answer in drawn_answers(300, 12)]

    assert sum("…" in text for text in told) <= 0.02 * len(told)


@pytest.mark.parametrize("seed", range(3))
def test_each_command_makes_the_tensor_that_is_told(client, seed):
    for asked, answer in drawn_answers(25, 100 + seed):
        lines = commands(layer_text(answer, ORIGIN))
        advice = answer.recommendation
        tensors = [advice.weights, *([advice.bias] if advice.bias and advice.bias.initializer != "zeros" else [])]
        tensors += [each for each in advice.tensors.values() if each.initializer not in {"zeros", "ones"}]

        assert len(lines) == len(tensors), asked
        for line, tensor in zip(lines, tensors, strict=True):
            program, options, url = shlex.split(line)
            reply = client.head(url.removeprefix(ORIGIN))
            query = parse_qs(urlsplit(tensor.href).query)

            assert (program, options, reply.status_code) == ("curl", "-OJ", 200), (asked, line)
            assert reply.headers["fanin-initializer"] == CATALOGUE.get(tensor.initializer).name
            assert reply.headers["fanin-shape"] == query["shape"][0]
            assert "filename" in reply.headers["content-disposition"]


@pytest.mark.parametrize(
    ("dtype", "extension"), [("float16", "npy"), ("bfloat16", "safetensors"), ("float8_e5m2", "safetensors")]
)
def test_a_tensor_is_saved_in_a_format_that_holds_its_dtype(client, dtype, extension):
    text = client.get(f"/advise?layer=Linear&shape=4,4&dtype={dtype}&format=text").text
    (line,) = commands(text)
    url = shlex.split(line)[-1]

    assert f"he_normal.{extension}?" in url
    assert client.get(url[url.index("/") :]).status_code == 200


def test_a_large_tensor_is_asked_for_in_one_format_only(client):
    (line,) = commands(client.get("/advise?layer=Linear&shape=4096,4096&format=text").text)

    assert "format=" not in line
    assert client.head(shlex.split(line)[-1].removeprefix("testserver")).status_code == 200


def network(*layers, **members):
    resolved = [
        NetworkLayer(resolve(LayerDescription(**members, **layer), LinkOptions(seed=0, name=f"layers.{index}")))
        for index, layer in enumerate(layers)
    ]
    return advise_network(resolved)


def test_a_network_begins_with_what_is_to_be_said_of_all():
    layers = [{"layer": "Linear", "shape": [64, 64], "activation": "sigmoid"}] * 6
    text = network_text(network(*layers, {"layer": "head", "shape": [10, 64]}), ORIGIN)
    head, *blocks = text.split("\n\n")
    words = " ".join(head.split())

    assert "7 layers, 14 tensors, 25,610 elements" in head
    assert {"network", "signal", "watch out", "try"} == {*labels(head)}
    assert words.count("Gradients vanish") == 1
    assert "layers.0, layers.1, layers.2, layers.3 and 2 more" in words
    assert len(blocks) == 7
    assert all(len(block.splitlines()) <= MOST_LINES for block in blocks)
    assert not any("watch out" in labels(block) or "try" in labels(block) for block in blocks)


def test_a_reason_that_an_earlier_layer_has_is_not_repeated():
    layers = [{"layer": "Linear", "shape": [64, 64], "activation": "relu", "framework": "pytorch"}] * 3
    first, second, third = network_text(network(*layers), ORIGIN).split("\n\n")[1:]

    assert "He's scheme" in first
    assert all("He's scheme" not in block and "As for layers.0." in block for block in (second, third))
    assert [len(commands(block)) for block in (first, second, third)] == [1, 1, 1]


STACKS = [
    {"num_layers": 3, "bidirectional": True},
    {"num_layers": 8, "bidirectional": True},
    {"num_layers": 2, "proj_size": 16},
    {"bidirectional": True},
]


def stack(name="", **members):
    description = LayerDescription(layer="LSTM", inputs=32, units=64, **members)
    return advise(resolve(description, LinkOptions(seed=1, name=name)))


@pytest.mark.parametrize("members", STACKS)
@pytest.mark.parametrize("name", ["", "rnn"])
def test_tensors_that_are_alike_have_one_line_and_one_command(members, name):
    answer = stack(name, **members)
    text = layer_text(answer, ORIGIN)

    assert len(text.splitlines()) <= MOST_LINES
    assert "…" not in text
    made = [tensor for command in commands(text) for tensor in expanded(command)]
    drawn = [each for each in answer.recommendation.tensors.values() if each.initializer not in {"zeros", "ones"}]
    own = [answer.recommendation.weights, answer.recommendation.bias, *drawn]
    assert sorted(made) == sorted(parse_qs(urlsplit(each.href).query)["name"][0] for each in own)


def expanded(command):
    """Return the names of the tensors that a command makes, with those in braces one by one."""
    name = re.search(r"&name=([^&']*)", command)[1]
    return name.strip("{}").split(",")


def test_curl_takes_the_braces_for_names(server, tmp_path):
    """Each tensor is saved under its own name."""
    program("curl")
    text = layer_text(stack(num_layers=2), server)
    for command in commands(text):
        subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, check=True)

    saved = {path.name for path in tmp_path.iterdir()}
    assert {name.removesuffix(".npy") for name in saved} == {
        f"{tensor}_l{level}" for level in (0, 1) for tensor in ("weight_ih", "weight_hh", "bias_ih")
    }


@pytest.mark.parametrize(("seed", "is_told"), [(None, True), (0, False), (42, False)])
def test_it_is_told_that_a_call_without_a_seed_draws_anew(seed, is_told):
    description = LayerDescription(layer="Linear", activation="relu", shape=[64, 64])
    text = layer_text(advise(resolve(description, LinkOptions(seed=seed))), ORIGIN)

    assert ("each call draws anew" in " ".join(text.split())) == is_told


def test_what_is_assumed_comes_with_what_it_follows_from():
    description = LayerDescription(layer="Linear", activation="softmax", shape=[10, 64])
    text = " ".join(layer_text(advise(resolve(description, LinkOptions())), ORIGIN).split())

    assert "role head: the softmax after it" in text
    assert "role_from" not in text


def test_the_signal_through_a_network_says_where_it_begins():
    """He's scheme doubles the mean square of an input that no rectifier has halved, and keeps it from there on."""
    layers = [{"layer": "Linear", "shape": [64, 64], "activation": "relu"}] * 3
    head, first, *_ = network_text(network(*layers), ORIGIN).split("\n\n")

    assert (
        "For an input of mean square 1, the pre-activations of the last of 3 layers have a mean square of 2"
        in " ".join(head.split())
    )
    assert "over a depth of 3, the mean square of the first pre-activations is multiplied by 1 " in " ".join(
        first.split()
    )


@pytest.mark.parametrize("seed", range(3))
def test_sizes_that_were_assumed_are_always_told(seed):
    for asked, answer in drawn_answers(100, 40 + seed):
        words = " ".join(layer_text(answer, ORIGIN).split())
        for member in ("shape", "units", "inputs", "width", "rank"):
            if member in answer.assumed:
                value = answer.assumed[member]
                told = ",".join(map(str, value)) if isinstance(value, list) else str(value)
                assert f"{member} {told}" in words, asked


def test_arguments_that_say_nothing_are_told(client):
    asked = {"layer": "nn.Conv2d(3, 64, 7, padding=3, device='cuda')", "framework": "pytorch", "format": "text"}
    text = client.get("/advise", params={**asked, "depth": "30", "activation": "tanh", "current": "normal?std=1"}).text

    assert "not used padding,device" in " ".join(text.split())
