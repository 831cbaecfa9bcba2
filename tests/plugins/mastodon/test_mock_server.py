"""The plugin against mastodon_mock: a second witness, written by others.

It counts stricter than Mastodon (code points, whole addresses) and is laxer elsewhere, so the posts here are short.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from newswire.api import AccountRefused, LanePaused, Outcome, PostGone, Rejected, Retry, Unknown

TOKEN = "alice_token"

ROWS: list[tuple[int, type[Outcome], type[Outcome]]] = [
    # status, and what it means after a post and after an edit
    *((status, Rejected, Rejected) for status in (400, 405, 413, 422)),
    *((status, AccountRefused, AccountRefused) for status in (401, 403)),
    *((status, Rejected, PostGone) for status in (404, 410)),
    *((status, Unknown, Retry) for status in (408, 409, 500, 502, 503, 504, 507, 520, 525)),
]


async def test_post_edit_find_delete(mock: Any, connect: Any, make_story: Any) -> None:
    account, channel = connect(mock.base_url, TOKEN)
    await account.start()
    post = channel.compose(make_story(language="zh-Hans", title="@bob #2026 标题", topics=["人工智能"]))
    receipt = await channel.post(post, key="k")
    reader = mock.client("bob")
    status = reader.status(receipt.remote_id)
    assert (status.language, status.visibility, status.spoiler_text, status.sensitive) == ("zh-CN", "public", "", False)
    assert status.mentions == []
    assert [tag.name for tag in status.tags] == ["人工智能"]
    assert (await channel.find(post)).remote_id == receipt.remote_id
    assert await channel.find(channel.compose(make_story(url="https://news.anthill.dev/en/a"))) is None

    edited = await channel.edit(receipt, channel.compose(make_story(title="Corrected")))
    assert edited.remote_id == receipt.remote_id
    assert "Corrected" in reader.status(receipt.remote_id).content

    await channel.delete(edited)
    await channel.delete(edited)
    assert await channel.find(post) is None


async def test_a_repeated_key_gives_one_post(mock: Any, connect: Any, make_story: Any) -> None:
    _, channel = connect(mock.base_url, TOKEN)
    post = channel.compose(make_story())
    receipts = [await channel.post(post, key="k") for _ in range(3)]
    assert len({receipt.remote_id for receipt in receipts}) == 1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
async def test_statuses(
    mock: Any, connect: Any, make_story: Any, row: tuple[int, type[Outcome], type[Outcome]]
) -> None:
    status, posting, editing = row
    _, channel = connect(mock.base_url, TOKEN)
    post = channel.compose(make_story())
    receipt = await channel.post(post, key="k1")
    effect = {"type": "status", "status": status}
    with mock.fault({"match": {"methods": ["POST", "PUT", "DELETE"], "path": "/api/v1/statuses*"}, "effect": effect}):
        with pytest.raises(Outcome) as posted:
            await channel.post(post, key="k2")
        with pytest.raises(Outcome) as edited:
            await channel.edit(receipt, post)
        if status in {404, 410}:
            await channel.delete(receipt)
        else:
            with pytest.raises(editing):
                await channel.delete(receipt)
    assert (type(posted.value), type(edited.value)) == (posting, editing)


@pytest.mark.parametrize("truncate", [True, False])
async def test_a_broken_answer(mock: Any, connect: Any, make_story: Any, *, truncate: bool) -> None:
    _, channel = connect(mock.base_url, TOKEN)
    effect = {"type": "malformed", "truncate": truncate}
    with (
        mock.fault({"match": {"methods": ["POST"], "path": "/api/v1/statuses"}, "effect": effect}),
        pytest.raises(Unknown),
    ):
        await channel.post(channel.compose(make_story()), key="k")


async def test_the_rate_limit(mock: Any, connect: Any, make_story: Any) -> None:
    _, channel = connect(mock.base_url, TOKEN)
    match = {"methods": ["POST"], "path": "/api/v1/statuses"}
    with mock.fault({"match": match, "effect": {"type": "ratelimit"}}), pytest.raises(LanePaused) as raised:
        await channel.post(channel.compose(make_story()), key="k")
    assert timedelta(minutes=4, seconds=50) < raised.value.after <= timedelta(minutes=5, seconds=1)


async def test_no_second_version_of_the_instance_document(mock: Any, connect: Any) -> None:
    account, _ = connect(mock.base_url, TOKEN)
    with mock.fault({"match": {"path": "/api/v2/instance*"}, "effect": {"type": "status", "status": 404}}):
        await account.start()
    assert account.limits.max_characters == 500


async def test_too_long_for_this_server(mock: Any, connect: Any, make_story: Any) -> None:
    _, channel = connect(mock.base_url, TOKEN)
    post = channel.compose(make_story(url="https://anthill.dev/" + "x" * 600))
    with pytest.raises(Rejected, match="422"):
        await channel.post(post, key="k")


async def test_who_it_is(mock: Any, connect: Any) -> None:
    account, channel = connect(mock.base_url, TOKEN)
    assert [one.level for one in await account.check()] == ["warning", "ok", "warning"]
    assert [one.level for one in await channel.check()] == ["ok"]
    stranger, _ = connect(mock.base_url, "nobodys-token")
    assert (await stranger.check())[-1].level == "error"
