"""Mixed load by Locust at the edge of admission: `python -m benchmarks.load [SECONDS]`, with `LOCUST` its program.

Prints the figures, and ends with 1 when one is over its bar; in under a minute only for what no other program on the
machine can be the cause of.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from benchmarks.processes import ROOT, Server, free_port, serving

USERS, STREAMS = 45, 24
"""As many large replies are asked for as there is room for, and some more."""

LIVEZ_SECONDS, GROWTH_MIB = 0.1, 64
"""At most: the 99th percentile of the probe, and what memory is more at the end than after a third of the time."""

SMALL = [
    *(f"/weights/he_normal?shape=64,32&seed={seed}&format=npy" for seed in range(20)),
    *(f"/weights/glorot_uniform?shape=8,8&seed={seed}" for seed in range(20)),
    "/weights/orthogonal?shape=64,64&seed=1&format=safetensors",
    "/weights/normal?shape=1000000,1000&seed=3&format=raw&slice=777777",
]
MEBIBYTE = [f"/weights/he_normal?shape=512,512&seed={seed}&format=raw" for seed in range(20)]
LARGE = [
    *(f"/weights/he_normal?shape=2048,2048&seed={seed}&format=raw" for seed in range(4)),
    "/checkpoints/gpt2/model.safetensors?seed=1&dtype=bfloat16&only=*h.0.*",
]
DEAR = ["/weights/orthogonal?shape=1024,1024&seed=1&format=raw", "/weights/he_normal?shape=1000,1000&seed=1"]
LAYERS = [{"layer": "Linear", "shape": [64, 64], "activation": "celu", "alpha": 1 + n / 20} for n in range(20)]


def expected(server: Server) -> dict[str, list[tuple[str, object, str]]]:
    """Return what the users ask for, with the digests of the replies to one who asks alone."""
    advice = [(f"/advise?layer=linear&shape=256,{width}&activation=relu", None) for width in range(100, 140)]
    asked: dict[str, list[tuple[str, object]]] = {
        "small": [(target, None) for target in SMALL],
        "a mebibyte": [(target, None) for target in MEBIBYTE],
        "16 MiB": [(target, None) for target in LARGE],
        "advice": [*advice, ("/advise", {"depth": 20, "layers": LAYERS})],
        "dear": [(target, None) for target in DEAR],
    }
    return {
        kind: [(target, body, hashlib.sha256(_body(server, target, body)).hexdigest()) for target, body in targets]
        for kind, targets in asked.items()
    }


def _body(server: Server, target: str, body: object = None) -> bytes:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    content = None if body is None else json.dumps(body)
    connection.request("GET" if body is None else "POST", target, content, {"Content-Type": "application/json"})
    response = connection.getresponse()
    found = response.read()
    assert response.status == 200, (target, found[:500])
    connection.close()
    return found


def watch(server: Server, over: threading.Event, seconds: list[float], memory: list[int]) -> None:
    """Ask for the probe fifty times a second, and note the resident memory."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    while not over.wait(0.02):
        start = time.perf_counter()
        connection.request("GET", "/livez")
        connection.getresponse().read()
        seconds.append(time.perf_counter() - start)
        memory.append(server.resident())


def load(server: Server, seconds: int) -> list[dict[str, object]]:
    """Let the users loose; return Locust's own statistics, by the kind of request."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(expected(server), file)
        file.flush()
        command = [
            os.environ.get("LOCUST", "locust"), "--locustfile", "benchmarks/load_users.py", "--headless", "--json",
            "--users", str(USERS), "--spawn-rate", str(USERS), "--run-time", f"{seconds}s", "--stop-timeout", "60",
            "--host", server.url, "--exit-code-on-error", "0", "--loglevel", "ERROR", "--only-summary",
        ]  # fmt: skip
        # Elsewhere they have processors of their own, and take none from the server.
        command = ["nice", "-n", "10", *command]
        environment = os.environ | {"FANIN_EXPECTED": file.name}
        told = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, text=True).stdout
    statistics: list[dict[str, object]] = json.loads(told)
    return statistics


def bars(server: Server, seconds: int) -> Iterator[tuple[str, float, float]]:
    """Yield what is measured, with its number and the most that it may be."""
    over, probes, memory = threading.Event(), list[float](), list[int]()
    watching = threading.Thread(target=watch, args=(server, over, probes, memory))
    watching.start()
    try:
        statistics = load(server, seconds)
    finally:
        over.set()
        watching.join()
    assert {str(each["name"]) for each in statistics} >= {"small", "a mebibyte", "16 MiB", "advice", "dear"}
    for each in statistics:
        print(f"{each['name']}: {each['num_requests']} requests, {each['num_failures']} failed", flush=True)
    third = memory[: len(memory) // 3]
    yield "wrong replies", sum(int(str(each["num_failures"])) for each in statistics), 0
    yield "99 % of the probe, seconds", sorted(probes)[int(0.99 * len(probes))], LIVEZ_SECONDS
    yield "growth of memory, MiB", (max(memory[len(memory) * 2 // 3 :]) - max(third)) / 2**20, GROWTH_MIB


def main(seconds: int) -> int:
    port = free_port()
    settings = {"FANIN_PORT": str(port), "FANIN_MAX_STREAMS": str(STREAMS)}
    with serving([sys.executable, "-m", "service"], "/readyz", port, **settings) as server:
        table = list(bars(server, seconds))
        metrics = _body(server, "/metrics").decode()
    print(*re.findall(r'^fanin_refusals_total\{reason="overloaded.*', metrics, re.MULTILINE), sep="\n")
    print("| measure | | at most |\n|---|---|---|")
    for name, number, most in table:
        print(f"| {name} | {number:.3g} | {most:g} |{'' if number <= most else ' OVER |'}")
    wrong = [name for name, number, most in table if number > most and (seconds >= 60 or name == "wrong replies")]
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 600))
