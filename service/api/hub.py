"""The Hugging Face Hub's routes for reading, of repositories `fanin/{model}` alone."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from service.api.checkpoint_replies import file_reply
from service.api.hub_sources import Asked, cost_of_telling
from service.delivery.answering import answer_reply, answered
from service.delivery.hub_file import COMMIT
from service.delivery.reply import reply
from service.hub.commit import Commit
from service.hub.errors import EntryNotFound
from service.hub.snapshot import Document, Snapshot, refs
from service.requests.answer_form import JSON
from service.requests.hub import read_paths
from service.requests.query import refuse_content

_OF_TENSORS = "model"
"""What the names of files of tensors begin with, and that of their index."""

_LONGEST_PATH = 200
"""Characters of a path that an answer repeats."""


async def get_repository(request: Request) -> Response:
    """Describe a repository at a revision: its commit and its files."""
    refuse_content(request)
    snapshot = await (await Asked.by(request)).snapshot(request)
    return await _told(snapshot, snapshot.info, request)


async def get_tree(request: Request) -> Response:
    """List the files of a repository at a revision; it has no folders."""
    refuse_content(request)
    asked, folder = await Asked.by(request), request.path_params.get("folder", "").strip("/")
    if folder:
        raise _unknown_entry(folder, asked.commit, "folder")
    snapshot = await asked.snapshot(request)
    return await _told(snapshot, lambda: snapshot.tree(snapshot.entries), request)


async def post_paths(request: Request) -> Response:
    """Describe files of a repository at a revision; paths of which there are none are left out."""
    paths = await read_paths(request)
    snapshot = await (await Asked.by(request)).snapshot(request)
    return await _told(snapshot, lambda: snapshot.tree(paths), request)


async def get_refs(request: Request) -> Response:
    """List the branches of a repository: main, the draw of seed 0. Every other draw is a revision too."""
    refuse_content(request)
    asked = await Asked.by(request)
    page = orjson.dumps(refs(asked.commit))
    return Response(page, media_type=JSON.media_type, headers={"Cache-Control": "no-cache"})


async def get_hub_file(request: Request) -> Response:
    """Make a file of a repository at a revision."""
    refuse_content(request)
    asked, path = await Asked.by(request), request.path_params["path"]
    if path in asked.variant.files:
        return reply(asked.file(path, asked.variant.files[path]), request, request.state.executors)
    if not path.startswith(_OF_TENSORS):
        # Clients look for many files that only some repositories have.
        raise _unknown_entry(path, asked.commit)
    snapshot = await asked.snapshot(request)
    if path not in snapshot.entries:
        raise _unknown_entry(path, asked.commit)
    file = asked.file(path, snapshot.small_files.get(path, snapshot))
    return file_reply(file, snapshot.checkpoint, request)


async def _told(snapshot: Snapshot, document: Callable[[], Document | list[Document]], request: Request) -> Response:
    """Return a reply in JSON, made beside the event loop. Raises OverLimit and Overloaded."""
    body = await answered(request, lambda: orjson.dumps(document()), cost_of_telling(snapshot.checkpoint))
    headers = {"Cache-Control": "no-cache", COMMIT: str(snapshot.commit)}
    return answer_reply(body, JSON.media_type, headers, request)


def _unknown_entry(path: str, commit: Commit, kind: str = "file") -> EntryNotFound:
    return EntryNotFound(f"the repository has no {kind} {path[:_LONGEST_PATH]!r} at this revision", str(commit))
