"""The receipt of a post that an admin has found by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from newswire.sandbox import Sandbox

NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def test_it_serves_to_edit_and_delete(server: str, sandbox: Sandbox, connect: Any, make_story: Any) -> None:
    _, channel = connect(server)
    given = await channel.post(channel.compose(make_story()), key="k")
    assert given.url is not None
    found = channel.receipt_for(f" {given.url} ", NOW)
    assert (found.remote_id, found.url) == (given.remote_id, given.url)
    corrected = channel.compose(make_story(title="Corrected"))
    await channel.edit(found, corrected)
    assert sandbox.mastodon.texts("main") == [corrected.text]
    await channel.delete(channel.receipt_for(given.remote_id, NOW))
    assert sandbox.mastodon.texts("main") == []


@pytest.mark.parametrize("written", ["", "a b", "https://mastodon.example/", "https://mastodon.example/@news/1?x=y"])
async def test_what_is_no_post_is_refused(written: str, connect: Any) -> None:
    _, channel = connect("https://mastodon.example")
    with pytest.raises(ValueError, match="must be a post's id, or its address"):
        channel.receipt_for(written, NOW)


async def test_the_address_on_another_server_is_refused(connect: Any) -> None:
    _, channel = connect("https://mastodon.example")
    assert channel.receipt_for("https://mastodon.example/@news/113", NOW).remote_id == "113"
    with pytest.raises(ValueError, match="is on another server"):
        channel.receipt_for("https://other.example/@news@mastodon.example/114", NOW)
