"""The explorer's HTML: its template, with the guide written into it, so that the first screen needs no script."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from urllib.parse import urlsplit

from service.pages.files import PageFile, template
from service.pages.guide import CHOICES, SCHEMES, Topic

_PICTURED = "24,24"
"""The shape whose picture is shown: large enough to see a pattern in, and made in a millisecond."""

_SHAPE = re.compile(r"shape=[0-9,]+")
_CODE = re.compile(r"`([^`]+)`")


@functools.lru_cache(maxsize=8)
def explorer_page(root: str) -> PageFile:
    """Return the page as it stands below `root`, the path under which a proxy has the service."""
    page = template()
    for mark, html in (
        ("{schemes}", _cards([_pictured(topic) for topic in SCHEMES], "tensor")),
        ("{choices}", _cards(CHOICES, "advice")),
        ("{root}", escape(root)),
    ):
        page = page.replace(mark, html)
    return PageFile(page.encode(), "text/html; charset=utf-8")


def _cards(topics: Sequence[Topic], view: str) -> str:
    return "\n".join(_card(topic, view) for topic in topics)


def _pictured(topic: Topic) -> Topic:
    return replace(topic, path=_SHAPE.sub(f"shape={_PICTURED}", topic.path))


def _card(topic: Topic, view: str) -> str:
    """Return a topic as a list's item; the explorer's script draws its request's picture into the figure."""
    link = escape(_link(topic, view))
    first, rest = _sentences(topic.text)
    more = f" {_html(rest)}" if rest else ""
    return (
        f'<li class="card"><h3><a href="{link}">{escape(topic.heading)}</a></h3>\n'
        f'<figure data-request="{escape(topic.path)}"></figure>\n'
        f"<p><strong>{_html(first)}</strong>{more}</p></li>"
    )


def _link(topic: Topic, view: str) -> str:
    """Return the place in the explorer where a topic's request can be changed."""
    path, query = urlsplit(topic.path).path, urlsplit(topic.path).query
    scheme = f"initializer={path.rpartition('/')[2]}&" if view == "tensor" else ""
    return f"#{view}?{scheme}{query}"


def _sentences(text: str) -> tuple[str, str]:
    """Return the first sentence of a text, and the rest."""
    first, stop, rest = text.partition(". ")
    return (first + stop.strip(), rest)


def _html(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))
