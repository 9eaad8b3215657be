"""Two replicas behind Debian's nginx, with the configuration that `docker compose up nginx` uses.

Each replica is a host of its own, as far as the network goes: a network namespace with an address, for root; for others
an address of the loopback network.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.programs import program
from tests.serving import ANSWERING, ROOT, STARTING, get, until

NGINX = ROOT / "deploy" / "nginx"
PORT = 8000

_HOSTS = itertools.count()
"""Numbers that no other host of this process has."""


@dataclass
class Replica:
    """One host with one server, which is started and stopped."""

    address: str
    by: tuple[str, ...]
    log: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    @property
    def url(self):
        return f"http://{self.address}:{PORT}"

    def start(self):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FANIN_")}
        environment |= {"FANIN_HOST": self.address, "FANIN_PORT": str(PORT), **self.settings}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*self.by, sys.executable, "-m", "service"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self):
        until(self._is_ready, STARTING)

    def _is_ready(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            return get(self.url, "/readyz", timeout=5)[0] == 200
        except OSError:
            return False

    def kill(self):
        self._end(signal.SIGKILL)

    def terminate(self):
        """Ask it to end, and wait until it has."""
        self._end(signal.SIGTERM)

    def _end(self, number):
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(timeout=ANSWERING)
            self.process = None


@dataclass
class Cluster:
    """Replicas, and the nginx before them."""

    url: str
    replicas: list[Replica]
    folder: Path

    def cached_bytes(self):
        return sum(path.stat().st_size for path in (self.folder / "cache").rglob("*") if path.is_file())

    def log(self):
        return (self.folder / "log").read_text()


@contextmanager
def cluster(folder, count=2, **settings):
    """Run `count` replicas with `settings` behind nginx, which keeps its files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    variables = {f"FANIN_{key.upper()}": str(value) for key, value in settings.items()}
    with ExitStack() as stack:
        hosts = [stack.enter_context(_host(next(_HOSTS))) for _ in range(count)]
        replicas = [
            Replica(address, by, folder / f"replica-{number}.log", variables)
            for number, (address, by) in enumerate(hosts)
        ]
        for replica in replicas:
            stack.callback(replica.kill)
            replica.start()
        for replica in replicas:
            replica.wait_until_ready()
        yield Cluster(stack.enter_context(_nginx(folder, replicas)), replicas, folder)


@contextmanager
def _host(number):
    """Yield the address of a host of its own, and what runs a command on it."""
    if os.geteuid() != 0:
        yield f"127.{os.getpid() % 250 + 1}.{number}.1", ()
        return
    ip, name = program("ip"), f"fanin{os.getpid()}-{number}"
    # Addresses for tests of networks (RFC 2544), four for each pair of ends.
    first = (os.getpid() * 16 + number) % 2**15 * 4
    here, there = (f"198.{18 + (first >> 16)}.{first >> 8 & 255}.{(first & 255) + end}" for end in (1, 2))
    end = f"fn{os.getpid() % 10**8}-{number}"
    commands = [
        f"netns add {name}",
        f"link add {end} type veth peer name eth0 netns {name}",
        f"address add {here}/30 dev {end}",
        f"link set {end} up",
        f"-n {name} address add {there}/30 dev eth0",
        f"-n {name} link set eth0 up",
        f"-n {name} link set lo up",
    ]
    try:
        for command in commands:
            subprocess.run([ip, *command.split()], check=True, capture_output=True)
        yield there, (ip, "netns", "exec", name)
    finally:
        subprocess.run([ip, "netns", "delete", name], check=False, capture_output=True)


@contextmanager
def _nginx(folder, replicas):
    """Run nginx before the replicas, and yield its URL."""
    configuration = folder / "conf"
    configuration.mkdir()
    port = _free_port()
    (configuration / "nginx.conf").write_text((NGINX / "nginx.conf").read_text())
    (configuration / "listen.conf").write_text(f"listen 127.0.0.1:{port};\n")
    servers = "".join(f"    server {replica.address}:{PORT} max_fails=0;\n" for replica in replicas)
    (configuration / "upstream.conf").write_text(
        f"upstream fanin {{\n    zone fanin 64k;\n    least_conn;\n{servers}    keepalive 32;\n}}\n"
    )
    command = [program("nginx"), "-p", f"{folder}/", "-c", str(configuration / "nginx.conf")]
    # As root nginx would give its work to another user, who cannot read the folder of a test.
    user = ["user root;"] if os.geteuid() == 0 else []
    with (folder / "log").open("wb") as output:
        process = subprocess.Popen([*command, "-g", " ".join(["daemon off;", *user])], stderr=output)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(url, process, folder))
        yield url
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        process.kill()
        process.wait()


def _answers(url, process, folder):
    assert process.poll() is None, (folder / "log").read_text()
    with suppress(OSError):
        return get(url, "/livez")[0] == 200
    time.sleep(0.05)
    return False


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
