"""A checkpoint whose download breaks off at any point and goes on at another replica, as in `make replicas`."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.programs import program
from tests.serving import asking, get, serving

MANIFEST = {
    "seed": 42,
    "tensors": {
        "embedding.weight": {"initializer": "normal", "std": 0.02, "shape": [3001, 257]},
        "layers.{0..7}.weight": {"initializer": "he_normal", "shape": [256, 257], "dtype": "bfloat16"},
        "layers.{0..7}.recurrent.weight": {"initializer": "orthogonal", "shape": [64, 64]},
        "layers.{0..7}.bias": {"initializer": "uniform", "shape": [257]},
        "steps.{0..999}": {"initializer": "truncated_normal", "shape": [64]},
    },
}
"""Tensors that are streamed, that are made whole, and that are small."""


def _url(server: str) -> str:
    """Return the URL of the file, which the plan tells."""
    body, fields = json.dumps(MANIFEST).encode(), ["Content-Type: application/json"]
    status, _, plan = get(server, "/checkpoints/plan", fields, method="POST", body=body)
    assert status == 200, plan
    return str(json.loads(plan)["files"][0]["url"])


def _break_off(server: str, url: str, nbytes: int) -> bytes:
    """Return the first bytes of a download, which ends there."""
    with asking(server, url) as response:
        return response.read(nbytes)


def resume_at_another(servers: tuple[str, str], times: int) -> int:
    """Break a download off at `times` random points, go on at the other server, and count the files that are right."""
    chance, right, url = random.Random(0), 0, _url(servers[0])
    digest, length = _whole(servers[0], url)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.safetensors")
        for number in range(times):
            first, second = servers[number % 2], servers[1 - number % 2]
            file.write_bytes(_break_off(first, url, chance.randrange(1, length)))
            command = [program("curl"), "--no-progress-meter", "--fail", "-C", "-", "-o", str(file), second + url]
            subprocess.run(command, check=True)
            right += hashlib.sha256(file.read_bytes()).hexdigest() == digest
    return right


def _whole(server: str, url: str) -> tuple[str, int]:
    """Return the SHA-256 and the length of the file as it comes in one reply."""
    status, _, whole = get(server, url)
    assert status == 200
    return hashlib.sha256(whole).hexdigest(), len(whole)


def main(times: int) -> int:
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        first, second = (stack.enter_context(serving(folder)).url for folder in folders)
        right = resume_at_another((first, second), times)
    sys.stdout.write(
        f"a checkpoint broken off at {times} points, resumed at another replica: {right} of {times} right\n"
    )
    return int(right < times)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
