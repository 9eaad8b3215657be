"""Traces: FastAPI's own spans, exported where the environment says where to (OpenTelemetry's OTEL_ variables).

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Mapping

from fastapi.telemetry import TelemetryConfig
from starlette.types import Scope

logger = logging.getLogger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

_OFF: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI would look for OpenTelemetry's providers at each request."""


def telemetry(environment: Mapping[str, str], is_left_out: Callable[[Scope], bool]) -> TelemetryConfig:
    """Return what FastAPI is to trace: every request but those that are left out; nothing where nobody wants spans."""
    wants = any(environment.get(name) for name in _ENDPOINTS) and environment.get("OTEL_TRACES_EXPORTER") != "none"
    if not wants or environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return _OFF
    if not _is_installed():
        logger.warning("OTEL_ variables ask for traces, which need the extra: pip install 'fanin[tracing]'")
        return _OFF
    return {**_OFF, "tracing": True, "operation_spans": False, "auto_configure": True, "exclude": is_left_out}


def _is_installed() -> bool:
    try:
        return importlib.util.find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False
