"""One request of somebody who has logged in, and what pages answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode

from newswire.errors import NewswireError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.requests import Request

    from newswire.dashboard.desk import Desk
    from newswire.dashboard.sessions import Session

ROOT = "/dashboard/"
LONGEST_FORM = 64 * 1024
"""Bytes that a form may send."""


class Unreadable(NewswireError):
    """A request that no page of the dashboard makes."""


class Missing(NewswireError):
    """There is no such page, or what it is about is not there."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that was let in."""

    desk: Desk
    session: Session
    places: Mapping[str, str]
    """What stands in the path, by name."""
    query: Mapping[str, str]
    """What stands behind the question mark."""
    now: datetime
    form: Mapping[str, str] = field(default_factory=dict)
    """What was filled in, where a form was sent."""

    @property
    def seen(self) -> dict[int, str]:
        """The deliveries that a form is about, as its page showed them: fields ``delivery-ID``."""
        found = {}
        for name, value in self.form.items():
            number = whole(name.removeprefix("delivery-")) if name.startswith("delivery-") else None
            if number is not None:
                found[number] = value
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be shown."""

    template: str
    values: Mapping[str, object]
    status: int = 200
    cookies: Mapping[str, str] = field(default_factory=dict)
    """What the browser is to keep until it is closed."""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A page that is complete already, with headers of its own."""

    html: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form has done; the page that is shown next says it."""

    where: str
    said: str
    refused: bool = False


def address(*parts: str, **query: str | int | None) -> str:
    """The address of a page of the dashboard; each part is escaped, what is None or empty in the query is left out."""
    path = ROOT + "/".join(quote(part, safe="") for part in parts)
    given = {name: value for name, value in query.items() if value not in {None, ""}}
    return f"{path}?{urlencode(given)}" if given else path


def whole(text: str | None) -> int | None:
    """A whole number that an id can be; None where it is none."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 18:  # noqa: PLR2004  # below 2**63
        return None
    return int(text)


async def read_form(request: Request) -> dict[str, str]:
    """What a form sent, the last of each name.

    Raises:
        Unreadable: it is no form of ours.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Unreadable("This is no form of the dashboard.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise Unreadable(f"A form may send {LONGEST_FORM:,} bytes at most.")
    try:
        found = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=1000, errors="strict")
    except ValueError:
        raise Unreadable("The form cannot be read.") from None
    return {name: storable(values[-1]) for name, values in found.items()}


def storable(text: str) -> str:
    """Text without what PostgreSQL takes in no text at all (PostgreSQL, 8.3: the character with code zero)."""
    return text.replace("\0", "")
