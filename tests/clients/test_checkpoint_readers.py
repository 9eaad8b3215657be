"""Other people's readers of a checkpoint: each tensor is that of its own URL."""

from __future__ import annotations

import hashlib
import json
import subprocess

import ml_dtypes
import numpy as np
import pytest

from tests.programs import program
from tests.serving import ROOT, get

MANIFEST = {
    "seed": 42,
    "tensors": {
        "wte.weight": {"initializer": "normal", "std": 0.02, "shape": [50, 8]},
        "fc.weight": {"initializer": "he_normal", "shape": [16, 8]},
        "fc.bias": {"initializer": "zeros", "shape": [16]},
        "lm_head.weight": {"tied_to": "wte.weight"},
    },
}

WIDE = {
    "seed": 42,
    "tensors": {
        "half.weight": {"initializer": "orthogonal", "shape": [64, 64], "dtype": "float16"},
        "brain.weight": {"initializer": "he_normal", "shape": [30, 40], "dtype": "bfloat16"},
        "double.weight": {"initializer": "uniform", "shape": [7, 3], "dtype": "float64"},
        "byte.weight": {"initializer": "normal", "shape": [9], "dtype": "float8_e4m3fn"},
        "layers.{0..63}.weight": {"initializer": "truncated_normal", "shape": [16, 3]},
    },
}

JSON = ["Content-Type: application/json"]


def _post(server, target, manifest):
    status, _, body = get(server, target, JSON, method="POST", body=json.dumps(manifest).encode())
    assert status == 200, body
    return body


def _plan(server, manifest):
    return json.loads(_post(server, "/checkpoints/plan", manifest))


def _digests(server, manifest):
    """Return the SHA-256 of each tensor, by its own GET."""
    tensors = _plan(server, manifest)["tensors"]
    return {entry["name"]: hashlib.sha256(get(server, entry["url"])[2]).hexdigest() for entry in tensors}


@pytest.fixture
def file(server, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(_post(server, "/checkpoints", MANIFEST))
    return path


def test_pytorch_loads_a_file_and_a_module_whose_head_is_tied(server, file):
    python = ROOT / ".venv-peers" / "bin" / "python"
    if not python.exists():
        pytest.skip("PyTorch is not installed; make bench installs it")
    script = ROOT / "scripts" / "read_with_torch.py"
    done = subprocess.run([python, script, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found, expected = json.loads(done.stdout), _digests(server, MANIFEST)
    assert found["file"] == expected
    assert found["module"] == expected | {"lm_head.weight": expected["wte.weight"]}
    assert (found["is_tied"], found["missing"], found["unexpected"]) == (True, [], [])


@pytest.mark.slow
@pytest.mark.parametrize("manifest", [MANIFEST, WIDE], ids=["float32", "all widths"])
def test_javascript_reads_each_tensor_by_its_header(server, manifest):
    script = ROOT / "tests" / "clients" / "read_by_range.mjs"
    url = server + _plan(server, manifest)["files"][0]["url"]
    done = subprocess.run([program("node"), script, url], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == _digests(server, manifest)


@pytest.mark.clients
def test_the_hubs_library_reads_its_header(server):
    """The package is `@huggingface/hub`, of `examples/clients`."""
    folder = ROOT / "examples" / "clients"
    if not (folder / "node_modules" / "@huggingface").exists():
        pytest.fail("make clients installs the package")
    plan = _plan(server, WIDE)
    url = server + plan["files"][0]["url"]
    done = subprocess.run(
        [program("node"), "safetensors_header.mjs", url], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    header = json.loads(done.stdout)
    start = plan["files"][0]["header_bytes"]
    assert {name: [start + offset for offset in offsets] for name, (_, _, offsets) in header.items()} == {
        entry["name"]: [entry["offset"], entry["offset"] + entry["bytes"]] for entry in plan["tensors"]
    }
    assert {name: shape for name, (_, shape, _) in header.items()} == {
        entry["name"]: entry["shape"] for entry in plan["tensors"]
    }


def test_numpy_reads_parts_by_range_through_the_header_alone(server):
    url = _plan(server, WIDE)["files"][0]["url"]

    def part(first, end):
        status, _, body = get(server, url, [f"Range: bytes={first}-{end - 1}"])
        assert (status, len(body)) == (206, end - first)
        return body

    start = 8 + int.from_bytes(part(0, 8), "little")
    header = json.loads(part(8, start))
    types = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16}
    for name in ("half.weight", "brain.weight", "double.weight", "layers.17.weight"):
        entry = header[name]
        rows, *rest = entry["shape"]
        begin, end = entry["data_offsets"]
        row = (end - begin) // rows
        third = np.frombuffer(part(start + begin + 3 * row, start + begin + 4 * row), types[entry["dtype"]])
        whole = next(tensor for tensor in _plan(server, WIDE)["tensors"] if tensor["name"] == name)
        expected = np.frombuffer(get(server, whole["url"])[2], types[entry["dtype"]]).reshape(rows, *rest)
        np.testing.assert_array_equal(third, expected[3].reshape(-1))
