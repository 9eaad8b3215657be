"""What the container files promise, as far as it can be seen without a container engine."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

from service.settings import Settings

ROOT = Path(__file__).parents[1]


@pytest.fixture
def dockerfile():
    """The instructions, as pairs of name and arguments."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    return [tuple(line.split(maxsplit=1)) for line in text.replace("\\\n", " ").splitlines() if line]


@pytest.fixture
def final_stage(dockerfile):
    names = [name for name, _ in dockerfile]
    return dockerfile[len(names) - names[::-1].index("FROM") :]


@pytest.fixture
def compose():
    """What docker-compose.yml says with no variable set."""
    text = (ROOT / "docker-compose.yml").read_text()
    return yaml.safe_load(re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", text))


@pytest.fixture(params=["fanin", "replica"])
def compose_service(request, compose):
    return compose["services"][request.param]


def test_base_image_is_pinned_to_a_version_and_can_be_named_by_its_digest(dockerfile):
    arguments = dict(text.split("=", 1) for name, text in dockerfile if name == "ARG")
    origins = [text.split() for name, text in dockerfile if name == "FROM"]
    stages = {words[-1] for words in origins if len(words) == 3}

    assert {words[0] for words in origins} - stages == {"${PYTHON}"}
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", arguments["PYTHON"])


def test_dependencies_have_hashes_and_are_installed_before_the_code_is_copied(dockerfile):
    install = next(i for i, (_, arguments) in enumerate(dockerfile) if "--require-hashes" in arguments)
    assert dockerfile[install - 1] == ("COPY", "deploy/requirements.txt ./")
    assert install < dockerfile.index(("COPY", "service service"))


def test_container_runs_as_a_numeric_user_other_than_root(final_stage):
    users = [arguments for name, arguments in final_stage if name == "USER"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])


def test_container_starts_the_service_without_a_shell(final_stage):
    assert json.loads(dict(final_stage)["CMD"]) == ["python", "-m", "service"]


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_health_check_follows_readyz_and_takes_no_proxy(final_stage, status, healthy):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(status if self.path == "/readyz" else 404)

        def log_message(self, *arguments):
            pass

    command = json.loads(dict(final_stage)["HEALTHCHECK"].split("CMD", 1)[1])
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        environment = os.environ | {
            "FANIN_PORT": str(server.server_port),
            "http_proxy": "http://127.0.0.1:9",
            "no_proxy": "",
        }
        probe = subprocess.run([sys.executable, *command[1:]], env=environment, capture_output=True, check=False)
    assert (probe.returncode == 0) is healthy


def test_compose_serves_this_machine_alone_on_port_8000(compose):
    assert compose["services"]["fanin"]["ports"] == ["127.0.0.1:8000:8000"]
    assert "ports" not in compose["services"]["replica"]


def test_compose_leaves_no_privileges(compose):
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert not {"privileged", "cap_add", "user"} & service.keys()


def test_compose_limits_what_a_container_takes(compose):
    for service in compose["services"].values():
        assert {"mem_limit", "pids_limit", "ulimits"} <= service.keys()
        assert all("size=" in mount for mount in service["tmpfs"])


def test_compose_gives_replies_time_to_end(compose_service):
    seconds = int(compose_service["stop_grace_period"].removesuffix("s"))
    assert seconds > Settings.model_fields["shutdown_seconds"].default


def test_nginx_has_its_configuration_and_replicas(compose):
    nginx, replica = compose["services"]["nginx"], compose["services"]["replica"]
    assert nginx["profiles"] == replica["profiles"]
    assert list(nginx["depends_on"]) == ["replica"]
    assert "./deploy/nginx:/etc/fanin:ro" in nginx["volumes"]
    assert "server replica:8000 resolve" in (ROOT / "deploy" / "nginx" / "upstream.conf").read_text()
    assert nginx["ports"] == ["127.0.0.1:8080:8080"]
    assert "listen 8080;" in (ROOT / "deploy" / "nginx" / "listen.conf").read_text()


def test_compose_keeps_the_kernel_cache_writable(compose_service, dockerfile):
    environment = " ".join(arguments for name, arguments in dockerfile if name == "ENV")
    cache = re.search(r"NUMBA_CACHE_DIR=(\S+)", environment).group(1)
    assert [volume for volume in compose_service["volumes"] if not volume.endswith(":ro")] == [f"kernels:{cache}"]


def test_compose_has_the_file_of_keys_as_a_secret_where_its_comment_and_the_docs_say(compose, compose_service):
    text = (ROOT / "docker-compose.yml").read_text()
    (name,) = compose_service["secrets"]

    assert "file: ${API_KEYS:-/dev/null}" in text
    assert compose["secrets"][name] == {"file": "/dev/null"}
    for page in (text, (ROOT / "docs" / "operations.md").read_text()):
        assert f"/run/secrets/{name}" in page
    assert not any("secrets" in volume for volume in compose_service["volumes"])


def test_compose_passes_every_setting_but_the_address(compose_service):
    settings = {f"FANIN_{name.upper()}" for name in Settings.model_fields}
    assert compose_service["environment"].keys() == settings - {"FANIN_HOST", "FANIN_PORT"}
