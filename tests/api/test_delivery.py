"""HTTP as RFC 9110 has it: validators, conditions, ranges and what caches are told, on the wire."""

from __future__ import annotations

import http.client
import io
import json
import re
import struct
from collections import Counter
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPMessage
from itertools import pairwise
from urllib.parse import urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from service.tensors.tensor import Tensor

RAW = "/weights/normal?shape=100&seed=1&format=raw"  # 400 bytes
NPY = "/weights/normal?shape=100&seed=1&format=npy"  # 128 bytes of header, 400 of elements
JSON = "/weights/normal?shape=100&seed=1&format=json"
AGREED = "/weights/normal?shape=100&seed=1"
LARGE = "/weights/normal?shape=300000&seed=1&format=raw"  # made in pieces
CONSTANT = "/weights/zeros?shape=100&format=raw"
EMPTY = "/weights/normal?shape=0&seed=1&format=raw"
DRAWN = "/weights/normal?shape=100&format=raw"

FOR_EVER = "public, max-age=31536000, immutable"
KEPT_IN_PARTS = ("Date", "Cache-Control", "ETag", "Content-Location", "Vary")
"""What a 206 and a 304 have of the headers of the 200 (sections 15.3.7 and 15.4.5)."""

ENDLESS = "1" + "0" * 5000

LONG_AGO, FAR_AHEAD = "Tue, 15 Nov 1994 12:45:26 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def ask(server):
    """Return what sends a request, its fields as lines, over one connection, and returns the reply."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60)

    def send(method, target, lines, body):
        connection.putrequest(method, target)
        for line in lines:
            name, _, value = line.partition(": ")
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())

    def ask(target, *lines, method="GET", body=None):
        try:
            return send(method, target, lines, body)
        except ConnectionError:  # the server has closed the connection, for it was idle
            connection.close()
            return send(method, target, lines, body)

    yield ask
    connection.close()


@pytest.fixture(scope="module")
def whole(ask):
    """Return the reply to a GET without conditions; a target is asked for once."""
    known = {}

    def whole(target):
        if target not in known:
            known[target] = ask(target)
        return known[target]

    return whole


def _case(name, lines, status, expected=None, target=RAW, method="GET"):
    return pytest.param(method, target, lines, status, expected or {}, id=name)


# From here on {tag} is the entity tag of the target; None is no header at all.

VALIDATORS = [
    _case("8.8.3 a binary format has a strong tag", [], 200, {"ETag": re.compile(r'"[!#-~\x80-\xff]*"')}),
    _case("8.8.3 JSON has a strong tag", [], 200, {"ETag": re.compile(r'"[!#-~\x80-\xff]*"')}, JSON),
    _case("8.8.3 a reply in pieces has a tag", [], 200, {"ETag": "{tag}"}, LARGE),
    _case("8.8.3 what draws nothing has a tag", [], 200, {"ETag": re.compile('".+"')}, CONSTANT),
    _case("8.8.3 what is drawn anew has none", [], 200, {"ETag": None}, DRAWN),
    _case("8.8.2 no date is made up", [], 200, {"Last-Modified": None}),
    _case("9.3.2 a HEAD has the tag of the GET", [], 200, {"ETag": "{tag}"}, method="HEAD"),
]

ACCEPT = [
    _case("12.5.1 without Accept anything will do", [], 200, {"Content-Type": "application/json"}, AGREED),
    _case("12.5.1 a type", ["Accept: application/x-npy"], 200, {"Content-Type": "application/x-npy"}, AGREED),
    _case("12.5.1 types have no case", ["Accept: Application/X-NPY"], 200, {"Content-Type": "application/x-npy"},
        AGREED),
    _case("12.5.1 the heaviest wins", ["Accept: application/json;q=0.3, application/octet-stream;q=0.7"], 200,
        {"Content-Type": "application/octet-stream"}, AGREED),
    _case("12.4.2 no weight is 1", ["Accept: application/json;q=0.9, application/x-npy"], 200,
        {"Content-Type": "application/x-npy"}, AGREED),
    _case("12.4.2 a weight of 0 excludes", ["Accept: application/json;q=0, */*;q=0.1"], 200,
        {"Content-Type": re.compile("(?!application/json).*")}, AGREED),
    _case("12.5.1 the most specific range counts", ["Accept: */*;q=1, application/*;q=1, application/json;q=0.1"], 200,
        {"Content-Type": re.compile("(?!application/json).*")}, AGREED),
    _case("12.5.1 a range of types", ["Accept: application/*"], 200, {"Content-Type": "application/json"}, AGREED),
    _case("12.5.1 several lines are one list", ["Accept: text/html", "Accept: application/x-npy"], 200,
        {"Content-Type": "application/x-npy"}, AGREED),
    _case("12.5.1 nothing that will do", ["Accept: text/html"], 406, {"Cache-Control": "no-store"}, AGREED),
    _case("12.5.5 Accept decided", ["Accept: application/x-npy"], 200, {"Vary": "Accept"}, AGREED),
    _case("12.5.5 the lack of Accept decided", [], 200, {"Vary": "Accept"}, AGREED),
    _case("12.5.5 format decided", ["Accept: application/x-npy"], 200,
        {"Vary": None, "Content-Type": "application/json"}, JSON),
    _case("8.8.3.3 the tag is that of the representation", ["Accept: application/octet-stream", "If-None-Match: {tag}"],
        200, {}, AGREED),
]  # fmt: skip

CONDITIONS = [
    _case("13.1.1 *", ["If-Match: *"], 200),
    _case("13.1.1 the tag", ["If-Match: {tag}"], 200),
    _case("13.1.1 a list with the tag", ['If-Match: "a", {tag}, "b"'], 200),
    _case("13.1.1 a list with empty elements", ['If-Match: , "a",, {tag}'], 200),
    _case("13.1.1 another tag", ['If-Match: "a"'], 412),
    _case("13.1.1 another tag, of JSON", ['If-Match: "a"'], 412, {}, JSON),
    _case("13.1.1 a weak tag is not strong", ["If-Match: W/{tag}"], 412),
    _case("13.1.1 the tag of JSON", ["If-Match: {tag}"], 200, {}, JSON),
    _case("13.1.1 part of the tag", ['If-Match: "{inner}x"'], 412),
    _case("13.1.1 a HEAD", ['If-Match: "a"'], 412, {}, method="HEAD"),
    _case("13.1.1 a failed condition has no part of the tensor", ['If-Match: "a"', "Range: bytes=0-9"], 412,
        {"Content-Range": None, "ETag": None}),
    _case("13.1.2 *", ["If-None-Match: *"], 304),
    _case("13.1.2 the tag", ["If-None-Match: {tag}"], 304),
    _case("13.1.2 the tag, weak", ["If-None-Match: W/{tag}"], 304),
    _case("13.1.2 the tag of JSON", ["If-None-Match: {tag}"], 304, {}, JSON),
    _case("13.1.2 a list with the tag", ['If-None-Match: "a", W/"b" , {tag}'], 304),
    _case("13.1.2 a list without commas' spaces", ['If-None-Match: "a",{tag},"b"'], 304),
    _case("13.1.2 another tag", ['If-None-Match: "a"'], 200, {"ETag": "{tag}"}),
    _case("13.1.2 other tags", ['If-None-Match: "a", W/"b"'], 200, {"ETag": "{tag}"}),
    _case("13.1.2 a tag whose text is a star", ['If-None-Match: "*"'], 200),
    _case("13.1.2 a HEAD", ["If-None-Match: {tag}"], 304, {}, method="HEAD"),
    _case("13.1.2 a reply in pieces", ["If-None-Match: {tag}"], 304, {}, LARGE),
    _case("13.1.2 what draws nothing", ["If-None-Match: {tag}"], 304, {}, CONSTANT),
    _case("13.1.2 nothing at all", ["If-None-Match: {tag}"], 304, {}, EMPTY),
    _case("13.1.2 an agreed format", ["If-None-Match: {tag}"], 304, {"Vary": "Accept"}, AGREED),
    _case("13.1.3 never modified since", [f"If-Modified-Since: {FAR_AHEAD}"], 200),
    _case("13.1.3 modified since", [f"If-Modified-Since: {LONG_AGO}"], 200),
    _case("13.1.3 no date", ["If-Modified-Since: yesterday"], 200),
    _case("13.1.3 beside If-None-Match", ['If-None-Match: "a"', f"If-Modified-Since: {FAR_AHEAD}"], 200),
    _case("13.1.3 beside an If-None-Match that holds", ["If-None-Match: {tag}", f"If-Modified-Since: {LONG_AGO}"], 304),
    _case("13.1.4 modified since", [f"If-Unmodified-Since: {LONG_AGO}"], 200),
    _case("13.1.4 never modified since", [f"If-Unmodified-Since: {FAR_AHEAD}"], 200),
    _case("13.1.4 no date", ["If-Unmodified-Since: yesterday"], 200),
    _case("13.1.4 beside If-Match", ["If-Match: {tag}", f"If-Unmodified-Since: {LONG_AGO}"], 200),
    _case("13.1.4 beside an If-Match that fails", ['If-Match: "a"', f"If-Unmodified-Since: {FAR_AHEAD}"], 412),
    _case("13.1.5 the tag", ["Range: bytes=0-9", "If-Range: {tag}"], 206, {"Content-Range": "bytes 0-9/400"}),
    _case("13.1.5 another tag", ["Range: bytes=0-9", 'If-Range: "a"'], 200, {"Content-Range": None}),
    _case("13.1.5 the tag, weak", ["Range: bytes=0-9", "If-Range: W/{tag}"], 200, {"Content-Range": None}),
    _case("13.1.5 the tag without quotes", ["Range: bytes=0-9", "If-Range: {inner}"], 200, {"Content-Range": None}),
    _case("13.1.5 a list is no tag", ["Range: bytes=0-9", 'If-Range: "a", {tag}'], 200, {"Content-Range": None}),
    _case("13.1.5 * is no tag", ["Range: bytes=0-9", "If-Range: *"], 200, {"Content-Range": None}),
    _case("13.1.5 a date of long ago", ["Range: bytes=0-9", f"If-Range: {LONG_AGO}"], 200, {"Content-Range": None}),
    _case("13.1.5 a date far ahead", ["Range: bytes=0-9", f"If-Range: {FAR_AHEAD}"], 200, {"Content-Range": None}),
    _case("13.1.5 another tag of an unsatisfiable range", ["Range: bytes=400-", 'If-Range: "a"'], 200),
    _case("13.1.5 the tag of an unsatisfiable range", ["Range: bytes=400-", "If-Range: {tag}"], 416),
    _case("13.1.5 without Range", ["If-Range: {tag}"], 200, {"Content-Range": None}),
    _case("13.1.5 without Range, another tag", ['If-Range: "a"'], 200, {"Content-Range": None}),
    _case("13.1.5 what has no ranges", ["Range: bytes=0-9", "If-Range: {tag}"], 200, {"Content-Range": None}, JSON),
    _case("13.1.5 what has no ranges, whatever its tag", ["Range: bytes=0-9", "If-Range: {tag}"], 200, {}, JSON),
    _case("13.2.1 no such initializer", ["If-Match: *", "If-None-Match: *"], 404, {}, "/weights/nothing?shape=2"),
    _case("13.2.1 a bad request", ["If-None-Match: *"], 422, {}, "/weights/normal?shape=x&seed=1"),
    _case("13.2.1 a bad request, If-Match", ['If-Match: "a"'], 422, {}, "/weights/normal?shape=x&seed=1"),
    _case("13.2.1 nothing acceptable", ["If-None-Match: *", "Accept: text/html"], 406, {}, AGREED),
    _case("13.2.1 over a limit", ["If-None-Match: *"], 422, {}, "/weights/zeros?shape=99999999999&format=raw"),
    _case("13.2.1 a method that is not allowed", ['If-Match: "a"'], 405, {"Allow": "GET, HEAD"}, method="DELETE"),
    _case("13.2.1 OPTIONS selects nothing", ['If-Match: "a"', "Access-Control-Request-Method: GET", "Origin: http://a"],
        204, {}, method="OPTIONS"),
    _case("13.2.2 If-Match fails first", ['If-Match: "a"', "If-None-Match: {tag}"], 412),
    _case("13.2.2 If-Match holds, If-None-Match does not", ["If-Match: {tag}", "If-None-Match: {tag}"], 304),
    _case("13.2.2 both hold", ["If-Match: {tag}", 'If-None-Match: "a"'], 200),
    _case("13.2.2 If-None-Match before Range", ["If-None-Match: {tag}", "Range: bytes=0-9"], 304,
        {"Content-Range": None}),
    _case("13.2.2 If-None-Match before a bad Range", ["If-None-Match: {tag}", "Range: bytes=400-"], 304),
    _case("13.2.2 If-None-Match before If-Range", ["If-None-Match: *", "Range: bytes=0-9", "If-Range: {tag}"], 304),
    _case("13.2.2 all hold", ["If-Match: {tag}", 'If-None-Match: "a"', "Range: bytes=0-9", "If-Range: {tag}"], 206),
    _case("13.2.2 all but If-Range hold", ["If-Match: {tag}", "Range: bytes=0-9", 'If-Range: "a"'], 200),
]  # fmt: skip

LINES = [
    _case("5.3 the lines of If-Match are a list", ['If-Match: "a"', "If-Match: {tag}"], 200),
    _case("5.3 the lines of If-None-Match are a list", ['If-None-Match: "a"', "If-None-Match: {tag}"], 304),
]

RANGES = [
    _case("14.1.2 the first bytes", ["Range: bytes=0-9"], 206, {"Content-Range": "bytes 0-9/400"}),
    _case("14.1.2 one byte", ["Range: bytes=7-7"], 206, {"Content-Range": "bytes 7-7/400", "Content-Length": "1"}),
    _case("14.1.2 to the end", ["Range: bytes=390-"], 206, {"Content-Range": "bytes 390-399/400"}),
    _case("14.1.2 the last byte", ["Range: bytes=399-"], 206, {"Content-Range": "bytes 399-399/400"}),
    _case("14.1.2 from the beginning", ["Range: bytes=0-"], 206, {"Content-Range": "bytes 0-399/400"}),
    _case("14.1.2 beyond the end", ["Range: bytes=390-1000"], 206, {"Content-Range": "bytes 390-399/400"}),
    _case("14.1.2 far beyond the end", [f"Range: bytes=390-{ENDLESS}"], 206, {"Content-Range": "bytes 390-399/400"}),
    _case("14.1.2 a suffix", ["Range: bytes=-10"], 206, {"Content-Range": "bytes 390-399/400"}),
    _case("14.1.2 a suffix of all", ["Range: bytes=-400"], 206, {"Content-Range": "bytes 0-399/400"}),
    _case("14.1.2 a suffix of more", ["Range: bytes=-401"], 206, {"Content-Range": "bytes 0-399/400"}),
    _case("14.1.2 a suffix of far more", [f"Range: bytes=-{ENDLESS}"], 206, {"Content-Range": "bytes 0-399/400"}),
    _case("14.1.2 within the header of a file", ["Range: bytes=10-19"], 206, {"Content-Range": "bytes 10-19/528"}, NPY),
    _case("14.1.2 across the header of a file", ["Range: bytes=120-139"], 206,
        {"Content-Range": "bytes 120-139/528"}, NPY),
    _case("14.1.2 of a reply in pieces", ["Range: bytes=1000000-"], 206,
        {"Content-Range": "bytes 1000000-1199999/1200000"}, LARGE),
    _case("14.1.2 of what draws nothing", ["Range: bytes=0-9"], 206, {"Content-Range": "bytes 0-9/400"}, CONSTANT),
    _case("14.1 units have no case", ["Range: BYTES=0-9"], 206, {"Content-Range": "bytes 0-9/400"}),
    _case("14.1.1 the end before the beginning", ["Range: bytes=9-0"], 200, {"Content-Range": None}),
    _case("14.1.1 the end before the beginning, after the end", ["Range: bytes=900-800"], 200),
    _case("14.1.1 no numbers", ["Range: bytes=-"], 200, {"Content-Range": None}),
    _case("14.1.1 no set", ["Range: bytes="], 200, {"Content-Range": None}),
    _case("14.1.1 no unit", ["Range: 0-9"], 200, {"Content-Range": None}),
    _case("14.1.1 no range", ["Range: all of it"], 200, {"Content-Range": None}),
    _case("14.1.1 empty", ["Range: "], 200, {"Content-Range": None}),
    _case("14.1.1 negative", ["Range: bytes=-9--1"], 200, {"Content-Range": None}),
    _case("14.1.1 not ASCII", ["Range: bytes=\xb2-\xb3"], 200, {"Content-Range": None}),
    _case("14.2 another unit", ["Range: elements=0-9"], 200, {"Content-Range": None}),
    _case("14.2 several ranges", ["Range: bytes=0-9,20-29"], 200, {"Content-Range": None}),
    _case("14.2 many ranges", ["Range: bytes=0-" + ",0-" * 1000], 200, {"Content-Range": None}),
    _case("14.2 several lines", ["Range: bytes=0-9", "Range: bytes=0-9"], 206, {"Content-Range": "bytes 0-9/400"}),
    _case("14.2 a HEAD has none", ["Range: bytes=0-9"], 200, {"Content-Range": None, "Content-Length": "400"},
        method="HEAD"),
    _case("14.2 a HEAD has no unsatisfiable one", ["Range: bytes=400-"], 200, {"Content-Range": None}, method="HEAD"),
    _case("14.2 JSON has none", ["Range: bytes=0-9"], 200, {"Content-Range": None}, JSON),
    _case("14.2 JSON has no unsatisfiable one", ["Range: bytes=9999999-"], 200, {"Content-Range": None}, JSON),
    _case("14.2 what is drawn anew has none", ["Range: bytes=0-9"], 200, {"Content-Range": None}, DRAWN),
    _case("14.2 what is drawn anew has no unsatisfiable one", ["Range: bytes=400-"], 200, {}, DRAWN),
    _case("14.2 an error has none", ["Range: bytes=0-9"], 404, {"Content-Range": None}, "/weights/nothing?shape=2"),
    _case("14.2 a method without ranges", ["Range: bytes=0-9"], 405, {"Content-Range": None}, method="PUT"),
    _case("14.3 bytes have ranges", [], 200, {"Accept-Ranges": "bytes"}),
    _case("14.3 a HEAD tells it", [], 200, {"Accept-Ranges": "bytes"}, method="HEAD"),
    _case("14.3 JSON has no ranges", [], 200, {"Accept-Ranges": "none"}, JSON),
    _case("14.3 what is drawn anew has no ranges", [], 200, {"Accept-Ranges": "none"}, DRAWN),
    _case("15.3.7 a part is of the whole's type", ["Range: bytes=0-9"], 206, {"Content-Type": "application/x-npy"},
        NPY),
    _case("15.3.7 an agreed format varies", ["Range: bytes=0-9", "Accept: application/octet-stream"], 206,
        {"Vary": "Accept"}, AGREED),
    _case("15.3.7.1 the length is that of the part", ["Range: bytes=10-29"], 206, {"Content-Length": "20"}),
    _case("15.5.17 after the end", ["Range: bytes=400-"], 416, {"Content-Range": "bytes */400"}),
    _case("15.5.17 from after the end to later", ["Range: bytes=400-500"], 416, {"Content-Range": "bytes */400"}),
    _case("15.5.17 far after the end", [f"Range: bytes={ENDLESS}-"], 416, {"Content-Range": "bytes */400"}),
    _case("15.5.17 the last no bytes", ["Range: bytes=-0"], 416, {"Content-Range": "bytes */400"}),
    _case("15.5.17 of a reply in pieces", ["Range: bytes=1200000-"], 416, {"Content-Range": "bytes */1200000"}, LARGE),
    _case("14.2 any byte of nothing is all of it", ["Range: bytes=0-"], 200, {"Content-Range": None}, EMPTY),
    _case("14.2 nothing has no range", ["Range: bytes=0-4194303"], 200, {"Content-Length": "0"}, EMPTY),
    _case("15.5.17 is not to be stored", ["Range: bytes=400-"], 416, {"Cache-Control": "no-store", "ETag": None}),
    _case("14.1.2 the last bytes of nothing are nothing", ["Range: bytes=-5"], 200, {"Content-Length": "0"}, EMPTY),
]  # fmt: skip

CACHES = [
    _case("a given seed", [], 200, {"Cache-Control": FOR_EVER}),
    _case("a given seed, in pieces", [], 200, {"Cache-Control": FOR_EVER}, LARGE),
    _case("a given seed, as JSON", [], 200, {"Cache-Control": FOR_EVER}, JSON),
    _case("nothing drawn", [], 200, {"Cache-Control": FOR_EVER}, CONSTANT),
    _case("nothing drawn, and no format", [], 200, {"Cache-Control": FOR_EVER}, "/weights/identity?shape=2,2"),
    _case("a drawn seed", [], 200, {"Cache-Control": "no-store"}, DRAWN),
    _case("a drawn seed, in pieces", [], 200, {"Cache-Control": "no-store"}, "/weights/normal?shape=90000&format=raw"),
    _case("a drawn seed, as JSON", [], 200, {"Cache-Control": "no-store"}, "/weights/normal?shape=2"),
    _case("a drawn seed, HEAD", [], 200, {"Cache-Control": "no-store"}, DRAWN, "HEAD"),
    _case("no condition on a drawn seed", ["If-None-Match: *"], 200, {"Cache-Control": "no-store"}, DRAWN),
]

CASES = [*VALIDATORS, *ACCEPT, *CONDITIONS, *LINES, *RANGES, *CACHES]
PARTS = [case for case in CASES if case.values[3] in {206, 304}]


@pytest.fixture(scope="module")
def ask_with_tags(ask, whole):
    """Return what puts the target's entity tag into the fields of a request, and sends it."""

    def filled(text, target):
        tag = whole(target).headers["ETag"] or ""
        for key, value in (("{tag}", tag), ("{inner}", tag.strip('"'))):
            text = text.replace(key, value)
        return text

    def ask_with_tags(method, target, lines):
        return ask(target, *[filled(line, target) for line in lines], method=method)

    ask_with_tags.filled = filled  # type: ignore[attr-defined]
    return ask_with_tags


@pytest.mark.parametrize(("method", "target", "lines", "status", "expected"), CASES)
def test_http_is_as_rfc_9110_has_it(ask_with_tags, whole, method, target, lines, status, expected):
    reply = ask_with_tags(method, target, lines)

    assert reply.status == status
    for name, value in expected.items():
        if isinstance(value, re.Pattern):
            assert value.fullmatch(reply.headers[name])
        else:
            assert reply.headers[name] == (value and ask_with_tags.filled(value, target))
    assert parsedate_to_datetime(reply.headers["Date"])
    _check_body(reply, method, whole(target) if target != DRAWN else None)


def _check_body(reply, method, whole):
    if method == "HEAD" or reply.status in {204, 304}:
        assert reply.body == b""
    elif reply.status == 206:
        first, last, total = map(int, re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", reply.headers["Content-Range"]).groups())
        if reply.headers["Content-Location"] == whole.headers["Content-Location"]:
            assert total == len(whole.body)
            assert reply.body == whole.body[first : last + 1]
        assert len(reply.body) == last + 1 - first
    elif reply.status >= 400:
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert json.loads(reply.body)["status"] == reply.status
    elif whole and reply.headers["Content-Location"] == whole.headers["Content-Location"]:
        assert reply.body == whole.body


@pytest.mark.parametrize(("method", "target", "lines", "status", "expected"), PARTS)
def test_a_part_and_a_304_have_what_the_whole_has(ask_with_tags, ask, method, target, lines, status, expected):
    """Sections 15.3.7 and 15.4.5."""
    whole = ask(target, *[line for line in lines if line.startswith("Accept")])
    part = ask_with_tags(method, target, lines)

    names = [name for name in KEPT_IN_PARTS if name in whole.headers]
    assert {"Date", "ETag", "Cache-Control", "Content-Location"} <= set(names)
    for name in names[1:]:
        assert part.headers[name] == whole.headers[name]


@pytest.mark.parametrize("target", [RAW, NPY, JSON, AGREED, LARGE, CONSTANT, EMPTY], ids=lambda t: t.rpartition("/")[2])
def test_a_304_describes_no_content(ask, target):
    """Section 15.4.5: no other representation metadata."""
    reply = ask(target, "If-None-Match: *")

    for name in ("Content-Type", "Content-Length", "Content-Disposition", "Accept-Ranges", "Fanin-Shape"):
        assert name not in reply.headers


def test_the_problem_of_a_range_tells_the_length(ask):
    problem = json.loads(ask(RAW, "Range: bytes=400-").body)

    assert (problem["type"], problem["length"]) == ("/problems/range-not-satisfiable", 400)


TOLD = {"content-location", "fanin-seed", "content-disposition"}
"""The headers that tell a seed."""


@pytest.mark.parametrize("target", [RAW, NPY, JSON, AGREED, LARGE, CONSTANT, EMPTY, DRAWN])
def test_a_head_has_the_headers_of_the_get(ask, target):
    get, head = ask(target).headers, ask(target, method="HEAD").headers
    changing = {"date", "server-timing", "x-request-id"} | (TOLD if target == DRAWN else set())
    unknown = {"content-length", "transfer-encoding"} if "json" in get["Content-Type"] else set()

    def lasting(headers, without):
        return {key: value for key, value in headers.items() if key not in without}

    assert lasting(head, changing) == lasting(get, changing | unknown)


def test_the_location_of_a_drawn_seed_gives_the_same_bytes_and_may_be_kept(ask):
    drawn = ask(DRAWN)
    again = ask(drawn.headers["Content-Location"])

    assert again.body == drawn.body
    assert again.headers["Cache-Control"] == FOR_EVER
    assert again.headers["ETag"]


@pytest.mark.parametrize(
    ("target", "lines"),
    [(RAW, []), (JSON, []), (LARGE, []), (DRAWN, []), (RAW, ["Range: bytes=0-9"]), (RAW, ["If-None-Match: *"]),
     ("/weights/orthogonal?shape=9,9&seed=1", [])],
)  # fmt: skip
def test_the_time_that_it_took_is_told(ask, target, lines):
    """https://www.w3.org/TR/server-timing/: metrics of a name and a duration in milliseconds."""
    metrics = ", ".join(ask(target, *lines).headers.get_all("Server-Timing")).split(", ")

    for metric in metrics:
        if re.fullmatch("lane;desc=(quick|slow|dear)", metric):
            continue
        name, duration = re.fullmatch(r"([a-z]+);dur=([0-9.e+-]+)", metric).groups()
        assert name in {"spec", "make"}
        assert float(duration) >= 0


POST = {"initializer": "normal", "shape": [100], "seed": 1, "format": "raw"}


@pytest.fixture
def post(ask):
    def post(members, *lines):
        return ask(
            "/weights", "Content-Type: application/json", *lines, method="POST", body=json.dumps(members).encode()
        )

    return post


@pytest.mark.parametrize("format", ["raw", "npy", "safetensors", "json"])
def test_a_post_is_not_to_be_stored_and_tells_where_it_may(ask, post, format):  # noqa: A002
    reply = post({**POST, "format": format})
    location = reply.headers["Content-Location"]

    assert reply.headers["Cache-Control"] == "no-store"
    assert "ETag" not in reply.headers
    assert ask(location).body == reply.body
    assert ask(location).headers["Cache-Control"] == FOR_EVER


@pytest.mark.parametrize(
    "line", ['If-Match: "a"', "If-None-Match: *", "If-None-Match: {tag}", "Range: bytes=0-9", "Range: bytes=400-",
             f"If-Modified-Since: {FAR_AHEAD}", f"If-Unmodified-Since: {LONG_AGO}"],
)  # fmt: skip
def test_a_post_has_no_conditions_and_no_ranges(post, whole, line):
    reply = post(POST, line.replace("{tag}", whole(RAW).headers["ETag"]))

    assert (reply.status, reply.body) == (200, whole(RAW).body)
    assert "Content-Range" not in reply.headers


def test_a_post_offers_no_ranges(post):
    """Section 14.3."""
    assert post(POST).headers["Accept-Ranges"] in {None, "none"}


@pytest.mark.parametrize("fields", [{}, {"Range": "bytes=0-9"}, {"If-None-Match": "*"}])
def test_the_location_is_where_a_proxy_has_the_service(fields):
    with TestClient(create_app(Settings()), root_path="/fanin") as client:
        response = client.get(f"/fanin{RAW}", headers=fields)
        posted = client.post("/fanin/weights", json=POST)

    assert response.headers["Content-Location"] == posted.headers["Content-Location"]
    assert response.headers["Content-Location"].startswith(f"/fanin{RAW.partition('?')[0]}")


TAGGED = [
    "normal?shape=2,3&seed=1&format=npy",
    "normal?shape=2,3&seed=1&format=raw",
    "normal?shape=2,3&seed=1&format=safetensors",
    "normal?shape=2,3&seed=1&format=json",
    "normal?shape=2,3&seed=1&format=json&flat=true",
    "normal?shape=3,2&seed=1&format=npy",
    "normal?shape=6&seed=1&format=npy",
    "normal?shape=2,3,1&seed=1&format=npy",
    "normal?shape=2,3&seed=0&format=npy",
    "normal?shape=2,3&seed=4294967297&format=npy",
    "normal?shape=2,3&seed=18446744073709551615&format=npy",
    "normal?shape=2,3&seed=1&name=a&format=npy",
    "normal?shape=2,3&seed=1&name=A&format=npy",
    "normal?shape=2,3&seed=1&name=%C3%A9&format=npy",
    "normal?shape=2,3&seed=1&name=e%CC%81&format=npy",
    "normal?shape=2,3&seed=1&name=%26dtype%3Dfloat64&format=npy",
    "normal?shape=2,3&seed=1&dtype=float64&format=npy",
    "normal?shape=2,3&seed=1&dtype=float16&format=npy",
    "normal?shape=2,3&seed=1&dtype=complex64&format=npy",
    "normal?shape=2,3&seed=1&dtype=float64&format=raw",
    "normal?shape=2,3&seed=1&dtype=bfloat16&format=raw",
    "normal?shape=2,3&seed=1&dtype=float8_e4m3fn&format=raw",
    "normal?shape=2,3&seed=1&dtype=float8_e5m2&format=raw",
    "normal?shape=2,3&seed=1&format=npy&slice=0",
    "normal?shape=2,3&seed=1&format=npy&slice=1",
    "normal?shape=2,3&seed=1&format=npy&slice=0:1",
    "normal?shape=2,3&seed=1&format=npy&slice=:,0:1",
    "normal?shape=2,3&seed=1&format=npy&slice=:,0",
    "normal?shape=3&seed=1&format=npy",
    "normal?shape=2,3&seed=1&std=2&format=npy",
    "normal?shape=2,3&seed=1&std=2.0000000000000004&format=npy",
    "normal?shape=2,3&seed=1&mean=1&format=npy",
    "normal?shape=2,3&seed=1&mean=-0.0&format=npy",
    "truncated_normal?shape=2,3&seed=1&format=npy",
    "truncated_normal?shape=2,3&seed=1&std_is=after&format=npy",
    "uniform?shape=2,3&seed=1&format=npy",
    "uniform?shape=2,3&seed=1&low=0&high=2&format=npy",
    "uniform?shape=2,3&seed=1&fan_in=3&format=npy",
    "he_normal?shape=2,3&seed=1&format=npy",
    "he_normal?shape=2,3&seed=1&layout=in_out&format=npy",
    "he_normal?shape=2,3&seed=1&layout=out_kernel_in&format=npy",
    "he_normal?shape=2,3&seed=1&groups=2&format=npy",
    "he_normal?shape=2,3&seed=1&gates=2&format=npy",
    "he_normal?shape=2,3&seed=1&fan_in=7&format=npy",
    "he_normal?shape=2,3&seed=1&mode=fan_out&format=npy",
    "he_normal?shape=2,3&seed=1&distribution=truncated_normal&format=npy",
    "he_normal?shape=2,3&seed=1&nonlinearity=tanh&format=npy",
    "lecun_normal?shape=2,3&seed=1&format=npy",
    "orthogonal?shape=2,3&seed=1&format=npy",
    "orthogonal?shape=2,3&seed=1&gain=2&format=npy",
    "zeros?shape=2,3&format=npy",
    "ones?shape=2,3&format=npy",
    "constant?shape=2,3&value=0&format=npy",
    "constant?shape=2,3&value=-0.0&format=npy",
    "identity?shape=2,3&format=npy",
]


def _tag(client, target, *fields):
    return client.head(f"/weights/{target}", headers=dict(fields)).headers["ETag"]


def test_no_two_tensors_have_the_same_tag(client):
    tags = Counter(_tag(client, target).removeprefix("W/") for target in TAGGED)

    assert [target for target in TAGGED if tags[_tag(client, target).removeprefix("W/")] > 1] == []


HE = "he_normal?shape=2,3&seed=1&format=npy"
ROWS = "normal?shape=4,6&seed=1&format=npy&slice="


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HE, "kaiming_normal_?shape=2,3&seed=1&format=npy"),
        (HE, "HeNormal?shape=2,3&seed=1&format=npy"),
        (HE, "HE-NORMAL?shape=2,3&seed=1&format=npy"),
        (HE, "he_normal?format=npy&seed=1&shape=2,3"),
        (HE, "he_normal?shape=2%2C3&seed=1&format=npy"),
        (HE, "he_normal?shape=02,3&seed=001&format=npy"),
        (HE, HE + "&name="),
        (HE, HE + "&dtype=float32"),
        (HE, HE + "&stream=1"),
        (HE, HE + "&flat=false"),
        (HE, HE + "&layout=out_in&groups=1&gates=1&mode=fan_in&distribution=normal&gain_rule=forward"),
        (HE + "&gain=2", HE + "&gain=2.0"),
        (HE + "&gain=2", HE + "&gain=0.2e1"),
        (HE + "&name=a%20b", HE + "&name=a+b"),
        (ROWS + "0:2", ROWS + ":2"),
        (ROWS + "0:2", ROWS + "0:2,:"),
        (ROWS + "0:2", ROWS + "0:2,..."),
        (ROWS + "0:2", ROWS + "-4:-2"),
        (ROWS + "0:2", ROWS + "0:2:1,0:6:1"),
        (ROWS + "0:2", ROWS + "0%3A2"),
        (ROWS + "3", ROWS + "-1"),
        (ROWS + ":,5", ROWS + "...,-1"),
        (ROWS + "2:4", ROWS + "2:99"),
        (ROWS + ":", "normal?shape=4,6&seed=1&format=npy"),
        (ROWS + "...", "normal?shape=4,6&seed=1&format=npy"),
        ("zeros?shape=3&format=raw", "zeros?shape=3&format=raw&seed=5"),
        ("zeros?shape=3&format=raw", "Zeros?shape=3&format=raw&dtype=float32"),
    ],
)
def test_the_same_tensor_has_the_same_tag_however_it_is_written(client, one, other):
    assert _tag(client, one) == _tag(client, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HE, HE + "&nonlinearity=relu"),
        (HE + "&nonlinearity=leaky_relu", HE + "&nonlinearity=leaky_relu&negative_slope=0.01"),
        ("uniform?shape=3&seed=1&format=npy", "uniform?shape=3&seed=1&format=npy&low=0&high=1"),
    ],
)
def test_a_default_that_is_worked_out_may_be_given(client, one, other):
    assert _tag(client, one) == _tag(client, other)


def test_an_agreed_format_has_the_tag_of_the_format(client):
    agreed = _tag(client, "he_normal?shape=2,3&seed=1", ("Accept", "application/x-npy"))

    assert agreed == _tag(client, HE)


@pytest.mark.parametrize("target", TAGGED)
def test_the_location_has_the_same_tag(client, target):
    reply = client.head(f"/weights/{target}")

    assert client.head(reply.headers["Content-Location"]).headers["ETag"] == reply.headers["ETag"]


HUGE = "/weights/normal?shape=1048576,32768&seed=1&format=raw"  # 128 GiB
HEAVY = "/weights/orthogonal?shape=4096,4096&seed=1&format=raw"


@pytest.fixture
def idle_client(client, monkeypatch):
    """A client of an application that can make nothing."""

    def make(*args):
        raise NotImplementedError

    monkeypatch.setattr(Tensor, "read_into", make)
    monkeypatch.setattr(Tensor, "materialize", make)
    assert client.get(RAW).status_code == client.get(HEAVY).status_code == 500
    return client


@pytest.mark.parametrize("target", [RAW, JSON, LARGE, HUGE, HEAVY, CONSTANT])
def test_a_304_makes_nothing(idle_client, target):
    assert idle_client.get(target, headers={"If-None-Match": "*"}).status_code == 304


@pytest.mark.parametrize("target", [RAW, JSON, LARGE, HUGE, HEAVY, CONSTANT])
def test_a_failed_if_match_makes_nothing(idle_client, target):
    assert idle_client.get(target, headers={"If-Match": '"a"'}).status_code == 412


@pytest.mark.parametrize("target", [RAW, LARGE, HUGE, HEAVY, CONSTANT])
def test_a_range_without_bytes_makes_nothing(idle_client, target):
    assert idle_client.get(target, headers={"Range": f"bytes={2**40}-"}).status_code == 416


@pytest.mark.parametrize("target", [RAW, JSON, LARGE, HUGE, HEAVY, CONSTANT])
def test_a_head_makes_nothing(idle_client, target):
    assert idle_client.head(target).status_code == 200


@pytest.mark.parametrize("row", [0, 1, 524289, 1048575])
def test_a_range_of_a_tensor_larger_than_memory_is_the_part_that_stands_there(ask, row):
    first = row * 32768 * 4
    part = ask(HUGE, f"Range: bytes={first}-{first + 32768 * 4 - 1}")

    assert part.headers["Content-Range"] == f"bytes {first}-{first + 131071}/137438953472"
    assert part.body == ask(f"{HUGE}&slice={row}").body


def test_the_last_bytes_of_a_tensor_larger_than_memory_are_its_last_elements(ask):
    last = ask(f"{HUGE}&slice=-1,-3:").body

    assert ask(HUGE, "Range: bytes=-12").body == last
    assert len(last) == 12


def test_the_header_of_a_file_can_be_read_before_the_elements_that_it_places(ask):
    """As readers of safetensors over HTTP do."""
    target = "/weights/normal?shape=1048576,32768&seed=1&name=w&format=safetensors"
    size = struct.unpack("<Q", ask(target, "Range: bytes=0-7").body)[0]
    header = json.loads(ask(target, f"Range: bytes=8-{7 + size}").body)
    begin, end = header["w"]["data_offsets"]
    whole = int(ask(target, "Range: bytes=0-0").headers["Content-Range"].rpartition("/")[2])

    assert (header["w"]["shape"], begin, 8 + size + end) == ([1048576, 32768], 0, whole)
    first = ask(target, f"Range: bytes={8 + size}-{8 + size + 11}").body
    assert first == ask(f"{target}&slice=0,:3".replace("safetensors", "raw")).body


def test_a_file_put_together_from_ranges_is_loaded_by_numpy(ask, whole):
    target = "/weights/he_normal?shape=300,200&seed=1&format=npy"
    length = int(ask(target, method="HEAD").headers["Content-Length"])
    ends = [0, 1, 10, 127, 128, 129, 5003, 65536, 200001, length]
    parts = [ask(target, f"Range: bytes={a}-{b - 1}").body for a, b in pairwise(ends)]

    assert np.load(io.BytesIO(b"".join(parts))).shape == (300, 200)
    assert b"".join(parts) == whole(target).body


def test_a_download_goes_on_at_another_replica(ask, client):
    target = "/weights/he_normal?shape=300,1000&seed=1&format=npy"
    whole = ask(target)
    rest = client.get(target, headers={"Range": "bytes=777777-", "If-Range": whole.headers["ETag"]})

    assert rest.status_code == 206
    assert whole.body[:777777] + rest.content == whole.body


PARTED = [
    "normal?shape=0&seed=1&format=raw",
    "normal?shape=0,3&seed=1&format=npy",
    "normal?shape=&seed=1&format=raw&dtype=float16",
    "normal?shape=&seed=1&format=safetensors",
    "uniform?shape=5,3&seed=1&format=raw&dtype=float8_e5m2",
    "he_normal?shape=100,163&seed=1&format=npy",
    "uniform?shape=300001&seed=1&dtype=float64&format=npy",
    "he_normal?shape=1500,1001&seed=1&dtype=float8_e4m3fn&format=safetensors",
    "normal?shape=700,611&seed=1&dtype=complex64&format=npy",
    "glorot_uniform?shape=1000,1301&seed=1&dtype=bfloat16&format=safetensors&name=%C3%A9",
    "truncated_normal?shape=701,1003&seed=1&dtype=float16&format=raw",
    "normal?shape=1200,1001&seed=1&format=npy&slice=100:1100,3:777",
    "uniform?shape=50,60,70,3&seed=1&dtype=float64&format=raw&slice=:,7:31,-40:",
    "zeros?shape=700,1003&format=raw",
    "ones?shape=1201,1003&dtype=float16&format=safetensors",
    "constant?shape=700001&value=0.1&dtype=float64&format=npy",
    "constant?shape=1000,999&value=0.1&format=npy&slice=1:,:998",
    "identity?shape=1100,1003&format=npy",
    "dirac?shape=300,301,3,3&format=raw&dtype=bfloat16",
    "orthogonal?shape=150,130&seed=1&format=safetensors",
    "orthogonal?shape=150,130&seed=1&dtype=float64&format=raw&slice=20:,::1",
]


@pytest.mark.slow
@pytest.mark.parametrize("target", PARTED)
@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.data())
def test_any_range_is_that_of_the_whole(ask, whole, target, data):
    body = whole(f"/weights/{target}").body
    seam = st.integers(0, len(body) // 2**16 + 1).map(lambda block: block * 2**16)
    place = st.one_of(
        st.integers(0, len(body) + 2),
        st.sampled_from([0, 64, 128, len(body)]),
        st.builds(lambda at, head, beside: max(at + head + beside, 0), seam, st.sampled_from([0, 128]),
            st.integers(-9, 9)),
    )  # fmt: skip
    first, last = data.draw(st.none() | place, "first"), data.draw(st.none() | place, "last")
    if first is None:
        last = last or 1
        expected = body[-last:]
    elif last is None:
        expected = body[first:]
    else:
        first, last = min(first, last), max(first, last)
        expected = body[first : last + 1]

    field = "-".join("" if place is None else str(place) for place in (first, last))
    reply = ask(f"/weights/{target}", f"Range: bytes={field}")

    if expected:
        begin = len(body) - len(expected) if first is None else first
        assert reply.headers["Content-Range"] == f"bytes {begin}-{begin + len(expected) - 1}/{len(body)}"
        assert (reply.status, reply.body == expected) == (206, True)
    else:
        assert reply.status == (416 if body and first is not None else 200)
