"""The types of problem that the service tells of."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True)
class ProblemType:
    """A type of problem: its URI is `/problems/{slug}`, which describes it."""

    slug: str
    status: HTTPStatus
    title: str
    description: str


UNKNOWN_INITIALIZER = ProblemType(
    "unknown-initializer",
    HTTPStatus.NOT_FOUND,
    "No such initializer",
    "No initializer of the catalogue has the name in the path; `nearest` lists those that resemble it, and "
    "GET /initializers lists all.",
)
NOT_OF_SHAPE = ProblemType(
    "not-of-shape",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Not a function of a shape",
    "The method needs data, or the weights of a trained model, which no URL has; `nearest` is the initializer that "
    "comes nearest to it.",
)
NOT_FOUND = ProblemType(
    "not-found",
    HTTPStatus.NOT_FOUND,
    "Nothing is here",
    "No resource has this path; `nearest` is the request that was probably meant, and GET / lists what there is.",
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "The resource has no such method",
    "Allow lists the methods that it has; `nearest` is the request that was probably meant.",
)
UNKNOWN_CHECKPOINT = ProblemType(
    "unknown-checkpoint",
    HTTPStatus.NOT_FOUND,
    "No such checkpoint",
    "The path has neither the token of a manifest, which a reply to POST /checkpoints has in Content-Location, nor the "
    "name of one that the operator keeps, which GET /checkpoints lists; or the checkpoint has no such file.",
)
UNKNOWN_REPOSITORY = ProblemType(
    "unknown-repository",
    HTTPStatus.NOT_FOUND,
    "No such repository",
    "Of the Hub's ids only those that begin with fanin/ are here, with a name that GET /models lists.",
)
UNKNOWN_REVISION = ProblemType(
    "unknown-revision",
    HTTPStatus.NOT_FOUND,
    "No such revision",
    "A revision is main, seed-42, seed-42.float16, or a commit of 40 hexadecimal digits of the same repository.",
)
UNKNOWN_ENTRY = ProblemType(
    "unknown-entry",
    HTTPStatus.NOT_FOUND,
    "No such file",
    "The repository has no file or folder of this path; GET /api/models/{id}/tree/{revision} lists what it has.",
)
INVALID_REQUEST = ProblemType(
    "invalid-request",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The request cannot be answered",
    "A parameter is unknown, missing, repeated, of the wrong form or out of range. Each of `errors` says which, "
    "by `parameter` (of a query) or `pointer` (into a body, RFC 6901), and what to do.",
)
OVER_LIMIT = ProblemType(
    "over-limit",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Over a limit of this server",
    "A tensor, or a request for advice, is larger than this server allows. `limit` is the limit, `requested` what was "
    "asked for, or how much of that was counted, and `detail` says what to do instead.",
)
NOT_ACCEPTABLE = ProblemType(
    "not-acceptable",
    HTTPStatus.NOT_ACCEPTABLE,
    "No such representation",
    "The format asked for cannot hold the dtype, or some tensor of the checkpoint, or no format suits the Accept "
    "header; `supported` lists those that do.",
)
UNSUPPORTED_MEDIA_TYPE = ProblemType(
    "unsupported-media-type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "The body is not JSON",
    "A POST needs a body in JSON and the header Content-Type: application/json (curl --json sends both).",
)
MALFORMED_BODY = ProblemType(
    "malformed-body",
    HTTPStatus.BAD_REQUEST,
    "The body is not a JSON object",
    "The body could not be read as a JSON object in UTF-8 whose members are each given once.",
)
BODY_TOO_LARGE = ProblemType(
    "body-too-large",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The body is too large",
    "`limit` is the number of bytes that a request's body may have.",
)
NOT_HTTP = ProblemType(
    "not-http",
    HTTPStatus.BAD_REQUEST,
    "Not an HTTP request",
    "What was sent is not a request of HTTP/1.1 or HTTP/1.0; the connection is closed.",
)
HEAD_TOO_LARGE = ProblemType(
    "head-too-large",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "The head of the request is too large",
    "`limit` is the number of bytes, or of fields, that a request's head may have; the connection is closed.",
)
TARGET_TOO_LONG = ProblemType(
    "target-too-long",
    HTTPStatus.REQUEST_URI_TOO_LONG,
    "The URL is too long",
    "`limit` is the number of bytes that a URL may have; a POST takes the same members as JSON. The connection is "
    "closed.",
)
REQUEST_TIMEOUT = ProblemType(
    "request-timeout",
    HTTPStatus.REQUEST_TIMEOUT,
    "The request did not come in time",
    "The head or the body of the request was not whole in the time that this server allows; the connection is closed.",
)
PRECONDITION_FAILED = ProblemType(
    "precondition-failed",
    HTTPStatus.PRECONDITION_FAILED,
    "The representation is another",
    "If-Match names no entity tag that this URL's representation has.",
)
RANGE_NOT_SATISFIABLE = ProblemType(
    "range-not-satisfiable",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    "No such bytes",
    "The range begins after the end of the representation; `length` is its number of bytes.",
)
OVERLOADED = ProblemType(
    "overloaded",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too much is under way",
    "Large replies under way hold as much as this server allows, or this client, or all connections are in use; try "
    "again after the time in Retry-After.",
)
TOO_MANY_REQUESTS = ProblemType(
    "too-many-requests",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too much is under way",
    "What is overloaded elsewhere, as clients of the Hub understand it: they try again after the time in Retry-After.",
)
NOT_READY = ProblemType(
    "not-ready",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The service is not ready",
    "The self-test has not passed; try again after the time in Retry-After.",
)
INTERNAL_ERROR = ProblemType(
    "internal-error",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "An error of the server",
    "The fault is the server's, and is in its log, with the URN that `instance` has.",
)

KEY_REQUIRED = ProblemType(
    "key-required",
    HTTPStatus.UNAUTHORIZED,
    "A key is required",
    "Where the operator has set keys, each request but those of the probes and of the page at / has one, as "
    "Authorization: Bearer KEY; this one had none, or one that is not valid, or no longer.",
)
KEY_NOT_ALLOWED = ProblemType(
    "key-not-allowed",
    HTTPStatus.FORBIDDEN,
    "The key is for something else",
    "The key is valid, but not for this resource: the operator has limited it, to /metrics.",
)
KEY_IN_URL = ProblemType(
    "key-in-url",
    HTTPStatus.BAD_REQUEST,
    "A key in the URL",
    "The URL has a key, or a parameter that is meant for one, or a body has a key, whose members stand in the URLs "
    "of answers. It belongs in Authorization, for URLs are kept in logs and caches.",
)

PROBLEM_TYPES: dict[str, ProblemType] = {
    problem_type.slug: problem_type
    for problem_type in (
        UNKNOWN_INITIALIZER,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        NOT_OF_SHAPE,
        UNKNOWN_CHECKPOINT,
        UNKNOWN_REPOSITORY,
        UNKNOWN_REVISION,
        UNKNOWN_ENTRY,
        INVALID_REQUEST,
        OVER_LIMIT,
        NOT_ACCEPTABLE,
        UNSUPPORTED_MEDIA_TYPE,
        MALFORMED_BODY,
        BODY_TOO_LARGE,
        NOT_HTTP,
        HEAD_TOO_LARGE,
        TARGET_TOO_LONG,
        REQUEST_TIMEOUT,
        PRECONDITION_FAILED,
        RANGE_NOT_SATISFIABLE,
        OVERLOADED,
        TOO_MANY_REQUESTS,
        NOT_READY,
        KEY_REQUIRED,
        KEY_NOT_ALLOWED,
        KEY_IN_URL,
        INTERNAL_ERROR,
    )
}
