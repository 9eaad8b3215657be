"""Users for Locust, each of whom asks for one thing after another and compares what comes with what is right.

`benchmarks.load` runs them. `FANIN_EXPECTED` names a file of JSON: for each target the SHA-256 of its body, and the
body of a POST.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from pathlib import Path

from locust import FastHttpUser, constant_pacing, task

EXPECTED = json.loads(Path(os.environ["FANIN_EXPECTED"]).read_text())
"""By the kind of user: targets, bodies and digests."""


class _Checking(FastHttpUser):
    abstract = True
    network_timeout = 120
    kind = ""

    @task
    def ask(self):
        target, body, digest = random.choice(EXPECTED[self.kind])
        how = {"json": body} if body else {}
        with self.client.request(
            "POST" if body else "GET", target, name=self.kind, catch_response=True, **how
        ) as response:
            if response.status_code == 503 and response.headers.get("Retry-After"):
                # That is what the edge of admission is.
                response.success()
            elif response.status_code != 200:
                response.failure(f"{response.status_code}")
            elif hashlib.sha256(response.content).hexdigest() != digest:
                # Locust tells a connection that was lost by fewer.
                response.failure(f"other bytes, {len(response.content)} of {response.headers.get('Content-Length')}")
            else:
                response.success()


class Small(_Checking):
    kind, weight, wait_time = "small", 4, constant_pacing(0.05)


class Mebibyte(_Checking):
    kind, weight, wait_time = "a mebibyte", 2, constant_pacing(0.2)


class Large(_Checking):
    kind, weight, wait_time = "16 MiB", 6, constant_pacing(0.5)


class Advice(_Checking):
    kind, weight, wait_time = "advice", 2, constant_pacing(0.2)


class Dear(_Checking):
    kind, weight, wait_time = "dear", 1, constant_pacing(2)
