"""Uploads, instances, accounts, apps, and the quirks of other servers."""

import asyncio
import re
from typing import Any

import httpx
import pytest
import requests
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError

from newswire.sandbox import Quirks, Sandbox, VirtualClock

from .conftest import Client

JPEG = b"\xff\xd8\xff\xe0 a picture"
PNG = b"\x89PNG\r\n\x1a\n a picture"
API = "/mastodon/m/api"
GOOD = {"Authorization": "Bearer good-token"}

run = asyncio.to_thread


async def test_an_upload_is_ready_and_served(client: Client, http: httpx.AsyncClient) -> None:
    media = await run(
        client().media_post, PNG, mime_type="image/png", description="Bild", focus=(0.5, -2), synchronous=False
    )
    assert (media.type, media.description) == ("image", "Bild")
    assert (media.meta.focus.x, media.meta.focus.y) == (0.5, -1)
    answer = await http.get(media.url)
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    changed = await run(client().media_update, media.id, description="Anderes Bild")
    assert changed.description == "Anderes Bild"


async def test_processing_takes_its_polls(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    sandbox.mastodon.servers["m"].quirks.media_polls = 2
    answer = await http.post(f"{API}/v2/media", files={"file": ("a.jpg", JPEG)}, headers=GOOD)
    assert (answer.status_code, answer.json()["url"]) == (202, None)
    number = answer.json()["id"]
    post: dict[str, Any] = {"data": {"status": "x", "media_ids[]": number}, "headers": GOOD}
    refused = await http.post(f"{API}/v1/statuses", **post)
    assert (refused.status_code, "have not finished processing" in refused.json()["error"]) == (422, True)
    assert (await http.get(f"/mastodon/m/media/{number}")).status_code == 404
    seen = [(await http.get(f"{API}/v1/media/{number}", headers=GOOD)).status_code for _ in range(3)]
    assert seen == [206, 206, 200]
    assert (await http.post(f"{API}/v1/statuses", **post)).status_code == 200
    assert (await http.get(f"{API}/v1/media/{number}", headers=GOOD)).status_code == 404, "attached: no longer there"


async def test_processing_may_fail(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    sandbox.mastodon.servers["m"].quirks.media_polls = 1
    sandbox.mastodon.servers["m"].quirks.media_fails = True
    number = (await http.post(f"{API}/v2/media", files={"file": ("a.jpg", JPEG)}, headers=GOOD)).json()["id"]
    seen = [(await http.get(f"{API}/v1/media/{number}", headers=GOOD)).status_code for _ in range(2)]
    assert seen == [206, 422]


@pytest.mark.parametrize(
    ("content", "fields", "error"),
    [
        (b"", {}, "File can't be blank"),
        (b"<svg>", {}, "File content type is invalid"),
        (JPEG + b"x" * 16 * 1024 * 1024, {}, "file size must be less than 16 MB"),
        (JPEG, {"description": "x" * 1501}, "Description is too long"),
        (JPEG, {"focus": "left"}, "Focus is invalid"),
    ],
)
async def test_uploads_that_are_refused(http: httpx.AsyncClient, content: bytes, fields: Any, error: str) -> None:
    answer = await http.post(f"{API}/v2/media", files={"file": ("a.jpg", content)}, data=fields, headers=GOOD)
    assert answer.status_code == 422
    assert error in answer.json()["error"]


async def test_pictures_and_videos_do_not_mix(http: httpx.AsyncClient) -> None:
    files = [("a.jpg", JPEG, "image/jpeg"), ("a.mp4", b"....ftyp", "video/mp4")]
    ids = [(await http.post(f"{API}/v2/media", files={"file": one}, headers=GOOD)).json()["id"] for one in files]
    answer = await http.post(f"{API}/v1/statuses", data={"status": "x", "media_ids[]": ids}, headers=GOOD)
    assert answer.json() == {"error": "Cannot attach a video to a post that already contains images"}


async def test_the_instance_tells_its_limits(sandbox: Sandbox, client: Client) -> None:
    sandbox.mastodon.servers["m"].quirks.max_characters = 5000
    v2, v1 = await run(client().instance_v2), await run(client().instance_v1)
    assert v2.configuration.statuses.max_characters == 5000
    assert v2.configuration.statuses.characters_reserved_per_url == 23
    assert v2.configuration.media_attachments.description_limit == 1500
    assert v2.api_versions.mastodon == 7
    assert v1.configuration.statuses.max_media_attachments == 4
    assert (await run(client().status_post, "x" * 5000)).id


async def test_the_account_tells_and_changes_its_profile(client: Client) -> None:
    one = client()
    changed = await run(
        one.account_update_credentials,
        display_name="News",
        note="All the news",
        bot=True,
        discoverable=True,
        indexable=True,
        default_language="de",
        attribution_domains=["news.example"],
        fields=[("Site", "https://news.example/")],
    )
    assert (changed.display_name, changed.bot, changed.discoverable) == ("News", True, True)
    me = await run(one.account_verify_credentials)
    assert me.source.language == "de"
    assert me.fields[0].value == "https://news.example/"
    assert (await run(one.account, me.id)).note == "<p>All the news</p>"
    assert (await run(one.status_post, "x")).language == "de"
    with pytest.raises(MastodonNotFoundError):
        await run(one.account, 999)


async def test_apps_and_tokens(url: str, http: httpx.AsyncClient) -> None:
    base = f"{url}/mastodon/m"
    with requests.Session() as session:
        session.trust_env = False
        made = await run(Mastodon.create_app, "newswire", api_base_url=base, session=session)
    one = {"client_id": made[0], "client_secret": made[1]}
    token = await http.post(f"{base}/oauth/token", data={**one, "grant_type": "client_credentials", "scope": "read"})
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    assert (await http.get(f"{base}/api/v1/apps/verify_credentials", headers=headers)).json()["scopes"] == ["read"]
    assert (await http.get(f"{base}/api/v1/apps/verify_credentials")).status_code == 401
    password = {**one, "grant_type": "password", "username": "news", "password": "x"}
    for wrong, status in [({**one, "client_secret": "x"}, 401), (password, 400)]:
        assert (await http.post(f"{base}/oauth/token", data=wrong)).status_code == status
    assert (await http.post(f"{base}/api/v1/apps", data={})).status_code == 422


async def test_a_code_is_shown_to_who_agrees_and_traded_once(
    url: str, http: httpx.AsyncClient, clock: VirtualClock
) -> None:
    base, oob = f"{url}/mastodon/m", "urn:ietf:wg:oauth:2.0:oob"
    asked = {"client_name": "newswire", "redirect_uris": oob, "scopes": "read:accounts write:statuses"}
    app = (await http.post(f"{base}/api/v1/apps", data=asked)).json()
    ask = {"client_id": app["client_id"], "redirect_uri": oob, "response_type": "code", "scope": "write:statuses"}
    one = {"client_id": app["client_id"], "client_secret": app["client_secret"], "redirect_uri": oob}

    async def code(**changes: str) -> str:
        page = await http.post(f"{base}/oauth/authorize", data={**ask, "account": "news", **changes})
        found = re.search("<code>(.*)</code>", page.text)
        return found[1] if found else ""

    async def trade(code: str, **changes: str) -> httpx.Response:
        given = {**one, "grant_type": "authorization_code", "code": code, **changes}
        return await http.post(f"{base}/oauth/token", data=given)

    assert "<form" in (await http.get(f"{base}/oauth/authorize", params=ask)).text
    for wrong in (
        {"scope": "write"},
        {"redirect_uri": "https://x.dev"},
        {"client_id": "?"},
        {"response_type": "token"},
    ):
        assert (await http.get(f"{base}/oauth/authorize", params={**ask, **wrong})).status_code in {400, 401}
        assert not await code(**wrong)
    assert not await code(account="nobody")
    shown = await code()
    given = (await trade(shown)).json()
    assert given["scope"] == "write:statuses"
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert (await http.get(f"{base}/api/v1/accounts/verify_credentials", headers=headers)).status_code == 403
    assert (await http.post(f"{base}/api/v1/statuses", headers=headers, data={"status": "x"})).status_code == 200
    assert (await trade(shown)).status_code == 400
    assert (await trade(await code(), redirect_uri="https://x.dev")).status_code == 400
    late = await code()
    clock.advance(600)
    assert (await trade(late)).json() == {"error": "invalid_grant"}


async def test_a_server_that_is_not_mastodon(sandbox: Sandbox, client: Client, http: httpx.AsyncClient) -> None:
    quirks = Quirks(
        instance_v2=False,
        idempotency=False,
        ids="hex",
        rate_headers="none",
        max_characters=100_000,
        language="en",
        version="4.0.0",
        keeps_omitted=True,
    )
    sandbox.mastodon.add_server("other", quirks)
    sandbox.mastodon.add_account("other", "good-token", "news")
    one = client(server="other")
    with pytest.raises(MastodonNotFoundError):
        await run(one.instance)
    assert (await run(one.instance_v1)).configuration.statuses.max_characters == 100_000
    media = await run(one.media_post, JPEG, mime_type="image/jpeg", synchronous=False)
    assert str(media.id).endswith(".jpeg")
    posted = await run(one.status_post, "x" * 600, language="de", media_ids=[media.id], spoiler_text="War")
    assert (posted.language, len(str(posted.id))) == ("en", 24)
    edited = await run(one.status_update, posted.id, "y")
    assert (edited.spoiler_text, len(edited.media_attachments)) == ("War", 1)
    await run(one.status_post, "z")
    account = posted.account.id
    assert [each.id for each in await run(one.account_statuses, account, max_id=posted.id)] == []
    assert len(await run(one.account_statuses, account, since_id=posted.id)) == 1
    answer = await http.get("/mastodon/other/api/v1/instance")
    assert not any(name.startswith("x-ratelimit") for name in answer.headers)
    sandbox.mastodon.servers["other"].quirks.rate_headers = "epoch"
    answer = await http.get("/mastodon/other/api/v1/instance")
    assert answer.headers["x-ratelimit-reset"].isdecimal()
    sandbox.mastodon.servers["other"].quirks.instance_v1 = False
    with pytest.raises(MastodonAPIError):
        await run(one.instance_v1)


async def test_registering_on_first_use() -> None:
    sandbox = Sandbox(auto_register=True)
    secret = "a-real-token-perhaps"
    async with sandbox.serving() as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        for token in ("sandbox-german", secret):
            headers = {"Authorization": f"Bearer {token}"}
            answer = await http.post("/mastodon/new/api/v1/statuses", data={"status": "x"}, headers=headers)
            assert answer.status_code == 200
        names = [one.username for one in sandbox.mastodon.servers["new"].accounts.values()]
        assert names[0] == "german"
        assert names[1].startswith("account_")
        assert secret not in (await http.get("/sandbox/state")).text + repr(sandbox.journal)
        assert (await http.post("/mastodon/new/api/v1/statuses", data={"status": "x"})).status_code == 401
