"""What a failure means. The errors are those Mastodon.py makes of real answers and of real, broken connections."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mastodon import (
    MastodonAPIError,
    MastodonFileNotFoundError,
    MastodonIllegalArgumentError,
    MastodonNetworkError,
    MastodonRatelimitError,
    MastodonVersionError,
)

from newswire.api import AccountRefused, LanePaused, Outcome, PostGone, Rejected, Retry, Unknown
from newswire.testing import RehearsalServices
from newswire_mastodon.client import Client
from newswire_mastodon.governor import Doing, Governor
from newswire_mastodon.options import MastodonAccountOptions
from newswire_mastodon.outcomes import LONGEST_PAUSE, SHORTEST_PAUSE, USUAL_PAUSE, classify

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HELLO = b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n%s"


def answer(status: str, body: bytes = b'{"error": "so it is"}', headers: bytes = b"") -> bytes:
    return HELLO % (status.encode(), len(body), headers, body)


def status_error(status: int) -> MastodonAPIError:
    return MastodonAPIError("Mastodon API returned error", status, "Reason", "so it is")


def outcome(
    error: Exception, doing: Doing = "post", *, reset: float | None = None, with_media: bool = False
) -> Outcome:
    return classify(error, doing=doing, reset=reset, now=NOW, with_media=with_media)


ROWS: list[tuple[int, type[Outcome], type[Outcome], type[Outcome]]] = [
    # status, and what it means after a post, an edit, a deletion
    (400, Rejected, Rejected, Rejected),
    (401, AccountRefused, AccountRefused, AccountRefused),
    (403, AccountRefused, AccountRefused, AccountRefused),
    (404, Rejected, PostGone, PostGone),
    (405, Rejected, Rejected, Rejected),
    (408, Unknown, Retry, Retry),
    (409, Unknown, Retry, Retry),
    (410, Rejected, PostGone, PostGone),
    (413, Rejected, Rejected, Rejected),
    (418, Unknown, Retry, Retry),
    (422, Rejected, Rejected, Rejected),
    *((status, Unknown, Retry, Retry) for status in (500, 501, 502, 503, 504, 505, 511, 512, 520, 527, 599)),
]


@pytest.mark.parametrize(("status", "post", "edit", "delete"), ROWS)
def test_statuses(status: int, post: type[Outcome], edit: type[Outcome], delete: type[Outcome]) -> None:
    error = status_error(status)
    assert type(outcome(error, "post")) is post
    assert type(outcome(error, "edit")) is edit
    assert type(outcome(error, "delete")) is delete
    assert str(outcome(error, "post")).startswith(f"{status}: so it is")
    reading = {401: AccountRefused, 403: AccountRefused, 422: Rejected}
    assert type(outcome(error, "read")) is reading.get(status, Retry)


def test_a_picture_that_is_not_ready_is_tried_again() -> None:
    assert type(outcome(status_error(422), with_media=True)) is Retry


@pytest.mark.parametrize(
    ("seconds", "pause"),
    [
        (None, USUAL_PAUSE),
        (90, timedelta(seconds=90)),
        (3 * 3600, timedelta(hours=3)),
        (-50, SHORTEST_PAUSE),
        (0, SHORTEST_PAUSE),
        (10**9, LONGEST_PAUSE),
    ],
)
@pytest.mark.parametrize("doing", ["post", "edit", "delete", "read"])
def test_a_rate_limit_pauses_the_lane_until_it_ends(seconds: int | None, pause: timedelta, doing: Doing) -> None:
    reset = None if seconds is None else NOW.timestamp() + seconds
    found = outcome(MastodonRatelimitError("Hit rate limit."), doing, reset=reset)
    assert isinstance(found, LanePaused)
    assert found.after == pause


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Invalid visibility value!"),
        MastodonIllegalArgumentError("Invalid media dict"),
        MastodonVersionError("too old"),
        MastodonFileNotFoundError("no such file"),
    ],
)
def test_what_the_library_refuses_was_never_sent(error: Exception) -> None:
    assert type(outcome(error)) is Rejected
    assert type(outcome(error, "read")) is Retry


@pytest.mark.parametrize("error", [RuntimeError("?"), KeyError("id"), MastodonNetworkError("?"), MastodonAPIError()])
def test_anything_else_may_be_out(error: Exception) -> None:
    assert type(outcome(error)) is Unknown
    assert type(outcome(error, "edit")) is Retry


def test_words_are_short() -> None:
    long = MastodonAPIError("Could not parse response as JSON, bad content was " + "<html>" * 999, "Exception was: x")
    assert len(str(outcome(long))) < 400
    assert len(str(outcome(MastodonAPIError("x", 422, "x", "word " * 999)))) < 400


# From here on over real connections: what is behind the library's one network error.


async def failure(connect: Any, make_story: Any, url: str, **given: Any) -> Outcome:
    _, channel = connect(url, **given)
    with pytest.raises(Outcome) as raised:
        await channel.post(channel.compose(make_story()), key="k")
    return raised.value


async def test_a_refused_connection(connect: Any, make_story: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = await failure(connect, make_story, f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert type(found) is Retry
    assert "refused" in str(found)


async def test_a_name_that_does_not_exist(connect: Any, make_story: Any) -> None:
    assert type(await failure(connect, make_story, "http://nobody.invalid")) is Retry


async def test_broken_tls(connect: Any, make_story: Any, raw: Any) -> None:
    # The answer to the client's hello is plain words, as from a server that speaks no TLS on this port.
    url = await raw(b"HTTP/1.1 400 Bad Request\r\n\r\n", plain=True)
    assert type(await failure(connect, make_story, url.replace("http://", "https://"))) is Retry


async def test_a_connection_that_ends_without_an_answer(connect: Any, make_story: Any, raw: Any) -> None:
    assert type(await failure(connect, make_story, await raw(None))) is Unknown


async def test_half_an_answer(connect: Any, make_story: Any, raw: Any) -> None:
    half = answer("200 OK", b'{"id": "1"}')[:-4]
    assert type(await failure(connect, make_story, await raw(half))) is Unknown


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
async def test_a_redirect_is_not_followed(connect: Any, make_story: Any, raw: Any, status: str) -> None:
    url = await raw(answer(status, b"", b"Location: http://127.0.0.1:9/elsewhere\r\n"))
    found = await failure(connect, make_story, url)
    assert type(found) is AccountRefused
    assert "url" in str(found)


async def test_a_page_of_a_proxy_with_status_200(connect: Any, make_story: Any, raw: Any) -> None:
    assert type(await failure(connect, make_story, await raw(answer("200 OK", b"<html>hello</html>")))) is Unknown


@pytest.mark.parametrize("body", [b"[]", b'"yes"', b"{}", b'{"id": null}', b""])
async def test_a_yes_that_names_no_post(connect: Any, make_story: Any, raw: Any, body: bytes) -> None:
    assert type(await failure(connect, make_story, await raw(answer("200 OK", body)))) is Unknown


async def test_a_post_with_an_odd_rate_header_may_be_out(connect: Any, make_story: Any, raw: Any) -> None:
    url = await raw(answer("200 OK", b'{"id": "1"}', b"X-RateLimit-Reset: whenever\r\n"))
    assert type(await failure(connect, make_story, url)) is Unknown


async def test_429_tells_when_to_come_back(connect: Any, make_story: Any, raw: Any) -> None:
    reset = (datetime.now(UTC) + timedelta(hours=2)).isoformat().encode()
    url = await raw(answer("429 Too Many Requests", headers=b"X-RateLimit-Reset: " + reset + b"\r\n"))
    found = await failure(connect, make_story, url)
    assert isinstance(found, LanePaused)
    assert timedelta(hours=1, minutes=59) < found.after <= timedelta(hours=2)


@pytest.mark.parametrize("token", ["two\nlines-of-a-token", "tököń-that-no-header-carries"])
async def test_a_token_that_cannot_be_sent(connect: Any, make_story: Any, raw: Any, token: str) -> None:
    found = await failure(connect, make_story, await raw(None), token=token)
    assert type(found) is AccountRefused
    assert token not in str(found)


async def test_silence(raw: Any) -> None:
    options = MastodonAccountOptions.model_validate({"url": await raw(None, seconds=2), "token": "secret-token"})
    governor = Governor("newsroom", options.url, RehearsalServices().state("mastodon"))
    client = Client("newsroom", options, lambda: NOW, governor, timeout=(5, 0.2))
    with pytest.raises(Unknown, match="timed out"):
        await client.call("post", lambda mastodon: mastodon.status_post("hello"))
    await client.aclose()
