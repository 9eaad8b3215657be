"""The headers that tell a browser what it must not do with a reply.

Content Security Policy Level 3 (https://www.w3.org/TR/CSP3/), the Fetch standard's `nosniff`, and Referrer Policy
(https://www.w3.org/TR/referrer-policy/).
"""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.types import Scope

from service.access.reply_fields import Fields

POLICY = "content-security-policy"

NO_SNIFFING = (b"x-content-type-options", b"nosniff")
"""A body is what Content-Type says, and nothing that it looks like."""

_POLICY = POLICY.encode()
_FILE = [NO_SNIFFING]
_PAGE = [*_FILE, (b"referrer-policy", b"no-referrer")]
_STRICT = [*_PAGE, (_POLICY, b"default-src 'none'; frame-ancestors 'none'")]
"""What is no page loads nothing, runs nothing and stands in no frame."""

PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""Of an SVG that a browser shows as a document: its styles and its images stand in it, and it runs nothing."""

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def page_policy(page: str, *, styles_in_elements: bool = False) -> str:
    """Return the policy of an HTML page: what it loads is this server's, and its scripts are those that stand in it.

    With `styles_in_elements` styles may stand in elements, as those of Swagger UI do.
    """
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(page))
    scripts = " ".join(["'self'", *(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)])
    styles = "'self' 'unsafe-inline'" if styles_in_elements else "'self'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def security_fields(scope: Scope, own: Fields) -> Fields:
    """Return what a reply with fields of its `own` is given: the strict policy, where it has none itself.

    A file to be saved is no page, and has none.
    """
    names = dict(own)
    if b"content-disposition" in names:
        return _FILE
    return _PAGE if _POLICY in names else _STRICT
