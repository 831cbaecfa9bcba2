"""The plugin against the sandbox: what followers see in the end, whatever happens on the way."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from newswire.api import AccountRefused, ChannelPaused, LanePaused, Post, Receipt, Rejected, Retry, Unknown
from newswire.sandbox import Fault, Quirks, Sandbox

STATUSES = "/api/v1/statuses"


def out(sandbox: Sandbox) -> list[str]:
    return sandbox.mastodon.texts("main")


async def test_post_edit_delete(server: str, sandbox: Sandbox, connect: Any, make_story: Any) -> None:
    _, channel = connect(server)
    post = channel.compose(make_story(language="de", topics=["KI-Sicherheit"]))
    receipt = await channel.post(post, key="k1")
    (status,) = sandbox.mastodon.statuses("main")
    assert status.id == receipt.remote_id
    assert (status.now.text, status.now.language, status.visibility) == (post.text, "de", "public")
    assert (status.now.sensitive, status.now.spoiler) == (False, "")
    assert receipt.url == f"{server}/@news/{status.id}"
    assert receipt.details == {"media_ids": [], "language": "de", "asked": "de", "pictures": []}
    assert receipt.at.timestamp() == pytest.approx(status.created, abs=0.01)

    corrected = channel.compose(make_story(language="de", title="Ein richtiger Titel", rev=2))
    edited = await channel.edit(receipt, corrected)
    assert edited.remote_id == receipt.remote_id
    assert edited.at >= receipt.at
    assert out(sandbox) == [corrected.text]

    await channel.delete(edited)
    assert out(sandbox) == []
    await channel.delete(edited)


async def test_followers_read_what_was_written(server: str, connect: Any, make_story: Any) -> None:
    account, channel = connect(server)
    story = make_story(title="@you & C#: #2026 <b>*x*</b>", summary="_y_ &amp; `z`", topics=["AI safety", "देवनागरी"])
    receipt = await channel.post(channel.compose(story), key="k")
    status = await account.client.call("read", lambda mastodon: mastodon.status(receipt.remote_id))
    words = unescape(re.sub(r"<[^>]+>", "", status.content.replace("</p><p>", "\n\n"))).replace("\u2060", "")
    assert words.startswith(f"{story.title}\n\n{story.summary}\n\n{story.url}\n\n#AISafety")
    assert [tag.name for tag in status.tags] == ["aisafety", "देवनागरी"]
    assert status.mentions == []


async def test_visibility(server: str, sandbox: Sandbox, connect: Any, make_story: Any) -> None:
    for visibility in ("unlisted", "private"):
        _, channel = connect(server, visibility=visibility)
        await channel.post(channel.compose(make_story()), key=visibility)
    assert [status.visibility for status in sandbox.mastodon.statuses("main")] == ["unlisted", "private"]


async def test_the_same_key_gives_one_post(server: str, sandbox: Sandbox, connect: Any, make_story: Any) -> None:
    _, channel = connect(server)
    post = channel.compose(make_story())
    first, second = await channel.post(post, key="k"), await channel.post(post, key="k")
    assert first.remote_id == second.remote_id
    assert len(out(sandbox)) == 1


async def test_a_key_of_a_deleted_post_is_refused(server: str, connect: Any, make_story: Any) -> None:
    _, channel = connect(server)
    post = channel.compose(make_story())
    await channel.delete(await channel.post(post, key="k"))
    with pytest.raises(Rejected, match="deleted"):
        await channel.post(post, key="k")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("repeat", [True, False])
async def test_a_lost_answer(
    server: str, sandbox: Sandbox, connect: Any, make_story: Any, *, when: Any, repeat: bool
) -> None:
    account, channel = connect(server)
    await account.start()
    post = channel.compose(make_story())
    sandbox.faults.add(Fault(effect="cut", when=when, method="POST", path=STATUSES))
    with pytest.raises(Unknown):
        await channel.post(post, key="k")
    if repeat:
        await channel.post(post, key="k")
        assert out(sandbox) == [post.text]
        return
    found = await channel.find(post)
    statuses = sandbox.mastodon.statuses("main")
    if when == "after":
        assert [status.id for status in statuses] == [found.remote_id]
    else:
        assert (found, statuses) == (None, [])


async def test_a_server_that_heeds_no_key_is_searched(sandbox: Sandbox, connect: Any, make_story: Any) -> None:
    sandbox.mastodon.add_server(
        "other", Quirks(idempotency=False, ids="hex", rate_headers="none", language="en", instance_v2=False)
    )
    sandbox.mastodon.add_account("other", "token-of-the-newsroom", "news")
    async with sandbox.serving() as url:
        account, channel = connect(f"{url}/mastodon/other")
        await account.start()
        for number in range(3):
            story = make_story(language="ja", url=f"https://news.anthill.dev/記事/{number}")
            await channel.post(channel.compose(story), key=f"k{number}")
        post = channel.compose(make_story(language="ja", url="https://news.anthill.dev/記事/1"))
        found = await channel.find(post)
        assert found.remote_id == sandbox.mastodon.statuses("other")[1].id
        assert await channel.find(channel.compose(make_story(url="https://news.anthill.dev/10"))) is None
        edited = await channel.edit(found, post)
        assert edited.remote_id == found.remote_id


async def test_a_post_is_found_behind_many_others(server: str, connect: Any, sandbox: Sandbox, make_story: Any) -> None:
    _, channel = connect(server)
    wanted = channel.compose(make_story(url="https://news.example/wanted"))
    await channel.post(wanted, key="wanted")
    for number in range(85):
        await channel.post(channel.compose(make_story(url=f"https://news.anthill.dev/{number}")), key=str(number))
    found = await channel.find(wanted)
    assert found.remote_id == sandbox.mastodon.statuses("main")[0].id
    assert await channel.find(channel.compose(make_story(url="https://news.anthill.dev/other"))) is None


async def test_languages_as_the_server_keeps_them(server: str, connect: Any, make_story: Any) -> None:
    _, channel = connect(server)
    for tag, kept in [("pt-BR", "pt"), ("zh-Hans", "zh-CN"), ("zh-Hant", "zh-TW"), ("sr-Latn", "sr"), ("haw", "en")]:
        receipt = await channel.post(channel.compose(make_story(language=tag)), key=tag)
        assert receipt.details["language"] == kept


async def test_a_server_that_always_says_english_is_reported_once(
    sandbox: Sandbox, connect: Any, make_story: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.mastodon.add_server("other", Quirks(language="en"))
    sandbox.mastodon.add_account("other", "token-of-the-newsroom", "news")
    async with sandbox.serving() as url:
        _, channel = connect(f"{url}/mastodon/other")
        with caplog.at_level(logging.WARNING):
            for tag in ("de", "fr", "ja", "en"):
                await channel.post(channel.compose(make_story(language=tag)), key=tag)
    assert [record.args for record in caplog.records] == [("newsroom", "de", "en", "")]


async def test_a_full_bucket_pauses_the_account(server: str, sandbox: Sandbox, connect: Any, make_story: Any) -> None:
    _, channel = connect(server)
    sandbox.faults.add(Fault(effect="rate_limit", method="POST", path=STATUSES, retry_after=3 * 3600))
    with pytest.raises(LanePaused) as raised:
        await channel.post(channel.compose(make_story()), key="k")
    assert timedelta(hours=2, minutes=59) < raised.value.after <= timedelta(hours=3, seconds=5)
    assert out(sandbox) == []


async def test_deletions_run_into_their_own_limit(server: str, connect: Any, make_story: Any) -> None:
    _, channel = connect(server)
    receipts = [await channel.post(channel.compose(make_story()), key=str(number)) for number in range(31)]
    for receipt in receipts[:30]:
        await channel.delete(receipt)
    with pytest.raises(ChannelPaused) as raised:
        await channel.delete(receipts[30])
    assert raised.value.after <= timedelta(minutes=31)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_answer_to_an_edit_or_a_deletion_is_asked_again(
    server: str, sandbox: Sandbox, connect: Any, make_story: Any, when: Any
) -> None:
    _, channel = connect(server)
    receipt = await channel.post(channel.compose(make_story()), key="k")
    corrected = channel.compose(make_story(title="Another title"))
    sandbox.faults.add(Fault(effect="cut", when=when, method="PUT"))
    with pytest.raises(Retry):
        await channel.edit(receipt, corrected)
    await channel.edit(receipt, corrected)
    assert out(sandbox) == [corrected.text]
    sandbox.faults.add(Fault(effect="cut", when=when, method="DELETE"))
    with pytest.raises(Retry):
        await channel.delete(receipt)
    await channel.delete(receipt)
    assert out(sandbox) == []


async def test_an_edit_names_pictures_and_warning_again(
    server: str, sandbox: Sandbox, connect: Any, make_story: Any
) -> None:
    account, channel = connect(server)
    picture = await account.client.call(
        "post", lambda mastodon: mastodon.media_post(PNG, mime_type="image/png", description="A dot")
    )
    posted = await account.client.call(
        "post",
        lambda mastodon: mastodon.status_post("x", media_ids=[picture["id"]], spoiler_text="Care", sensitive=True),
    )
    post = channel.compose(make_story())
    found = Post(
        text=post.text,
        language="en",
        link=post.link,
        details={**post.details, "spoiler_text": "Care", "sensitive": True},
    )
    receipt = Receipt(remote_id=posted["id"], at=posted["created_at"], details={"media_ids": [picture["id"]]})
    edited = await channel.edit(receipt, found)
    (status,) = sandbox.mastodon.statuses("main")
    assert (status.now.spoiler, status.now.sensitive, status.now.media) == ("Care", True, (picture["id"],))
    assert edited.details["media_ids"] == [picture["id"]]


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cf"
    "c0f01f0005000201a5f645400000000049454e44ae426082"
)


@pytest.mark.parametrize(
    ("quirks", "characters"),
    [
        (Quirks(max_characters=5000), 5000),
        (Quirks(max_characters=1000, instance_v2=False), 1000),
        (Quirks(instance_v2=False, instance_v1=False), 500),
        (Quirks(max_characters=0), 500),
        (Quirks(max_characters=10**12), 500),
    ],
)
async def test_posts_are_as_long_as_the_server_lets_them_be(
    sandbox: Sandbox, connect: Any, make_story: Any, quirks: Quirks, characters: int
) -> None:
    sandbox.mastodon.add_server("other", quirks)
    sandbox.mastodon.add_account("other", "token-of-the-newsroom", "news")
    async with sandbox.serving() as url:
        account, channel = connect(f"{url}/mastodon/other")
        await account.start()
        assert account.limits.max_characters == characters
        if quirks.max_characters not in {0, 10**12}:
            post = channel.compose(make_story(summary="क्षत्रिय " * 1000))
            await channel.post(post, key="k")
            assert sandbox.mastodon.texts("other") == [post.text]


async def test_the_server_is_down_when_the_account_starts(connect: Any) -> None:
    account, _ = connect("http://127.0.0.1:9")
    with pytest.raises(Retry):
        await account.start()


async def test_check(server: str, sandbox: Sandbox, connect: Any) -> None:
    account, channel = connect(server)
    found = [(one.level, one.message) for one in await account.check()]
    assert [level for level, _ in found] == ["warning", "ok", "warning"]
    assert found[1][1].startswith("signed in as @news; 500 characters")
    assert [one.level for one in await channel.check()] == ["ok"]
    sandbox.faults.add(Fault(effect="html", path="/api/v2/instance*"))
    assert "502" in (await account.check())[-1].message


async def test_a_wrong_token_is_an_error_to_check_and_refuses_the_account(
    server: str, connect: Any, make_story: Any
) -> None:
    account, channel = connect(server, token="not-the-token")
    assert [one.level for one in await account.check()] == ["warning", "error"]
    assert [one.level for one in await channel.check()] == ["ok", "error"]
    with pytest.raises(AccountRefused):
        await channel.post(channel.compose(make_story()), key="k")


async def test_a_token_without_the_right_to_post_refuses_the_account(
    server: str, sandbox: Sandbox, connect: Any, make_story: Any
) -> None:
    sandbox.mastodon.add_account("main", "reader-token", "reader", scopes=frozenset({"read"}))
    _, channel = connect(server, token="reader-token")
    with pytest.raises(AccountRefused, match="403"):
        await channel.post(channel.compose(make_story()), key="k")


async def test_a_token_that_is_the_name_of_a_file_is_not_read_from_it(
    server: str, connect: Any, make_story: Any, tmp_path: Any
) -> None:
    stray = tmp_path / "token"
    stray.write_text("token-of-the-newsroom\n")
    _, channel = connect(server, token=str(stray))
    with pytest.raises(AccountRefused):
        await channel.post(channel.compose(make_story()), key="k")
