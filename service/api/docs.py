"""`/openapi.json`, and `/docs`: Swagger UI, with all its files from this server, so that it works without internet."""

from __future__ import annotations

from importlib.resources import files

import orjson
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from service.access.security_headers import POLICY, page_policy

ASSETS_PATH = "/docs/assets"

# Only the files of the package are used: its function would replace the application's own.
ASSETS = StaticFiles(directory=str(files("fastapi_offline") / "static"))


async def show_document(request: Request) -> Response:
    """Show the OpenAPI document, whose paths are those behind a proxy's prefix where there is one."""
    root = request.scope.get("root_path", "").rstrip("/")
    servers = {"servers": [{"url": root}]} if root else {}
    return Response(orjson.dumps({**request.app.openapi(), **servers}), media_type="application/json")


async def show_docs(request: Request) -> HTMLResponse:
    """Show the OpenAPI document as a page from which requests can be made."""
    root = request.scope.get("root_path", "")
    page = get_swagger_ui_html(
        title="Fanin",
        openapi_url=f"{root}/openapi.json",
        swagger_js_url=f"{root}{ASSETS_PATH}/swagger-ui-bundle.js",
        swagger_css_url=f"{root}{ASSETS_PATH}/swagger-ui.css",
        swagger_favicon_url=f"{root}{ASSETS_PATH}/favicon.png",
    )
    page.headers[POLICY] = page_policy(bytes(page.body).decode(), styles_in_elements=True)
    return page
