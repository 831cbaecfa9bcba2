"""Bodies in pieces: however a client cuts its lines, they are the same lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from newswire.http_api.bodies import lines

if TYPE_CHECKING:
    from collections.abc import Sequence


async def _lines(pieces: Sequence[bytes]) -> list[bytes | None]:
    rest = list(pieces)

    async def receive() -> dict[str, Any]:
        body = rest.pop(0) if rest else b""
        return {"type": "http.request", "body": body, "more_body": bool(rest)}

    return [line async for line in lines(Request({"type": "http", "method": "POST", "headers": []}, receive))]


@given(st.lists(st.binary(max_size=12).map(lambda text: text.replace(b"\x00", b"\n")), max_size=12))
async def test_lines_are_the_same_however_they_are_cut(pieces: list[bytes]) -> None:
    expected = b"".join(pieces).split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    assert await _lines(pieces) == expected
