"""The guard: who has no key that is good for a request does not reach what answers it (RFC 6750)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.access.client import KEY_NAME
from service.access.credentials import KeyInUrl, decoded_target, has_credential
from service.access.keyring import Keyring
from service.access.keys import Key
from service.access.reply_fields import Fields

METRICS = "/metrics"

_CACHE_CONTROL = b"cache-control"


class Unauthorized(Exception):
    """A request without a key that is good. `challenge` is the value of WWW-Authenticate (RFC 6750 section 3)."""

    def __init__(self, detail: str, error: str | None = "invalid_token") -> None:
        super().__init__(detail)
        self.challenge = 'Bearer realm="fanin"' + (f', error="{error}"' if error else "")


class Forbidden(Exception):
    """A request with a key that is good for something else."""

    challenge = 'Bearer realm="fanin", error="insufficient_scope"'


class Guard:
    """ASGI middleware that lets requests with a good key pass, and those for one of the `open_paths`.

    `refusal` makes the answer to the others from an exception and the path. A request with a key of the file has its
    name in its scope, whether it passes or not. The reply to one that passes is for this client alone, and if it tells
    of an error it repeats no key.
    """

    def __init__(
        self, app: ASGIApp, keyring: Keyring, open_paths: Collection[str], refusal: Callable[[Exception, str], ASGIApp]
    ) -> None:
        self._app = app
        self._keyring = keyring
        self._open_paths = frozenset(open_paths)
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            key = self._admit(scope)
        except (Unauthorized, Forbidden, KeyInUrl) as error:
            await self._refusal(error, _path(scope))(scope, receive, send)
            return
        if key is not None:
            send = self._privately(send)
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope) -> Key | None:
        """Return the key of a request that may pass; None where it needs none.

        Raises Unauthorized, Forbidden and KeyInUrl.
        """
        if has_credential(scope["query_string"]):
            raise KeyInUrl
        key = None if _path(scope) in self._open_paths else self._key(scope)
        if self._keyring.is_in(decoded_target(scope)):
            raise KeyInUrl
        return key

    def _key(self, scope: Scope) -> Key:
        """Return the key that a request came with. Raises Unauthorized and Forbidden."""
        fields = [value for name, value in scope["headers"] if name == b"authorization"]
        if not fields:
            raise Unauthorized("this server wants a key: send it as Authorization: Bearer KEY", error=None)
        scheme, _, secret = fields[0].partition(b" ")
        if len(fields) > 1 or scheme.lower() != b"bearer":
            raise Unauthorized("this server wants one field Authorization, of the form Bearer KEY", "invalid_request")
        key = self._keyring.find(secret.strip(b" "))
        if key is None:
            raise Unauthorized("the key is none of this server's")
        scope[KEY_NAME] = key.name
        if key.is_expired(datetime.now(UTC).date()):
            raise Unauthorized(f"the key's last day was {key.until}")
        if key.only_metrics and _path(scope) != METRICS:
            raise Forbidden(f"the key is good for GET {METRICS} alone")
        return key

    def _privately(self, send: Send) -> Send:
        is_error = False

        async def privately(message: Message) -> None:
            nonlocal is_error
            if message["type"] == "http.response.start":
                is_error = message["status"] >= HTTPStatus.BAD_REQUEST
                message["headers"] = _private(message["headers"])
            elif is_error:
                message["body"] = self._keyring.mask(message.get("body", b""))
            await send(message)

        return privately


def _path(scope: Scope) -> str:
    """Return the path below the one that the service is reached under."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _private(fields: Fields) -> Fields:
    """Return the fields of a reply that only the client itself may keep (RFC 9111 section 5.2.2.7)."""
    said = b",".join(value for name, value in fields if name == _CACHE_CONTROL)
    directives = [directive for item in said.split(b",") if (directive := item.strip()) not in {b"", b"public"}]
    others = [field for field in fields if field[0] != _CACHE_CONTROL]
    return [*others, (_CACHE_CONTROL, b", ".join([b"private", *directives])), (b"vary", b"Authorization")]
