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
def compose_service():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["fanin"]


def test_base_image_is_pinned_to_a_version(dockerfile):
    origins = [arguments.split() for name, arguments in dockerfile if name == "FROM"]
    stages = {words[-1] for words in origins if len(words) == 3}
    images = {words[0] for words in origins} - stages
    assert images
    assert all(re.fullmatch(r".+:3\.\d+-slim-[a-z]+", image) for image in images)


def test_dependencies_are_the_pinned_ones_and_installed_before_the_code_is_copied(dockerfile):
    install = next(i for i, (_, arguments) in enumerate(dockerfile) if "--constraint constraints.txt" in arguments)
    copy = dockerfile.index(("COPY", "service service"))
    assert install < copy


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


def test_compose_serves_on_port_8000(compose_service):
    assert compose_service["build"] == "."
    assert compose_service["ports"] == ["8000:8000"]


def test_compose_leaves_no_privileges(compose_service):
    assert compose_service["read_only"] is True
    assert compose_service["cap_drop"] == ["ALL"]
    assert compose_service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "user"} & compose_service.keys()


def test_compose_keeps_the_kernel_cache_writable(compose_service, dockerfile):
    environment = " ".join(arguments for name, arguments in dockerfile if name == "ENV")
    cache = re.search(r"NUMBA_CACHE_DIR=(\S+)", environment).group(1)
    assert [volume.split(":")[1] for volume in compose_service["volumes"]] == [cache]


def test_compose_passes_every_setting_but_the_address(compose_service):
    settings = {f"FANIN_{name.upper()}" for name in Settings.model_fields}
    assert compose_service["environment"].keys() == settings - {"FANIN_HOST", "FANIN_PORT"}
