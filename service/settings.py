"""What an operator can set, each by an environment variable: `FANIN_` and the name in capitals."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.access.keys import InvalidKeys, read_keys
from service.access.proxies import Proxies
from service.delivery.limits import Limits
from service.likeness import fold, nearest

PREFIX = "FANIN_"

AtLeastOne = Annotated[int, Field(ge=1)]

_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://[a-z0-9.-]+(:[0-9]+)?|[a-z][a-z0-9+.-]*://\[[0-9a-f:.]+\](:[0-9]+)?")
"""As a browser writes it: lower case, no path, no slash at the end (the Fetch standard, section 3.1)."""


def _check_origins(text: str) -> str:
    for origin in split_list(text):
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is no origin, which is as https://example.org or http://localhost:8080")
    return text


def _check_networks(text: str) -> str:
    for network in split_list(text):
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise ValueError(f"{network!r} is neither an address nor a network such as 10.0.0.0/8") from error
    return text


def split_list(text: str) -> list[str]:
    """Return the items between the commas of a setting."""
    return [item.strip() for item in text.split(",") if item.strip()]


Origins = Annotated[str, AfterValidator(_check_origins)]
Networks = Annotated[str, AfterValidator(_check_networks)]


class Settings(BaseSettings):
    """The settings of one application."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on; 0 for any free one.")
    api_keys_file: Path | None = Field(
        default=None,
        description="A file of keys, one of which every request but those of the probes and of the page at / "
        "must have; without it, nobody needs one.",
    )
    metrics: Literal["keyed", "open", "off"] = Field(
        default="keyed",
        description="Who may read /metrics: who has a key, where there are keys (`keyed`), everyone (`open`), nobody "
        "(`off`).",
    )
    trusted_proxies: Networks = Field(
        default="",
        description="Addresses of proxies, or networks of them, that tell who the client is (X-Forwarded-For), with "
        "commas between them; none where it is empty.",
    )
    cors_origins: Origins = Field(
        default="*",
        description="Origins whose pages may read replies, such as https://example.org, with commas between them; "
        "`*` for any, empty for none.",
    )
    access_log: Literal["off", "json"] = Field(
        default="off", description="Whether each request is a line of JSON on the standard output: `json` or `off`."
    )
    metrics_directory: Path | None = Field(
        default=None,
        description="A folder in which several workers keep what they count together; where it is not set one is made "
        "at the start and removed at the end.",
    )
    workers: AtLeastOne = Field(default=1, description="Processes that serve.")
    threads: AtLeastOne = Field(default=2, description="Threads that make tensors, in each process.")
    shutdown_seconds: AtLeastOne = Field(
        default=20, description="How long replies may go on after SIGTERM; Kubernetes kills after 30."
    )
    stall_seconds: AtLeastOne = Field(
        default=60, description="How long a client may take nothing of its reply before it is dropped."
    )
    min_bytes_per_second: Annotated[int, Field(ge=0)] = Field(
        default=2**10, description="What a client must take of its reply, on average of that time, not to be dropped."
    )
    head_seconds: AtLeastOne = Field(
        default=20, description="How long a client may take for the head of a request; more is a 408."
    )
    body_seconds: AtLeastOne = Field(
        default=60, description="How long it may take for the body of a request; more is a 408."
    )
    keep_alive_seconds: AtLeastOne = Field(
        default=65, description="How long a connection may be idle; proxies should close theirs sooner."
    )
    max_connections: AtLeastOne = Field(
        default=768,
        description="Connections at one time, in each process; beyond, idle ones give way, then those without a whole "
        "request, and more are a 503. Open files (`ulimit -n`) must allow 32 more.",
    )
    max_head_bytes: AtLeastOne = Field(
        default=2**16, description="Bytes in the head of a request, about; more are a 431."
    )
    max_fields: AtLeastOne = Field(default=100, description="Fields in the head of a request; more are a 431.")
    max_target_bytes: AtLeastOne = Field(default=2**15, description="Bytes in a URL; more are a 414.")
    max_streams: AtLeastOne = Field(
        default=256,
        description="Large replies under way at one time, in each process; more are a 503. One client has at most "
        "three fifths of them, less when others have some, and an eighth is kept for replies of up to 4 MiB.",
    )
    max_bytes_in_flight: AtLeastOne = Field(
        default=2**30, description="Bytes that they hold together; they are shared in the same way."
    )
    yielding_bytes_per_second: Annotated[int, Field(ge=0)] = Field(
        default=2**18,
        description="A reply under way for ten seconds whose client takes less, on average, is cut when there is no "
        "room for another; it can be resumed by a range.",
    )
    max_elements: AtLeastOne = Field(
        default=2**35, description="Elements in one binary reply; 2^35 float32 are 128 GiB."
    )
    max_json_elements: AtLeastOne = Field(
        default=2**24, description="Elements in one JSON reply, about 200 MB of text."
    )
    max_matrix_work: AtLeastOne = Field(
        default=70_000_000_000,
        description="Multiplications in single precision for one tensor that is made whole: of orthogonal matrices, "
        "elements times shorter side, in double precision twice that; one of 4096² has 2^36, and takes about 6 seconds "
        "of processor time.",
    )
    max_matrix_elements: AtLeastOne = Field(
        default=2**26,
        description="Elements in one tensor that is made whole, as an orthogonal one is; about three copies are held, "
        "of an orthogonal matrix of 2^24 elements or more one.",
    )
    max_seconds: AtLeastOne = Field(
        default=5,
        description="Processor time, as it is estimated, that one request may take beside what FANIN_MAX_MATRIX_WORK "
        "allows; a binary reply may take 2 seconds more for each GiB of float32 that it sends.",
    )
    max_body_bytes: AtLeastOne = Field(default=2**16, description="Bytes in the body of one request for a tensor.")
    max_layers: AtLeastOne = Field(
        default=2000, description="Layers in one request for advice, activations and all else between them included."
    )
    max_advice_bytes: AtLeastOne = Field(default=2**20, description="Bytes in the body of one request for advice.")
    models: Path | None = Field(
        default=None,
        description="A folder of manifests, NAME.json or NAME.yaml, each of which is a checkpoint under "
        "/checkpoints/NAME; a file that changes is read again.",
    )
    max_manifest_bytes: AtLeastOne = Field(
        default=2**24, description="Bytes in the body of one request for a checkpoint, and in the manifest of a token."
    )
    max_tensors: AtLeastOne = Field(default=2**17, description="Tensors in one checkpoint.")
    max_checkpoint_bytes: AtLeastOne = Field(
        default=2**41, description="Bytes in one file of a checkpoint, or in the range of it that is asked for."
    )
    recent_answer_bytes: Annotated[int, Field(ge=0)] = Field(
        default=2**22,
        description="Bytes of the latest answers on single layers, which each process keeps to give them again; 0 for "
        "none.",
    )

    @cached_property
    def proxies(self) -> Proxies:
        """The proxies that are trusted."""
        return Proxies.of(split_list(self.trusted_proxies))

    @cached_property
    def limits(self) -> Limits:
        """The limits of one reply."""
        return Limits(
            elements=self.max_elements,
            json_elements=self.max_json_elements,
            matrix_work=self.max_matrix_work,
            matrix_elements=self.max_matrix_elements,
            seconds=self.max_seconds,
            threads=self.threads,
            checkpoint_bytes=self.max_checkpoint_bytes,
        )


class InvalidSettings(Exception):
    """Environment variables whose values are not valid; the text has a line for each."""


def read_settings() -> Settings:
    """Return the settings of the environment. Raises InvalidSettings."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise InvalidSettings("\n".join(_explain(item) for item in error.errors(include_url=False))) from error
    if settings.api_keys_file is not None:
        try:
            read_keys(settings.api_keys_file)
        except InvalidKeys as error:
            raise InvalidSettings(f"{PREFIX}API_KEYS_FILE: {settings.api_keys_file} {error}") from error
    return settings


def exposure(settings: Settings) -> str | None:
    """Return a warning where others than this machine can ask, and need no key."""
    if settings.api_keys_file is not None or _is_loopback(settings.host):
        return None
    return (
        f"who reaches {settings.host}, port {settings.port}, needs no key: {PREFIX}API_KEYS_FILE names a file of keys"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _explain(item: Any) -> str:
    variable, value = PREFIX + str(item["loc"][0]).upper(), str(item["input"])
    line = f"{variable}={value!r}: {str(item['msg']).replace('Input should', 'must')}"
    if "://" in value:
        line += " (Kubernetes sets this for a Service called fanin: set enableServiceLinks: false in the pod)"
    return line


def unknown_variables(variables: Iterable[str]) -> list[str]:
    """Return a warning for each variable that looks like a setting and is not one."""
    known = {fold(name): PREFIX + name.upper() for name in Settings.model_fields}
    lines = []
    for variable in sorted(variables):
        if variable.upper().startswith(PREFIX) and variable.upper() not in known.values():
            near = nearest(fold(variable[len(PREFIX) :]), known, 1)
            suggestion = f"; did you mean {known[near[0]]}?" if near else ""
            lines.append(f"{variable} is not a known setting{suggestion}")
    return lines
