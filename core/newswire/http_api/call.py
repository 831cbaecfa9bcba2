"""One request, as a handler sees it, and what all handlers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import Response

from newswire.http_api.preconditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from newswire.http_api.changing import Changer
    from newswire.model import Record
    from newswire.site import Site
    from newswire.store import Store
    from newswire.translation.asking import Asking


@dataclass(frozen=True, slots=True)
class Desk:
    """What handlers work with."""

    site: Site
    store: Store
    changer: Changer
    public_url: str
    """Where the web app is reached from outside, without a slash at the end."""
    asking: Asking
    """Takes requests for translations."""
    wake: Callable[[], None]
    """Tells dispatchers and followers of this process that something was published."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was let in."""

    request: Request
    places: Mapping[str, str]
    """What stands in the path, by name, checked."""
    query: Mapping[str, str]
    """What stands behind the question mark; only what the operation knows."""
    conditions: Conditions = field(default_factory=Conditions)

    def flag(self, name: str) -> bool:
        """Whether a switch of the query is on."""
        return self.query.get(name) == "true"


def answer(record: Record, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A record as JSON; what is at its default is left out."""
    return Response(record.model_dump_json(exclude_defaults=True), status, headers, "application/json")


def tagged(etag: str | None) -> dict[str, str]:
    """The header that carries an ETag."""
    return {"ETag": etag} if etag else {}
