"""Bodies of requests: of a media type that is known here, not encoded, never longer than they may be."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from newswire.http_api.problems import MALFORMED, MEDIA, TOO_LARGE, Problem, wrong_field
from newswire.reading import SIZE_LIMIT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from starlette.requests import Request

JSON = "application/json"
LINES = ("application/x-ndjson", "application/jsonl")
"""What newline-delimited JSON is called; no media type is registered for it."""


def require_type(request: Request, accepted: Collection[str]) -> None:
    """Makes sure that a body is of a known media type and not encoded.

    Raises:
        Problem: it is another one.
    """
    # RFC 9110, 15.5.16: the answer says what would have been taken.
    header = {"Accept": ", ".join(accepted)}
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() not in accepted:
        told = f"not {kind.strip()[:100]!r}" if kind.strip() else "and the request names none"
        raise Problem(MEDIA, f"Content-Type must be {' or '.join(accepted)}, {told}", headers=header)
    for parameter in rest.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in {"utf-8", "utf8", "us-ascii"}:
            raise Problem(MEDIA, "JSON is UTF-8 (RFC 8259, section 8.1), no other charset is read", headers=header)
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        raise Problem(MEDIA, "encoded bodies are not read", headers={"Accept-Encoding": "identity"})


async def read_json(request: Request) -> bytes:
    """The body of a request, which says that it is JSON.

    Raises:
        Problem: it is something else, or too long.
    """
    require_type(request, (JSON,))
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > SIZE_LIMIT:
        raise _too_large()
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > SIZE_LIMIT:
            raise _too_large()
    return bytes(parts)


def _too_large() -> Problem:
    return Problem(TOO_LARGE, f"at most {SIZE_LIMIT:,} bytes are read")


def parse_object(text: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        Problem: it is no JSON, or no object.
    """
    try:
        # RFC 8259, section 8.1: a reader may overlook a byte order mark.
        found = from_json(text.removeprefix(codecs.BOM_UTF8), allow_inf_nan=False)
    except ValueError as error:
        raise Problem(MALFORMED, f"the body is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise wrong_field((), "must be an object")
    return found


async def lines(request: Request) -> AsyncIterator[bytes | None]:
    """The lines of a body, as they come in, without their ends; None for one that is too long.

    No more than the longest line is ever held.
    """
    held = bytearray()
    overlong = False
    async for part in request.stream():
        pieces = part.split(b"\n")
        for piece in pieces[:-1]:
            if not overlong and len(held) + len(piece) <= SIZE_LIMIT:
                yield bytes(held + piece)
            else:
                yield None
            held.clear()
            overlong = False
        if overlong or len(held) + len(pieces[-1]) > SIZE_LIMIT:
            held.clear()
            overlong = True
        else:
            held += pieces[-1]
    if held or overlong:
        yield None if overlong else bytes(held)
