import asyncio
from datetime import datetime

import httpx
import pytest
from mastodon import MastodonRatelimitError

from newswire.sandbox import Sandbox, VirtualClock

from .conftest import Client

API = "/mastodon/m/api/v1"
GOOD = {"Authorization": "Bearer good-token"}
JPEG = b"\xff\xd8\xff\xe0 a picture"
REFUSED = {"error": "Too many requests"}


async def post(http: httpx.AsyncClient, clock: VirtualClock | None = None) -> httpx.Response:
    if clock is not None:
        clock.advance(2)
    return await http.post(f"{API}/statuses", data={"status": "x"}, headers=GOOD)


async def test_headers_describe_the_nearest_bucket(http: httpx.AsyncClient, clock: VirtualClock) -> None:
    clock.advance(1)
    answer = await http.get(f"{API}/accounts/verify_credentials", headers=GOOD)
    assert answer.headers["x-ratelimit-limit"] == "300"
    assert answer.headers["x-ratelimit-remaining"] == "299"
    reset = answer.headers["x-ratelimit-reset"]
    assert reset == "2026-01-05T09:05:00.000000Z"
    assert datetime.fromisoformat(reset).timestamp() - clock() == 299
    upload = await http.post(f"{API}/media", files={"file": ("a.jpg", JPEG)}, headers=GOOD)
    assert (upload.headers["x-ratelimit-limit"], upload.headers["x-ratelimit-remaining"]) == ("30", "29")


async def test_three_hundred_posts_and_edits_in_a_window_of_three_hours(
    http: httpx.AsyncClient, clock: VirtualClock, sandbox: Sandbox
) -> None:
    first = (await post(http)).json()["id"]
    for number in range(298):
        assert (await post(http, clock)).status_code == 200, number
    answer = await http.put(f"{API}/statuses/{first}", data={"status": "y"}, headers=GOOD)
    assert answer.headers["x-ratelimit-remaining"] == "0"
    answer = await http.put(f"{API}/statuses/{first}", data={"status": "y"}, headers=GOOD)
    assert answer.status_code == 200, "an edit that changes nothing needs no allowance"
    for refused in (
        await post(http, clock),
        await http.put(f"{API}/statuses/{first}", data={"status": "z"}, headers=GOOD),
    ):
        assert (refused.status_code, refused.json()) == (429, REFUSED)
        assert refused.headers["x-ratelimit-reset"] == "2026-01-05T12:00:00.000000Z"
        assert "retry-after" not in refused.headers
    assert len(sandbox.mastodon.statuses("m")) == 299
    clock.advance(3 * 3600)
    assert (await post(http)).status_code == 200


async def test_a_replay_takes_nothing_from_the_allowance(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    for _ in range(3):
        await http.post(f"{API}/statuses", data={"status": "x"}, headers={**GOOD, "Idempotency-Key": "k"})
    account = sandbox.mastodon.statuses("m")[0].account
    from_posts = sandbox.mastodon.servers["m"].counters
    from newswire.sandbox.mastodon.limits import POSTS  # noqa: PLC0415

    assert from_posts.standing(POSTS, account.id, sandbox.clock()).remaining == 299


async def test_three_hundred_requests_in_five_minutes(http: httpx.AsyncClient, clock: VirtualClock) -> None:
    path = f"{API}/accounts/verify_credentials"
    for _ in range(300):
        assert (await http.get(path, headers=GOOD)).status_code == 200
    answer = await http.get(path, headers=GOOD)
    assert (answer.status_code, answer.json()) == (429, REFUSED)
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert (await http.get(f"{API}/instance")).status_code == 200, "without a token it is another bucket"
    clock.advance(300)
    assert (await http.get(path, headers=GOOD)).status_code == 200


async def test_thirty_uploads_and_thirty_deletes_in_half_an_hour(http: httpx.AsyncClient, clock: VirtualClock) -> None:
    ids = [(await post(http)).json()["id"] for _ in range(31)]
    for number in range(31):
        upload = await http.post(f"{API}/media", files={"file": ("a.jpg", JPEG)}, headers=GOOD)
        delete = await http.delete(f"{API}/statuses/{ids[number]}", headers=GOOD)
        assert {upload.status_code, delete.status_code} == ({200} if number < 30 else {429})
    clock.advance(1800)
    assert (await http.delete(f"{API}/statuses/{ids[30]}", headers=GOOD)).status_code == 200


async def test_the_library_learns_when_to_come_back(
    client: Client, http: httpx.AsyncClient, clock: VirtualClock
) -> None:
    for _ in range(300):
        await post(http, clock)
    one = client()
    with pytest.raises(MastodonRatelimitError, match="Hit rate limit"):
        await asyncio.to_thread(one.status_post, "x")
    assert one.ratelimit_remaining == 0


async def test_without_limits_all_goes_through() -> None:
    sandbox = Sandbox(auto_register=True, limits=False)
    async with sandbox.serving() as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        for _ in range(310):
            answer = await post(http)
            assert answer.status_code == 200
        assert "x-ratelimit-limit" not in answer.headers
