"""The addresses of the dashboard, below `newswire.dashboard.visit.ROOT`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from newswire.dashboard import articles, channels, deliveries, overview
from newswire.dashboard.visit import ROOT, Document, Page, Sent, Visit, storable

Handler = Callable[[Visit], Awaitable[Page | Document | Sent]]

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "", overview.overview),
    ("GET", "channels", channels.every),
    ("GET", "channels/{name}", channels.one),
    ("POST", "channels/{name}/pause", channels.pause),
    ("POST", "channels/{name}/resume", channels.resume),
    ("POST", "channels/{name}/activate", channels.activate),
    ("GET", "deliveries", deliveries.every),
    ("POST", "deliveries", deliveries.settle),
    ("GET", "deliveries/{id}", deliveries.one),
    ("GET", "articles", articles.every),
    ("GET", "articles/{id}", articles.one),
    ("GET", "articles/{id}/preview", articles.preview),
)
"""Method, path and what answers."""


def find(method: str, raw_path: str) -> tuple[Handler, dict[str, str]] | None:
    """What answers an address as it was sent, and what stands in it; None where nothing does.

    An article's id may hold slashes, which are percent-encoded within it.
    """
    parts = raw_path.removeprefix(ROOT).split("/")
    for known, path, handler in ROUTES:
        template = path.split("/")
        if known != method or len(template) != len(parts):
            continue
        pairs = list(zip(template, parts, strict=True))
        if all(value if name.startswith("{") else name == value for name, value in pairs):
            places = {name.strip("{}"): unquote(value) for name, value in pairs if name.startswith("{")}
            return handler, {name: storable(value) for name, value in places.items()}
    return None
