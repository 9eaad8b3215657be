"""curl, as scripts use it: downloads that go on where they stopped, parts, and files that are there already."""

from __future__ import annotations

import io
import json
import subprocess
import urllib.request

import numpy as np
import pytest

from tests.programs import program

SMALL = "/weights/he_normal?shape=300,200&seed=1"
LARGE = "/weights/he_normal?shape=4096,2048&seed=1&format=npy"  # 32 MiB
DRAWN = "/weights/he_normal?shape=300,200"

RANGE_ERROR, TIMED_OUT = 33, 28
"""What curl returns when the server has no ranges, and when --max-time is over."""


@pytest.fixture
def curl(server, tmp_path):
    """Return what downloads a target to a file with curl; the result has the status that curl saw in `stdout`."""

    def curl(target, file, *options):
        command = [program("curl"), "--silent", "--show-error", "--noproxy", "*", "--write-out", "%{http_code}"]
        return subprocess.run(
            [*command, *options, "--output", file, server + target],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return curl


@pytest.fixture(scope="module")
def whole(server):
    """Return all the bytes of a target, as another client gets them; a target is asked for once."""
    known = {}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def whole(target):
        if target not in known:
            with opener.open(server + target) as reply:
                known[target] = reply.read()
        return known[target]

    return whole


def _header_of(data, form):
    """Return how many bytes stand before the elements."""
    if form == "npy":
        file = io.BytesIO(data)
        np.lib.format.read_magic(file)
        np.lib.format.read_array_header_1_0(file)
        return file.tell()
    return 8 + int.from_bytes(data[:8], "little") if form == "safetensors" else 0


PLACES = {
    "nothing": lambda header, length: 0,
    "one byte": lambda header, length: 1,
    "in the header": lambda header, length: header // 2,
    "before the elements": lambda header, length: header,
    "in an element": lambda header, length: header + 3,
    "in the middle": lambda header, length: length // 2 + 1,
    "before the last byte": lambda header, length: length - 1,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("format", ["npy", "safetensors", "raw"])
def test_a_file_that_was_cut_is_completed(curl, whole, tmp_path, format, place):  # noqa: A002
    target = f"{SMALL}&format={format}"
    cut = PLACES[place](_header_of(whole(target), format), len(whole(target)))
    (tmp_path / "w").write_bytes(whole(target)[:cut])
    result = curl(target, "w", "--continue-at", "-")

    assert (result.returncode, result.stdout) == (0, "206" if cut else "200"), result.stderr
    assert (tmp_path / "w").read_bytes() == whole(target)


def test_a_file_that_was_cut_is_not_fetched_anew(curl, whole, tmp_path):
    """What stands in the file is kept, right or wrong."""
    target = f"{SMALL}&format=npy"
    (tmp_path / "w").write_bytes(b"x" * 1000)
    curl(target, "w", "--continue-at", "-")

    assert (tmp_path / "w").read_bytes() == b"x" * 1000 + whole(target)[1000:]


def test_a_file_that_is_complete_stays_as_it_is(curl, whole, tmp_path):
    target = f"{SMALL}&format=npy"
    (tmp_path / "w").write_bytes(whole(target))
    result = curl(target, "w", "--continue-at", "-")

    assert result.stdout == "416"
    assert (tmp_path / "w").read_bytes() == whole(target)


@pytest.mark.parametrize("format", ["npy", "safetensors", "raw", "json"])
def test_a_download_without_a_seed_is_never_mixed_with_another(curl, tmp_path, format):  # noqa: A002
    target = f"{DRAWN}&format={format}"
    curl(target, "w")
    begun = (tmp_path / "w").read_bytes()[:1001]
    (tmp_path / "w").write_bytes(begun)
    result = curl(target, "w", "--continue-at", "-")

    assert (result.returncode, result.stdout) == (RANGE_ERROR, "200")
    assert (tmp_path / "w").read_bytes() == begun


def test_a_json_download_is_never_continued(curl, whole, tmp_path):
    """Its text may be another library's in the next release."""
    target = f"{SMALL}&format=json"
    (tmp_path / "w").write_bytes(whole(target)[:1001])
    result = curl(target, "w", "--continue-at", "-")

    assert result.returncode == RANGE_ERROR
    assert (tmp_path / "w").read_bytes() == whole(target)[:1001]


def test_the_file_of_another_tensor_is_never_continued_when_its_tag_is_told(curl, whole, tmp_path):
    (tmp_path / "w").write_bytes(whole(f"{SMALL}&format=npy")[:1001])
    curl(f"{SMALL}&format=npy", "other", "--etag-save", "tag")
    tag = (tmp_path / "tag").read_text().strip()
    result = curl(f"{SMALL}&format=npy&name=other", "w", "--continue-at", "-", "--header", f"If-Range: {tag}")

    assert result.returncode == RANGE_ERROR
    assert (tmp_path / "w").read_bytes() == whole(f"{SMALL}&format=npy")[:1001]


@pytest.mark.parametrize(
    ("asked", "part"),
    [("0-99", slice(100)), ("100-", slice(100, None)), ("-100", slice(-100, None)), ("128-128", slice(128, 129)),
     ("120-139", slice(120, 140)), ("240000-999999", slice(240000, None))],
)  # fmt: skip
def test_a_range_is_that_part_of_the_file(curl, whole, tmp_path, asked, part):
    target = f"{SMALL}&format=npy"
    result = curl(target, "w", "--range", asked)

    assert result.stdout == "206"
    assert (tmp_path / "w").read_bytes() == whole(target)[part]


def test_several_ranges_are_answered_with_the_whole_file(curl, whole, tmp_path):
    target = f"{SMALL}&format=npy"
    result = curl(target, "w", "--range", "0-99,200-299")

    assert result.stdout == "200"
    assert (tmp_path / "w").read_bytes() == whole(target)


def test_a_range_of_no_bytes_is_a_problem(curl, tmp_path):
    result = curl(f"{SMALL}&format=raw", "w", "--range", "240000-")

    assert result.stdout == "416"
    assert json.loads((tmp_path / "w").read_text())["type"] == "/problems/range-not-satisfiable"


@pytest.mark.parametrize("format", ["npy", "safetensors", "raw", "json"])
def test_a_file_that_is_there_is_not_fetched_again(curl, tmp_path, format):  # noqa: A002
    target = f"{SMALL}&format={format}"
    assert curl(target, "w", "--etag-save", "tag").stdout == "200"
    first = (tmp_path / "w").read_bytes()
    (tmp_path / "w").unlink()

    assert curl(target, "w", "--etag-compare", "tag").stdout == "304"
    assert not (tmp_path / "w").exists() or (tmp_path / "w").read_bytes() == b""
    assert len(first) > 200 * 300


@pytest.mark.parametrize("change", ["&name=a", "&dtype=float64", "&slice=0:299", "&gain=1"])
def test_another_tensor_is_fetched(curl, whole, tmp_path, change):
    target = f"{SMALL}&format=npy"
    curl(target, "w", "--etag-save", "tag")

    assert curl(target + change, "w", "--etag-compare", "tag").stdout == "200"
    assert (tmp_path / "w").read_bytes() == whole(target + change)


def test_a_tensor_that_is_drawn_anew_is_always_fetched(curl, tmp_path):
    curl(f"{DRAWN}&format=npy", "w", "--etag-save", "tag")
    first = (tmp_path / "w").read_bytes()

    assert curl(f"{DRAWN}&format=npy", "w", "--etag-compare", "tag").stdout == "200"
    assert (tmp_path / "w").read_bytes() != first


@pytest.mark.slow
def test_a_download_that_broke_off_twice_ends_as_the_whole(curl, whole, tmp_path):
    cuts = []
    for _ in range(2):
        result = curl(LARGE, "w", "--continue-at", "-", "--limit-rate", "2M", "--max-time", "3")
        cuts.append((tmp_path / "w").stat().st_size)
        assert result.returncode == TIMED_OUT, result.stderr
    result = curl(LARGE, "w", "--continue-at", "-")

    assert 0 < cuts[0] < cuts[1] < len(whole(LARGE))
    assert (result.returncode, result.stdout) == (0, "206"), result.stderr
    assert (tmp_path / "w").read_bytes() == whole(LARGE)
