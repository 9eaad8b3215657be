"""Schemathesis's requests, from the OpenAPI document, get the replies that it tells of.

The requests are made when the file is collected, which takes long.
"""

from __future__ import annotations

from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from service.app import create_app
from service.catalogue.catalogue import CATALOGUE
from tests.limited import LIMITED

pytestmark = pytest.mark.thorough

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    negative_data_rejection,
]
# positive_data_acceptance is left out: no schema can say that groups divide an axis, that low is below high,
# that the numbers fit the dtype, or (in a query) which parameters go with which initializer.

PATIENCE = 60.0
"""Seconds for a reply: a first picture starts a process, and others run on the same processors."""

schema = schemathesis.openapi.from_asgi(
    "/openapi.json",
    create_app(LIMITED),
    config=SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(generation=GenerationConfig(deterministic=True), request_timeout=PATIENCE)
        )
    ),
)


NAMES = [kind.name for kind in CATALOGUE]


def _known(parameters):
    """Put the name of an initializer, which the document has no list of, in the place of most texts."""
    name = parameters.get("initializer") if isinstance(parameters, dict) else None
    if isinstance(name, str) and name and crc32(name.encode(errors="replace")) % 4:
        return {**parameters, "initializer": NAMES[crc32(name.encode(errors="replace")) % len(NAMES)]}
    return parameters


@schema.hook
def map_path_parameters(context, path_parameters):
    return _known(path_parameters)


@schema.hook
def map_body(context, body):
    return _known(body)


BOOLEANS = {"biases", "residual", "tied", "bias", "bidirectional", "pretty", "flat"}


def _is_spelt_otherwise(value, name=""):
    """Return whether a value has null for what is absent, or 0 or 1 for a boolean, anywhere inside."""
    if isinstance(value, dict):
        return any(_is_spelt_otherwise(inner, name) for name, inner in value.items())
    if isinstance(value, list):
        return any(map(_is_spelt_otherwise, value))
    return value is None or (name in BOOLEANS and value in (0, 1) and not isinstance(value, bool))


@schema.hook
def filter_case(context, case):
    """Leave out what docs/spellings.md says is understood, and the document leaves out.

    Generated clients should see one type of each member, so that these break the document and not the contract;
    tests/requests has that they are understood.
    """
    has_null = any(value in (None, "null") for value in (case.query or {}).values())
    return not _is_spelt_otherwise(case.body) and not has_null


@schema.parametrize()
@settings(derandomize=True, max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_replies_are_those_of_the_document(case):
    case.call_and_validate(checks=CHECKS)
