import asyncio
from typing import Any

import httpx
import pytest
from mastodon import MastodonAPIError, MastodonNotFoundError, MastodonServiceUnavailableError, MastodonUnauthorizedError

from newswire.sandbox import Quirks, Sandbox, VirtualClock

from .conftest import Client

JPEG = b"\xff\xd8\xff\xe0 a picture"
STATUSES = "/mastodon/m/api/v1/statuses"
GOOD = {"Authorization": "Bearer good-token"}

run = asyncio.to_thread


async def test_a_status_is_stored_and_answered(sandbox: Sandbox, client: Client, clock: VirtualClock) -> None:
    text = "Title\n\nSummary & more https://news.example/a #KünstlicheIntelligenz"
    status = await run(client().status_post, text, language="de", visibility="unlisted")
    assert status.created_at.timestamp() == clock()
    assert (status.language, status.visibility, status.sensitive) == ("de", "unlisted", False)
    assert status.content.startswith('<p>Title</p><p>Summary &amp; more <a href="https://news.example/a"')
    assert [tag.name for tag in status.tags] == ["künstlicheintelligenz"]
    assert status.edited_at is None
    assert sandbox.mastodon.texts("m", "news") == [text]
    assert (await run(client().status, status.id)).id == status.id


async def test_a_warning_makes_sensitive(client: Client) -> None:
    status = await run(client().status_post, "text", spoiler_text="War", sensitive=False)
    assert (status.spoiler_text, status.sensitive) == ("War", True)


async def test_an_account_has_defaults(sandbox: Sandbox, client: Client) -> None:
    account = sandbox.mastodon.add_account("m", "german-token", "german", default_language="de")
    account.default_visibility, account.silenced = "public", True
    status = await run(client("german-token").status_post, "text", language="tlh")
    assert (status.language, status.visibility) == ("de", "unlisted"), "a silenced account's posts go quiet"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"status": ""}, "Validation failed: Text can't be blank"),
        ({"status": " \n"}, "Validation failed: Text can't be blank"),
        ({"status": "x" * 501}, "Validation failed: Text character limit of 500 exceeded"),
        ({"status": "x" * 450, "spoiler_text": "x" * 51}, "Validation failed: Text character limit of 500 exceeded"),
        ({"status": "x", "visibility": "everyone"}, "Validation failed: Visibility is not included in the list"),
        ({"status": "x", "media_ids[]": "7"}, "Media 7 not found or already attached to another post"),
        ({"status": "x", "media_ids[]": ["1", "2", "3", "4", "5"]}, "Cannot attach more than 4 files"),
        ({"status": "x", "poll[options][]": ["a", "b"]}, "The sandbox keeps no 'poll'"),
    ],
)
async def test_what_is_refused_for_good(http: httpx.AsyncClient, fields: dict[str, Any], error: str) -> None:
    answer = await http.post(STATUSES, data=fields, headers=GOOD)
    assert (answer.status_code, answer.json()) == (422, {"error": error})


async def test_who_is_refused(sandbox: Sandbox, http: httpx.AsyncClient, client: Client) -> None:
    reader = sandbox.mastodon.add_account("m", "read-token", "reader", scopes=frozenset({"read", "write:media"}))
    for token, status, error in [
        ("", 401, "The access token is invalid"),
        ("wrong", 401, "The access token is invalid"),
        ("read-token", 403, "This action is outside the authorized scopes"),
    ]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await http.post(STATUSES, data={"status": "x"}, headers=headers)
        assert (answer.status_code, answer.json()) == (status, {"error": error})
    with pytest.raises(MastodonUnauthorizedError):
        await run(client("wrong").status_post, "x")
    reader.suspended = True
    answer = await http.get(
        "/mastodon/m/api/v1/accounts/verify_credentials", headers={"Authorization": "Bearer read-token"}
    )
    assert (answer.status_code, answer.json()["error"]) == (403, "Your login is currently disabled")


async def test_unknown_servers_paths_and_bodies(http: httpx.AsyncClient) -> None:
    assert (await http.get("/mastodon/other/api/v2/instance")).status_code == 404
    assert (await http.get("/mastodon/m/api/v1/timelines/home")).json() == {"error": "Not Found"}
    headers = {**GOOD, "Content-Type": "application/json"}
    assert (await http.post(STATUSES, content=b"{", headers=headers)).status_code == 400


async def test_json_bodies_are_read(http: httpx.AsyncClient) -> None:
    answer = await http.post(STATUSES, json={"status": "x", "sensitive": True, "media_ids": []}, headers=GOOD)
    assert answer.json()["sensitive"] is True


async def test_replies(client: Client) -> None:
    first = await run(client().status_post, "one")
    second = await run(client().status_post, "two", in_reply_to_id=first.id)
    assert second.in_reply_to_id == first.id
    with pytest.raises(MastodonNotFoundError, match="reply to does not appear to exist"):
        await run(client().status_post, "three", in_reply_to_id=12345)


async def test_a_key_gives_the_first_status_again_whatever_the_text(
    sandbox: Sandbox, client: Client, clock: VirtualClock
) -> None:
    sandbox.mastodon.add_account("m", "other-token", "other")
    first = await run(client().status_post, "one", idempotency_key="k")
    clock.advance(3599)
    assert (await run(client().status_post, "two", idempotency_key="k")).id == first.id
    assert (await run(client("other-token").status_post, "mine", idempotency_key="k")).id != first.id
    clock.advance(1)
    assert (await run(client().status_post, "two", idempotency_key="k")).id != first.id
    assert sandbox.mastodon.texts("m", "news") == ["one", "two"]


async def test_a_key_of_a_deleted_status_finds_nothing(client: Client) -> None:
    first = await run(client().status_post, "one", idempotency_key="k")
    await run(client().status_delete, first.id)
    with pytest.raises(MastodonNotFoundError):
        await run(client().status_post, "one", idempotency_key="k")
    await run(client().status_post, "one", idempotency_key="k2")


async def test_a_refused_post_leaves_its_key_free(client: Client) -> None:
    with pytest.raises(MastodonAPIError):
        await run(client().status_post, "x" * 501, idempotency_key="k")
    await run(client().status_post, "x", idempotency_key="k")


async def test_two_at_once_with_one_key_race(sandbox: Sandbox, client: Client) -> None:
    sandbox.mastodon.servers["m"].quirks.posting_seconds = 0.2
    calls = [run(client().status_post, "one", idempotency_key="k") for _ in range(4)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(one, MastodonServiceUnavailableError) for one in results) == 3
    assert sandbox.mastodon.texts("m") == ["one"]


async def test_a_server_without_keys_posts_twice(sandbox: Sandbox, client: Client) -> None:
    sandbox.mastodon.servers["m"].quirks.idempotency = False
    for _ in range(2):
        await run(client().status_post, "one", idempotency_key="k")
    assert sandbox.mastodon.texts("m") == ["one", "one"]


async def test_an_edit_wipes_what_it_omits_save_the_language(
    sandbox: Sandbox, client: Client, clock: VirtualClock
) -> None:
    one = client()
    media = await run(one.media_post, JPEG, mime_type="image/jpeg", description="A picture", synchronous=False)
    posted = await run(one.status_post, "one", spoiler_text="War", media_ids=[media.id], language="de")
    assert posted.media_attachments[0].description == "A picture"
    clock.advance(60)
    edited = await run(one.status_update, posted.id, "two")
    assert (edited.spoiler_text, edited.sensitive, edited.media_attachments) == ("", False, [])
    assert edited.language == "de"
    assert edited.edited_at is not None
    assert edited.edited_at.timestamp() == clock()
    full = {"spoiler_text": "War", "sensitive": True, "media_ids": [media.id]}
    again = await run(one.status_update, posted.id, "two", **full)
    assert (again.spoiler_text, again.sensitive, len(again.media_attachments)) == ("War", True, 1)
    history = await run(one.status_history, posted.id)
    assert [(version.spoiler_text, version.content) for version in history] == [
        ("War", "<p>one</p>"),
        ("", "<p>two</p>"),
        ("War", "<p>two</p>"),
    ]
    assert sandbox.mastodon.statuses("m")[0].now.text == "two"


async def test_an_edit_that_changes_nothing_is_not_noted(client: Client) -> None:
    one = client()
    posted = await run(one.status_post, "one", spoiler_text="War")
    same = await run(one.status_update, posted.id, "one", spoiler_text="War")
    assert same.edited_at is None
    assert len(await run(one.status_history, posted.id)) == 1


async def test_an_edit_can_change_language_and_descriptions(http: httpx.AsyncClient, client: Client) -> None:
    one = client()
    media = await run(one.media_post, JPEG, mime_type="image/jpeg", synchronous=False)
    posted = await run(one.status_post, "one", media_ids=[media.id], language="de")
    fields = {"status": "one", "language": "fr", "media_ids": [str(media.id)]}
    attributes = [{"id": str(media.id), "description": "Neu"}]
    answer = await http.put(f"{STATUSES}/{posted.id}", json={**fields, "media_attributes": attributes}, headers=GOOD)
    assert (answer.json()["language"], answer.json()["media_attachments"][0]["description"]) == ("fr", "Neu")
    given = one.generate_media_edit_attributes(media.id, description="Noch neuer")
    edited = await run(one.status_update, posted.id, "one", media_attributes=[given])
    assert edited.media_attachments[0].description == "Noch neuer"


async def test_edits_are_checked_like_posts(client: Client) -> None:
    one = client()
    posted = await run(one.status_post, "one")
    with pytest.raises(MastodonAPIError, match="character limit of 500 exceeded"):
        await run(one.status_update, posted.id, "x" * 501)
    with pytest.raises(MastodonNotFoundError):
        await run(one.status_update, 12345, "x")


async def test_deleting_gives_the_source_once(client: Client) -> None:
    one = client()
    posted = await run(one.status_post, "one #Tag")
    assert (await run(one.status_source, posted.id)).text == "one #Tag"
    assert (await run(one.status_delete, posted.id)).text == "one #Tag"
    with pytest.raises(MastodonNotFoundError, match="Record not found"):
        await run(one.status_delete, posted.id)
    with pytest.raises(MastodonNotFoundError):
        await run(one.status, posted.id)


async def test_others_see_and_touch_what_they_may(sandbox: Sandbox, client: Client) -> None:
    sandbox.mastodon.add_account("m", "other-token", "other")
    open_one = await run(client().status_post, "open")
    closed = await run(client().status_post, "closed", visibility="private")
    other = client("other-token")
    assert (await run(other.status, open_one.id)).id == open_one.id
    for call in (other.status, other.status_delete):
        with pytest.raises(MastodonNotFoundError):
            await run(call, closed.id)
    with pytest.raises(MastodonNotFoundError):
        await run(other.status_delete, open_one.id)
    account = closed.account.id
    assert [one.id for one in await run(other.account_statuses, account)] == [open_one.id]


async def test_own_statuses_come_in_pages(client: Client) -> None:
    one = client()
    posted = [(await run(one.status_post, f"number {number}")).id for number in range(6)]
    account = (await run(one.account_verify_credentials)).id
    newest_first = posted[::-1]

    async def page(**bounds: Any) -> list[Any]:
        return [each.id for each in await run(one.account_statuses, account, exclude_reblogs=True, **bounds)]

    assert await page(limit=40) == newest_first
    assert await page(limit=2) == newest_first[:2]
    assert await page(limit=2, max_id=posted[3]) == [posted[2], posted[1]]
    assert await page(limit=2, since_id=posted[1]) == [posted[5], posted[4]]
    assert await page(limit=2, min_id=posted[1]) == [posted[3], posted[2]]
    first = await run(one.account_statuses, account, limit=4)
    second: Any = await run(one.fetch_next, first)
    assert [each.id for each in second] == [posted[1], posted[0]]
    with pytest.raises(MastodonNotFoundError):
        await run(one.account_statuses, 999)


async def test_a_silent_drop_looks_like_success(sandbox: Sandbox, client: Client) -> None:
    sandbox.mastodon.add_server("spam", Quirks(drops_silently=True))
    sandbox.mastodon.add_account("spam", "good-token", "news")
    one = client(server="spam")
    posted = await run(one.status_post, "one")
    with pytest.raises(MastodonNotFoundError):
        await run(one.status, posted.id)
