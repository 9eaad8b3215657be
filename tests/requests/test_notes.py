"""What was understood otherwise than a request's words may suggest, from the request to every format's reply."""

from __future__ import annotations

import json

import pytest

from service.delivery.tensor_representation import TensorRepresentation
from service.formats.registry import FORMATS
from service.requests.members import Members
from service.requests.representation import parse_representation

NOTES = ("This is not that; say é for that.", "100 % of it.")


def _asked(format_name, notes=NOTES) -> TensorRepresentation:
    values = {"shape": "2,3", "seed": "42", "format": format_name}
    return parse_representation("he_normal", Members(values, in_body=False, notes=notes), "", 1)


def _metadata(file):
    return json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])["__metadata__"]


@pytest.mark.parametrize("format_name", FORMATS)
def test_notes_stand_in_a_header(format_name):
    headers = _asked(format_name).description()

    assert headers["Fanin-Notes"] == "This is not that; say %C3%A9 for that. 100 %25 of it."


@pytest.mark.parametrize("format_name", FORMATS)
def test_without_notes_there_is_no_header(format_name):
    assert "Fanin-Notes" not in _asked(format_name, ()).description()


def test_json_has_them_in_one_text():
    assert json.loads(_asked("json").body.render())["parameters"]["notes"] == " ".join(NOTES)
    assert "notes" not in json.loads(_asked("json", ()).body.render())["parameters"]


def test_safetensors_has_them_in_its_metadata():
    assert _metadata(_asked("safetensors").body.render())["notes"] == " ".join(NOTES)
    assert "notes" not in _metadata(_asked("safetensors", ()).body.render())


@pytest.mark.parametrize(("format_name", "is_in_bytes"), [("json", True), ("safetensors", True), ("npy", False)])
def test_the_entity_tag_covers_them_where_the_bytes_have_them(format_name, is_in_bytes):
    with_notes, without = _asked(format_name), _asked(format_name, ())

    assert (with_notes.tag != without.tag) is is_in_bytes
    assert (with_notes.body.render() != without.body.render()) is is_in_bytes


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_canonical_url_is_that_of_the_request_without_them(format_name):
    assert _asked(format_name).url == _asked(format_name, ()).url
