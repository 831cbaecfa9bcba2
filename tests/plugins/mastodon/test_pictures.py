"""Pictures: fetched with care, uploaded with what they show, waited for, kept by edits; never at the cost of a post."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from newswire.api import AccountRefused, Rejected, Retry, StoryImage
from newswire.sandbox import Fault, Quirks, Sandbox
from newswire_mastodon import pictures as module
from newswire_mastodon.fetching import NoPicture, fetch, kind_of
from newswire_mastodon.formatter import described
from newswire_mastodon.limits import Limits

MEDIA = "/api/v2/media"


@pytest.fixture
def newsroom(connect: Any, server: str, shelf: Any) -> Any:
    """A channel in the style `image`, whose site's own pictures lie on the shelf."""
    _, channel = connect(server, style="image")
    trust(channel, shelf)
    return channel


def trust(channel: Any, shelf: Any) -> None:
    channel._account.pictures._trusted = {shelf("/").split("/")[2]}


def picture(url: str, alt: str = "Ein roter Punkt", focus: tuple[float, float] = (0.25, -0.5)) -> StoryImage:
    return StoryImage(url, alt, "image/png", 0, focus)


async def test_a_picture_goes_with_the_post(
    newsroom: Any, sandbox: Sandbox, shelf: Any, make_story: Any, png: bytes
) -> None:
    story = make_story(language="de", image=picture(shelf("/a.png")))
    post = newsroom.compose(story)
    receipt = await newsroom.post(post, key="k")
    (status,) = sandbox.mastodon.statuses("main")
    (media,) = sandbox.mastodon.servers["main"].media.values()
    assert status.now.media == (media.id,)
    assert (media.content, media.media_type, media.description) == (png, "image/png", "Ein roter Punkt")
    assert media.focus == (0.25, -0.5)
    assert receipt.details["pictures"] == [
        {"id": media.id, "url": story.image.url, "alt": "Ein roter Punkt", "focus": [0.25, -0.5]}
    ]
    # An edit names it again; no second upload.
    corrected = newsroom.compose(make_story(language="de", title="Berichtigt", image=story.image))
    edited = await newsroom.edit(receipt, corrected)
    assert (status.now.media, status.now.text) == ((media.id,), corrected.text)
    assert edited.details["pictures"] == receipt.details["pictures"]
    # What it shows, and what must stay in sight, can be corrected.
    told = newsroom.compose(make_story(language="de", image=picture(story.image.url, "Zwei rote Punkte", (0, 1))))
    assert told.digest() != corrected.digest()
    edited = await newsroom.edit(edited, told)
    assert (status.now.media, status.now.descriptions) == ((media.id,), ("Zwei rote Punkte",))
    assert media.focus == (0, 1)
    # Another picture takes its place.
    other = newsroom.compose(make_story(language="de", image=picture(shelf("/b.png"))))
    edited = await newsroom.edit(edited, other)
    assert len(sandbox.mastodon.servers["main"].media) == 2
    assert status.now.media == (edited.details["pictures"][0]["id"],) != (media.id,)
    # And none at all.
    edited = await newsroom.edit(edited, newsroom.compose(make_story(language="de")))
    assert not status.now.media
    assert edited.details["pictures"] == []
    assert len(sandbox.journal.calls("POST", path=MEDIA)) == 2


async def test_a_card_has_no_picture(connect: Any, make_story: Any) -> None:
    _, channel = connect("https://a.dev")
    assert channel.compose(make_story(image=picture("https://a.dev/x.png"))).media == ()


async def test_the_server_works_on_a_picture(newsroom: Any, sandbox: Sandbox, shelf: Any, make_story: Any) -> None:
    sandbox.mastodon.servers["main"].quirks.media_polls = 2
    post = newsroom.compose(make_story(image=picture(shelf("/a.png"))))
    await newsroom.post(post, key="k")
    (status,) = sandbox.mastodon.statuses("main")
    assert len(status.now.media) == 1


async def test_a_server_that_takes_too_long_is_waited_for_once_more(
    newsroom: Any, sandbox: Sandbox, shelf: Any, make_story: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.mastodon.servers["main"].quirks.media_polls = 1000
    newsroom._account.pictures._patience = timedelta(seconds=0.3)
    post = newsroom.compose(make_story(image=picture(shelf("/a.png"))))
    with pytest.raises(Retry, match="still working") as raised:
        await newsroom.post(post, key="k")
    assert raised.value.after == module.WAIT
    with caplog.at_level(logging.WARNING):
        receipt = await newsroom.post(post, key="k")
    assert "still working" in caplog.text
    assert len(sandbox.mastodon.servers["main"].media) == 1, "it is uploaded once"
    assert sandbox.mastodon.statuses("main")[0].now.media == ()
    # With the next correction it is tried again.
    sandbox.mastodon.servers["main"].quirks.media_polls = 0
    await newsroom.edit(receipt, newsroom.compose(make_story(title="Later", image=picture(shelf("/a.png")))))
    assert len(sandbox.mastodon.statuses("main")[0].now.media) == 1


async def test_an_upload_survives_a_post_that_fails(
    newsroom: Any, sandbox: Sandbox, shelf: Any, make_story: Any
) -> None:
    post = newsroom.compose(make_story(image=picture(shelf("/a.png"))))
    sandbox.faults.add(Fault(effect="rate_limit", method="POST", path="/api/v1/statuses", retry_after=0))
    with pytest.raises(Exception, match="429"):
        await newsroom.post(post, key="k")
    newsroom._account.governor._other_until = 0
    await newsroom.post(post, key="k")
    assert len(sandbox.journal.calls("POST", path=MEDIA)) == 1
    assert len(sandbox.mastodon.statuses("main")[0].now.media) == 1


GOES_WITHOUT = {
    "the server is down for pictures": Fault(effect="status", status=503, path=MEDIA, count=None),
    "uploads are cut": Fault(effect="cut", path=MEDIA, count=None),
    "it takes none from this token": Fault(effect="status", status=403, path=MEDIA, count=None),
    "it says the file is broken": Fault(effect="status", status=422, path=MEDIA, count=None),
    "an answer without an id": Fault(effect="status", status=200, path=MEDIA, count=None, body={"type": "image"}),
}  # fmt: skip


@pytest.mark.parametrize("fault", GOES_WITHOUT.values(), ids=GOES_WITHOUT)
async def test_what_the_server_does_not_take_is_left_out(
    newsroom: Any, sandbox: Sandbox, shelf: Any, make_story: Any, fault: Fault
) -> None:
    sandbox.faults.add(fault)
    post = newsroom.compose(make_story(image=picture(shelf("/a.png"))))
    waits: list[Any] = [None]
    while waits[-1] is not True:
        try:
            await newsroom.post(post, key="k")
        except Retry as outcome:
            waits.append(outcome.after)
        else:
            waits.append(True)
    assert waits in ([None, True], [None, module.WAIT, True])
    assert sandbox.mastodon.texts("main") == [post.text]


async def test_a_failed_conversion(newsroom: Any, sandbox: Sandbox, shelf: Any, make_story: Any) -> None:
    sandbox.mastodon.servers["main"].quirks.media_polls = 1
    sandbox.mastodon.servers["main"].quirks.media_fails = True
    post = newsroom.compose(make_story(image=picture(shelf("/a.png"))))
    await newsroom.post(post, key="k")
    assert sandbox.mastodon.statuses("main")[0].now.media == ()


async def test_thirty_uploads_in_half_an_hour(newsroom: Any, sandbox: Sandbox, shelf: Any, make_story: Any) -> None:
    for number in range(32):
        post = newsroom.compose(make_story(image=picture(shelf(f"/{number}.png"))))
        await newsroom.post(post, key=str(number))
    uploads = [one for one in sandbox.journal.received if one.path == MEDIA]
    with_picture = [one for one in sandbox.mastodon.statuses("main") if one.now.media]
    assert (len(uploads), len(with_picture), len(sandbox.mastodon.texts("main"))) == (30, 30, 32)


async def test_a_wrong_token_is_the_accounts_problem(connect: Any, server: str, shelf: Any, make_story: Any) -> None:
    _, channel = connect(server, token="wrong", style="image")
    trust(channel, shelf)
    with pytest.raises(AccountRefused):
        await channel.post(channel.compose(make_story(image=picture(shelf("/a.png")))), key="k")


async def test_a_post_refused_with_its_pictures_is_tried_with_new_ones_and_then_given_up(
    newsroom: Any, sandbox: Sandbox, shelf: Any, make_story: Any
) -> None:
    sandbox.faults.add(Fault(effect="status", status=422, path="/api/v1/statuses", count=None))
    post = newsroom.compose(make_story(image=picture(shelf("/a.png"))))
    with pytest.raises(Retry, match="422"):
        await newsroom.post(post, key="k")
    with pytest.raises(Rejected, match="422"):
        await newsroom.post(post, key="k")
    assert len(sandbox.journal.calls("POST", path=MEDIA)) == 2


async def test_other_servers_have_other_ids_and_answers(
    sandbox: Sandbox, shelf: Any, connect: Any, make_story: Any
) -> None:
    quirks = Quirks(
        ids="hex", idempotency=False, rate_headers="none", instance_v2=False, version="4.2.1", language="en"
    )
    sandbox.mastodon.add_server("other", quirks)
    sandbox.mastodon.add_account("other", "token-of-the-newsroom", "news")
    async with sandbox.serving() as url:
        account, channel = connect(f"{url}/mastodon/other", style="image")
        trust(channel, shelf)
        await account.start()
        receipt = await channel.post(channel.compose(make_story(image=picture(shelf("/a.png")))), key="k")
        assert receipt.details["pictures"][0]["id"].endswith(".png")
        await channel.edit(receipt, channel.compose(make_story(title="Other", image=picture(shelf("/a.png")))))
        assert len(sandbox.mastodon.statuses("other")[0].now.media) == 1


async def test_a_post_found_on_the_server_keeps_its_picture(
    newsroom: Any, sandbox: Sandbox, shelf: Any, make_story: Any
) -> None:
    story = make_story(image=picture(shelf("/a.png")))
    await newsroom.post(newsroom.compose(story), key="k")
    found = await newsroom.find(newsroom.compose(story))
    assert "pictures" not in found.details
    edited = await newsroom.edit(found, newsroom.compose(make_story(title="Other", image=story.image)))
    edited = await newsroom.edit(edited, newsroom.compose(make_story(title="Third", image=story.image)))
    (status,) = sandbox.mastodon.statuses("main")
    assert (len(status.now.media), edited.details["media_ids"]) == (1, [*status.now.media])


async def test_what_it_shows_is_cut_to_what_the_server_takes(connect: Any, make_story: Any) -> None:
    _, channel = connect("https://a.dev", style="image")
    for alt in ("word " * 1000, "👨‍👩‍👧‍👦" * 1000, "क्षत्रिय" * 700):
        post = channel.compose(make_story(image=picture("https://a.dev/x.png", alt)))
        (media,) = post.media
        assert 1400 < len(media.alt) <= 1500
        assert media.alt.endswith("…")
        assert alt.startswith(media.alt.removesuffix("…"))
    assert described("short", 1500) == "short"
    assert Limits(description=100).description == 100


# Fetching.


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0 jpeg", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x20ftypavif", "image/avif"),
        (b"\0\0\0\x20ftypheic", "image/heic"),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_bytes(content: bytes, kind: str | None) -> None:
    assert kind_of(content) == kind


async def fetched(url: str, shelf: Any, most: int = 10_000) -> Any:
    return await fetch(url, most=most, trusted={shelf("/").split("/")[2]})


async def test_fetching(shelf: Any, png: bytes) -> None:
    found = await fetched(shelf("/a.png", Content_Type="text/html"), shelf)
    assert (found.content, found.type) == (png, "image/png")
    shelf("/moved", b"", status=302, Location="/a.png")
    assert (await fetched(shelf("/twice", b"", status=301, Location="moved"), shelf)).content == png


async def test_what_is_no_picture(shelf: Any) -> None:
    cases = {
        shelf("/gone", b"", status=410): ("410", False),
        shelf("/busy", b"", status=503): ("503", True),
        shelf("/slow-down", b"", status=429): ("429", True),
        shelf("/page", b"<html>hello</html>"): ("no picture", False),
        shelf("/loop", b"", status=302, Location="/loop"): ("redirects", False),
        shelf("/away", b"", status=302, Location="file:///etc/passwd"): ("may not be asked", False),
        "http://127.0.0.1:1/x.png": ("not public", False),
        "http://[::1]:9/x.png": ("not public", False),
        "http://nobody.invalid/x.png": ("could not be fetched", True),
        "http://[/x.png": ("no web address", False),
    }
    for url, (words, later) in cases.items():
        with pytest.raises(NoPicture, match=words) as raised:
            await fetched(url, shelf)
        assert raised.value.later is later, url


async def test_too_large(shelf: Any, png: bytes) -> None:
    large = shelf("/large.png", png + b"\0" * 200_000)
    with pytest.raises(NoPicture, match="more than 10,000 bytes"):
        await fetched(large, shelf)
    unsaid = shelf("/unsaid.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 200_000, Content_Length="", Transfer_Encoding="")
    with pytest.raises(NoPicture):
        await fetched(unsaid, shelf)


async def test_nothing_is_fetched_from_a_private_network(
    shelf: Any, server: str, sandbox: Sandbox, connect: Any, make_story: Any
) -> None:
    """Neither by its address, nor by a name or a redirect that leads there."""
    _, channel = connect(server, style="image")
    address = shelf("/a.png")
    for url in (address, address.replace("127.0.0.1", "localhost"), "http://169.254.169.254/latest/meta-data"):
        with pytest.raises(NoPicture, match="not public"):
            await fetch(url, most=1000)
        await channel.post(channel.compose(make_story(url=f"https://a.dev/{len(url)}", image=picture(url))), key=url)
    assert len(sandbox.mastodon.texts("main")) == 3
    assert sandbox.journal.calls("POST", path=MEDIA) == []
