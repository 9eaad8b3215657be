"""Files from the service, in Python's standard library: python examples/downloads/downloads.py [URL]."""

from __future__ import annotations

import ast
import json
import os
import struct
import sys
import tempfile
import urllib.request
from http.client import HTTPResponse
from pathlib import Path

URL = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("FANIN_URL", "http://localhost:8000")
TENSOR = "/weights/he_normal?shape=256,784&seed=42&name=fc1.weight"


def ask(path: str, headers: dict[str, str] | None = None) -> HTTPResponse:
    """Return the response to a GET; urllib raises HTTPError for a problem."""
    response: HTTPResponse = urllib.request.urlopen(urllib.request.Request(URL + path, headers=headers or {}))
    return response


def safetensors_header(data: bytes) -> tuple[dict[str, dict[str, list[int]]], int]:
    """Return what the header says of each tensor, and where the data begins."""
    (length,) = struct.unpack_from("<Q", data)
    return json.loads(data[8 : 8 + length]), 8 + length


# 1. A tensor as a NumPy file: a magic number, the length of a header, the header, then the numbers.
npy = ask(f"{TENSOR}&format=npy").read()
(length,) = struct.unpack_from("<H", npy, 8)
header, numbers = ast.literal_eval(npy[10 : 10 + length].decode()), npy[10 + length :]
rows, columns = header["shape"]
print(f"1. {rows} x {columns} {header['descr']}, first {struct.unpack_from('<f', numbers)[0]:.6f}")

# 2. The same as safetensors, under its name.
safetensors = ask(f"{TENSOR}&format=safetensors").read()
tensors, start = safetensors_header(safetensors)
first, end = tensors["fc1.weight"]["data_offsets"]
same = "the same" if safetensors[start + first : start + end] == numbers else "other"
print(f"2. fc1.weight {tensors['fc1.weight']['dtype']}, {same} numbers")

# 3. A shard: rows 64 to 127, as they stand in the whole.
shard = ask(f"{TENSOR}&slice=64:128&format=raw").read()
is_part = shard == numbers[64 * columns * 4 : 128 * columns * 4]
print(f"3. {len(shard)} bytes, {'those' if is_part else 'not those'} of the whole")

# 4. A download that broke off goes on where it ended; If-Range makes sure that it is still the same file.
begun = ask(f"{TENSOR}&format=npy", {"Range": "bytes=0-499999"})
part, tag = begun.read(), begun.headers["ETag"]
rest = ask(f"{TENSOR}&format=npy", {"Range": f"bytes={len(part)}-", "If-Range": tag})
whole = "the whole" if part + rest.read() == npy else "something else"
print(f"4. {rest.status} from byte {len(part)}: {whole}")

# 5. Advice: what is wrong with N(0, 1), and what to take.
advice = json.load(ask("/advise?layer=Linear&activation=relu&shape=256,784&depth=50&current=normal%3Fstd%3D1"))
print(f"5. {advice['verdict']['judgement']}; take {advice['recommendation']['weights']['href']}")

# 6. A checkpoint: all tensors of a model in one file, streamed to disk.
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "model.safetensors")
    with ask("/checkpoints/gpt2-tiny/model.safetensors?seed=42") as response, file.open("wb") as out:
        while piece := response.read(2**16):
            out.write(piece)
    model = file.read_bytes()
tensors, start = safetensors_header(model)
first = start + tensors["transformer.wte.weight"]["data_offsets"][0]
number, count = struct.unpack_from("<f", model, first)[0], len(tensors.keys() - {"__metadata__"})
print(f"6. {count} tensors in {len(model)} bytes; transformer.wte.weight begins {number:.6f}")
