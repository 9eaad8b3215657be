"""Ours over HTTP against the frameworks in process, and against other servers.

Ours is measured from outside: curl to a running `python -m service`, from its request to the last byte. curl and the
server share the processors with each other; the processor time in brackets is that of all sides together.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import orjson

from benchmarks import checkpoints, framework_streams, models, pictures, propagation
from benchmarks.advice import lists_of_layers
from benchmarks.dtypes import against_float32, sparse_against_normal
from benchmarks.frameworks_process import Frameworks
from benchmarks.pairs import Comparison, rested, timed
from benchmarks.processes import ROOT, Server, curl, fanin, first_byte, free_port, serving, tool, uvicorn

SIDES = (4096, 16384)
JSON_SHAPE = (1000, 1000)


def _weights(initializer: str, side: int, extra: str = "") -> str:
    return f"/weights/{initializer}?shape={side},{side}&seed=42&format=npy{extra}"


def against_frameworks(server: Server, frameworks: Frameworks) -> Iterator[Comparison]:
    rows = [
        ("he_normal", "torch.kaiming_normal_", 0.7),
        ("glorot_uniform", "torch.xavier_uniform_", 0.6),
        ("truncated_normal", "torch.trunc_normal_", 0.06),
        ("he_normal", "jax.he_normal", 0.18),
        ("glorot_uniform", "jax.glorot_uniform", None),
        ("he_normal", "numpy.standard_normal", None),
    ]
    for side in SIDES:
        rounds = 21 if side == SIDES[0] else 3
        for initializer, peer, at_most in rows:
            ours = rested(curl(server, _weights(initializer, side)))
            yield Comparison(
                f"{initializer}, {side}²", ours, peer, frameworks.work(peer, side), at_most, side * side, rounds
            )
    ours = rested(curl(server, _weights("orthogonal", 2048)))
    yield Comparison("orthogonal, 2048²", ours, "torch.orthogonal_", frameworks.work("torch.orthogonal_", 2048), 1.0)


def against_constants(server: Server) -> Iterator[Comparison]:
    for side in SIDES:
        constant = curl(server, f"/weights/constant?shape={side},{side}&value=1&format=npy")
        glorot = curl(server, _weights("glorot_uniform", side))
        yield Comparison(f"glorot_uniform, {side}²", glorot, "constant", constant, 2, side * side, 9)


def against_nginx(server: Server) -> Iterator[Comparison]:
    nginx = tool("nginx")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        settings = (
            f"daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log stderr;"
            f"events {{}} http {{ access_log off; sendfile on; client_body_temp_path {folder}/t; "
            f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
        )
        Path(folder, "nginx.conf").write_text(settings)
        Path(folder).chmod(0o755)
        np.save(Path(folder, "zeros.npy"), np.zeros((SIDES[0], SIDES[0]), np.float32))
        with serving([nginx, "-p", folder, "-c", f"{folder}/nginx.conf"], "/nginx.conf", port) as static:
            ours = curl(server, f"/weights/zeros?shape={SIDES[0]},{SIDES[0]}&format=npy")
            peer = curl(static, "/zeros.npy")
            yield Comparison("zeros, 4096²", ours, "nginx, static file", peer, 1.2, SIDES[0] ** 2, 15)


def against_ten_lines(server: Server, ten_lines: Server) -> Iterator[Comparison]:
    rows, columns = JSON_SHAPE
    ours = curl(server, f"/weights/he_normal?shape={rows},{columns}&seed=42")
    ready = np.random.default_rng(42).normal(size=JSON_SHAPE).astype(np.float32)
    dumps = timed(lambda: orjson.dumps(ready, option=orjson.OPT_SERIALIZE_NUMPY))
    yield Comparison("JSON of 10⁶ elements", ours, "orjson.dumps of the ready array", dumps, 1.5)
    peer = curl(ten_lines, f"/weights?rows={rows}&columns={columns}")
    yield Comparison("JSON of 10⁶ elements", ours, "ten-line service", peer, 0.05, rounds=5)


def parts_against_wholes(server: Server) -> Iterator[Comparison]:
    for side in SIDES:
        whole = curl(server, _weights("he_normal", side))
        for name, text in (("rows", f"0:{side // 8}"), ("columns", f":,0:{side // 8}")):
            part = curl(server, _weights("he_normal", side, f"&slice={text}"))
            rounds = 21 if side == SIDES[0] else 5
            yield Comparison(f"an eighth of the {name}, {side}²", part, "the whole", whole, 0.2, rounds=rounds)
    large, small = _weights("he_normal", 2**17), _weights("he_normal", 2**9)
    yield Comparison(
        "first byte of 64 GiB", first_byte(server, large), "of 1 MiB", first_byte(server, small), 3, rounds=31
    )


def requests_per_second(server: Server, empty: Server) -> Iterator[str]:
    """Yield the rows for small replies: tensors on 16 connections, advice one after another on one."""
    ours, theirs, ratio = _rates(server, empty, "seeds", connections=16)
    yield (
        f"| requests a second, 64 × 32 .npy ÷ empty FastAPI endpoint | {ours:.0f} | {theirs:.0f} | {ratio:.2f} | "
        "at least 0.7 |"
    )
    for what, script in (("another one each time", "layers"), ("the same again", "layer")):
        ours, theirs, ratio = _rates(server, empty, script, connections=1)
        yield (
            f"| advice on a layer, {what} ÷ empty FastAPI endpoint | {1e3 / ours:.2f} ms | {1e3 / theirs:.2f} ms | "
            f"{1.0 / ratio:.2f} | 3 |"
        )


def _rates(server: Server, empty: Server, script: str, connections: int) -> tuple[float, float, float]:
    """Return the requests a second of both, and the ratio: medians over pairs, each 2 s one after the other."""
    rates = []
    for _ in range(7):
        pair = []
        for peer, extra in ((server, ["-s", f"benchmarks/{script}.lua"]), (empty, [])):
            target = peer.url + "/empty?rows=64&columns=32"
            report = subprocess.run(
                [tool("wrk"), "-t1", f"-c{connections}", "-d2s", *extra, target],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            assert "Non-2xx" not in report, report
            pair.append(float(report.partition("Requests/sec:")[2].split()[0]))
        rates.append(pair)
    ours, theirs = (statistics.median(column) for column in zip(*rates, strict=True))
    return ours, theirs, statistics.median(own / other for own, other in rates)


def memory(server: Server) -> str:
    """Return the row for the growth of resident memory: 8 GiB for a fast reader, while a slow one reads as well."""
    target = f"/weights/he_normal?shape={2**16},{2**15}&seed=42&format=npy"
    before = server.resident()
    host, port = server.url.removeprefix("http://").split(":")
    done = threading.Event()

    def read_slowly() -> None:
        while not done.is_set():
            connection.recv(2**16)
            time.sleep(0.01)

    connection = socket.create_connection((host, int(port)))
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert connection.recv(2**10).startswith(b"HTTP/1.1 200")
    slow = threading.Thread(target=read_slowly)
    slow.start()
    fast = subprocess.Popen(["curl", "-sS", "--fail", "-o", "/dev/null", server.url + target])
    highest = before
    while fast.poll() is None:
        highest = max(highest, server.resident())
        time.sleep(0.05)
    done.set()
    slow.join()
    connection.close()
    assert fast.returncode == 0
    return f"| growth of memory while 8 GiB leave | {(highest - before) / 2**20:.0f} MiB | | | 64 MiB |"


def rows() -> Iterator[str]:
    """Yield the lines of the table, each as soon as it is measured."""
    framework_streams.check_drift(os.environ["PEERS_PYTHON"])
    frameworks = Frameworks(os.environ["PEERS_PYTHON"])
    with ExitStack() as stack:
        server = stack.enter_context(fanin())
        command, port = uvicorn("benchmarks.ten_lines:app")
        ten_lines = stack.enter_context(serving(command, "/empty?rows=1&columns=1", port))
        for comparisons in (
            against_frameworks(server, frameworks),
            against_constants(server),
            against_nginx(server),
            against_ten_lines(server, ten_lines),
            parts_against_wholes(server),
            against_float32(server),
            sparse_against_normal(server),
        ):
            for comparison in comparisons:
                yield comparison.measure().row
        yield from requests_per_second(server, ten_lines)
        yield from lists_of_layers(server)
        yield from propagation.rows(server)
        yield from framework_streams.rows(server, frameworks)
        yield from checkpoints.rows(server, frameworks)
        yield from models.rows(server)
    with fanin() as fresh:
        yield memory(fresh)
    with fanin() as fresh:
        yield from checkpoints.memory(fresh)
        yield models.memory(fresh)
    with fanin() as fresh:
        yield from pictures.rows(fresh)
