"""What keys, metrics and the log add to a small request: `python -m benchmarks.small_requests`.

The application answers in process, the same requests in turn with more and more around it, so that nothing but that
differs; the processor time of each is told, and by how much it is more than with nothing around it.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from service.app import Application, create_app
from service.settings import Settings

ROUNDS, REQUESTS = 21, 400
KEY = "a-key-of-this-benchmark"


def _scope(app, state, seed):
    headers = [
        (b"host", b"localhost:8000"),
        (b"user-agent", b"benchmark"),
        (b"authorization", f"Bearer {KEY}".encode()),
    ]
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http",
        "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 4711), "root_path": "", "method": "GET",
        "path": "/weights/he_normal", "raw_path": b"/weights/he_normal",
        "query_string": b"shape=64,32&format=npy&seed=%d" % seed, "headers": headers, "state": dict(state), "app": app,
    }  # fmt: skip


async def _receive():
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message):
    pass


async def _time(stack, app, state, first):
    scopes = [_scope(app, state, first + number) for number in range(REQUESTS)]
    start = time.process_time()
    for scope in scopes:
        await stack(scope, _receive, _send)
    return (time.process_time() - start) / REQUESTS


async def _measure(apps: dict[str, Application]):
    times: dict[str, list[float]] = {name: [] for name in apps}
    states, stacks = {}, {}
    for name, app in apps.items():
        context = app.router.lifespan_context(app)
        states[name] = await context.__aenter__()
        stacks[name] = app.build_middleware_stack()
    await asyncio.sleep(10)  # what is prepared meanwhile is done
    for number in range(ROUNDS):
        for name, app in apps.items():
            times[name].append(await _time(stacks[name], app, states[name], number * REQUESTS))
    return times


def main():
    with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
        keys.write(f"alice:{KEY}\n")
        keys.flush()
        apps = {
            "nothing around it": create_app(Settings()),
            "as by default": create_app(Settings()),
            "with keys": create_app(Settings(api_keys_file=Path(keys.name))),
            "with keys and the log": create_app(Settings(api_keys_file=Path(keys.name), access_log="json")),
        }
        apps["nothing around it"].outermost = ()
        for app in apps.values():
            if app.lines is not None:
                app.lines = type(app.lines)(Path("/dev/null").open("wb", buffering=0).fileno())  # noqa: SIM115
        times = asyncio.run(_measure(apps))
    base = times["nothing around it"]
    print("| 64 × 32 .npy | µs of processor time | more, in pairs |")
    print("| --- | --- | --- |")
    for name, seconds in times.items():
        more = statistics.median(mine - other for mine, other in zip(seconds, base, strict=True))
        print(f"| {name} | {1e6 * statistics.median(seconds):.0f} | {1e6 * more:.1f} |")


if __name__ == "__main__":
    main()
