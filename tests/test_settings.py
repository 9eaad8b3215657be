from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from typing import Any

import pytest
from pydantic import ValidationError

from service.delivery.limits import Limits
from service.settings import InvalidSettings, Settings, exposure, read_settings, unknown_variables


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FANIN_{name.upper()}", raising=False)


def test_the_defaults_serve_this_machine_alone():
    settings = Settings()

    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("FANIN_HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("FANIN_PORT", "0", "port", 0),
        ("FANIN_WORKERS", "3", "workers", 3),
        ("FANIN_THREADS", "5", "threads", 5),
        ("FANIN_SHUTDOWN_SECONDS", "3", "shutdown_seconds", 3),
        ("FANIN_STALL_SECONDS", "7", "stall_seconds", 7),
        ("FANIN_MAX_STREAMS", "9", "max_streams", 9),
        ("FANIN_MAX_BYTES_IN_FLIGHT", "4096", "max_bytes_in_flight", 4096),
        ("FANIN_MAX_ELEMENTS", "1000", "max_elements", 1000),
        ("FANIN_MAX_JSON_ELEMENTS", "100", "max_json_elements", 100),
        ("FANIN_MAX_MATRIX_WORK", "10", "max_matrix_work", 10),
        ("FANIN_MAX_BODY_BYTES", "512", "max_body_bytes", 512),
        ("FANIN_MAX_MATRIX_ELEMENTS", "9", "max_matrix_elements", 9),
        ("FANIN_CORS_ORIGINS", "https://example.org", "cors_origins", "https://example.org"),
        ("FANIN_CORS_ORIGINS", "", "cors_origins", ""),
        ("FANIN_TRUSTED_PROXIES", "10.0.0.0/8, ::1", "trusted_proxies", "10.0.0.0/8, ::1"),
    ],
)
def test_each_is_set_by_an_environment_variable(monkeypatch, variable, text, field, value):
    monkeypatch.setenv(variable, text)

    assert getattr(Settings(), field) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("FANIN_PORT", "65536"),
        ("FANIN_PORT", "-1"),
        ("FANIN_PORT", "http"),
        ("FANIN_WORKERS", "0"),
        ("FANIN_THREADS", "0"),
        ("FANIN_STALL_SECONDS", "0"),
        ("FANIN_STALL_SECONDS", "1.5"),
        ("FANIN_MAX_STREAMS", "0"),
        ("FANIN_MAX_BYTES_IN_FLIGHT", "1GB"),
        ("FANIN_MAX_ELEMENTS", "0"),
        ("FANIN_MAX_ELEMENTS", "many"),
        ("FANIN_MAX_BODY_BYTES", "-5"),
        ("FANIN_CORS_ORIGINS", "example.org"),
        ("FANIN_CORS_ORIGINS", "https://example.org/"),
        ("FANIN_CORS_ORIGINS", "https://Example.org"),
        ("FANIN_CORS_ORIGINS", "https://*.example.org"),
        ("FANIN_TRUSTED_PROXIES", "proxy.example.org"),
        ("FANIN_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("FANIN_METRICS", "maybe"),
    ],
)
def test_a_wrong_value_is_refused_by_name(monkeypatch, variable, text):
    monkeypatch.setenv(variable, text)

    with pytest.raises(ValidationError, match=variable.removeprefix("FANIN_").lower()):
        Settings()


def test_the_limits_are_those_of_the_settings():
    names = [limit.name for limit in fields(Limits)]
    values: dict[str, Any] = {
        name if name == "threads" else f"max_{name}": number for number, name in enumerate(names, start=1)
    }
    settings = Settings(**values)

    assert names
    assert vars(settings.limits) == {name: number for number, name in enumerate(names, start=1)}


def _start(**environment):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FANIN_")}
    return subprocess.run(
        [sys.executable, "-m", "service"], env=kept | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_service_does_not_start_with_a_wrong_setting_and_names_it():
    done = _start(FANIN_PORT="http", FANIN_THREADS="0")

    assert done.returncode == 2
    assert [line.partition("=")[0] for line in done.stderr.splitlines()] == ["FANIN_PORT", "FANIN_THREADS"]


@pytest.mark.slow
def test_what_kubernetes_puts_in_the_place_of_the_port_is_explained():
    assert "enableServiceLinks" in _start(FANIN_PORT="tcp://10.0.0.1:8000").stderr


def test_a_variable_that_is_no_setting_is_told_with_the_nearest():
    assert unknown_variables(["PATH", "FANIN_PORT", "FANIN_THREAD", "FANIN_SERVICE_HOST_X_Y_Z"]) == [
        "FANIN_SERVICE_HOST_X_Y_Z is not a known setting",
        "FANIN_THREAD is not a known setting; did you mean FANIN_THREADS?",
    ]


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is():
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "cannot be read"), ("", "has no key"), ("alice:secret-word", "line 1")]
)
def test_keys_that_cannot_be_used_end_the_start_and_are_not_repeated(monkeypatch, tmp_path, content, reason):
    path = tmp_path / "keys"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("FANIN_API_KEYS_FILE", str(path))

    with pytest.raises(InvalidSettings, match=reason) as caught:
        read_settings()
    assert "FANIN_API_KEYS_FILE" in str(caught.value)
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "is_exposed"),
    [("127.0.0.1", False), ("127.1.2.3", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("::", True),
     ("192.0.2.1", True), ("fanin.example.org", True)],
)  # fmt: skip
def test_who_listens_beyond_this_machine_without_keys_is_warned(tmp_path, host, is_exposed):
    assert (exposure(Settings(host=host)) is not None) is is_exposed
    assert exposure(Settings(host=host, api_keys_file=tmp_path / "keys")) is None
