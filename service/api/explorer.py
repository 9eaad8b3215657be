"""`/` for people: the explorer, and the files that it loads."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.access.security_headers import POLICY, page_policy
from service.delivery.conditional import EntityTag, is_not_modified
from service.pages.explorer_page import explorer_page
from service.pages.files import PageFile, page_files

EXPLORER_PATH = "/explorer"
OPEN_PATHS = ("/", *(f"{EXPLORER_PATH}/{name}" for name in page_files()))
"""Where keys are asked for, these want none: a browser sends none with a link, and the page asks for it."""


def explorer_reply(request: Request) -> Response:
    """Return the explorer's page."""
    page = explorer_page(str(request.scope.get("root_path", "")).rstrip("/"))
    response = _reply(page, request)
    response.headers[POLICY] = page_policy(page.body.decode())
    response.headers["Vary"] = "Accept"
    return response


async def show_file(request: Request) -> Response:
    """Show a file that the explorer loads."""
    file = page_files().get(request.path_params["file"])
    if file is None:
        raise HTTPException(404)
    return _reply(file, request)


def _reply(file: PageFile, request: Request) -> Response:
    """Return a file, or 304 where the client has it; it asks each time, for the next release has another."""
    tag = EntityTag(file.tag, weak=False)
    headers = {"ETag": str(tag), "Cache-Control": "no-cache"}
    if is_not_modified(request.headers, tag):
        return Response(status_code=304, headers=headers)
    return Response(file.body, headers=headers, media_type=file.media_type)
