"""The preview's page treats all that it shows as hostile, and what a plugin does wrong stops no other channel."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types

from newswire.api import (
    Account,
    Appearance,
    Channel,
    ChannelType,
    Entity,
    LinkButton,
    LinkCard,
    Media,
    Options,
    Post,
    Receipt,
    appearance_of,
)
from newswire.preview import Preview, Subject, page, previews
from newswire.store import articles
from newswire.testing import RehearsalRoom, RehearsedAccount, RehearsedChannel, an_edition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newswire.api import Services, Story
    from newswire.store.articles import StoredArticle

lxml_html: Any = importlib.import_module("lxml.html")  # it has no types

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = "--no-sandbox --disable-gpu --disable-background-networking --no-first-run".split()
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
NOW_WHERE = "javascript:alert(3)"


class PlainOptions(Options):
    """How the plugin fails, if it does."""

    fails: str = ""


class PlainAccount(Account):
    """Nothing."""


class PlainChannel(Channel):
    """A channel of a plugin that says nothing of looks."""

    def __init__(self, options: PlainOptions) -> None:
        self.options = options

    def compose(self, story: Story) -> Post:
        if self.options.fails == "compose":
            raise RuntimeError("no words")
        picture = (Media("https://news.example/a.jpg", "A boat"),) if story.article_id == "seen" else ()
        text = f"{story.title} {HOSTILE}"
        return Post(text=text, language="en", entities=(Entity("bold", 0, 3),), media=picture, link=story.url)

    def appearances(self, post: Post) -> Sequence[Appearance]:
        if self.options.fails == "appearances":
            raise SystemExit(3)
        return super().appearances(post)

    async def post(self, post: Post, *, key: str) -> Receipt:
        raise NotImplementedError


class PlainType(ChannelType[PlainOptions, PlainOptions, PlainAccount]):
    """A plugin of somebody else's."""

    kind = "plain"
    account_options = PlainOptions
    channel_options = PlainOptions

    def connect(self, name: str, options: PlainOptions, services: Services) -> PlainAccount:
        del name, options, services
        return PlainAccount()

    def open(self, account: PlainAccount, options: PlainOptions) -> PlainChannel:
        del account
        if options.fails == "open":
            raise LookupError("no such place")
        return PlainChannel(options)


@pytest.fixture
async def room() -> Any:
    ways = ("", "open", "compose", "appearances")
    channels = tuple(RehearsedChannel(name=f"channel{way}", options={"fails": way}) for way in ways)
    async with RehearsalRoom(RehearsedAccount(type=PlainType(), channels=channels)) as opened:
        yield opened


def looked_at(room: Any, article: StoredArticle) -> list[Preview]:
    inner = room._room
    with inner.store.read() as connection:
        return previews(connection, inner.config, inner.services, Subject(article), inner.config.channels)


async def test_what_a_plugin_does_wrong_stops_no_other_channel(room: RehearsalRoom) -> None:
    stored = room.publish("a").article
    found = {one.channel: one for one in looked_at(room, stored)}
    assert {name: one.failure for name, one in found.items()} == {
        "channel": None,
        "channelopen": "LookupError: no such place",
        "channelcompose": "the formatter failed: RuntimeError: no words",
        "channelappearances": "the plugin cannot say how it looks: SystemExit: 3",
    }
    assert all(one.matches for one in found.values())
    assert found["channelappearances"].post == found["channel"].post
    shown = lxml_html.fromstring(page(Subject(stored), list(found.values())))
    assert len(shown.xpath("//main//article")) == 1
    assert len(shown.xpath("//p[@class='failed']")) == 3


async def test_a_plugin_that_says_nothing_of_looks_is_shown_all_the_same(room: RehearsalRoom) -> None:
    with_picture, with_card = (looked_at(room, room.publish(key).article)[0].appearances[0] for key in ("seen", "a"))
    assert (len(with_picture.media), with_picture.card) == (1, None)
    assert (with_card.media, with_card.card) == ((), LinkCard(url="https://news.example.org/en/a"))


def hostile() -> Appearance:
    """All that an appearance can say, said by somebody who means no good."""
    return Appearance(
        text=HOSTILE,
        language='en"><script>',
        entities=(
            Entity("link", 0, 8, NOW_WHERE),
            Entity("bold", 3, 20),
            Entity("link", 30, 5, 'https://a.example/"onclick="alert(4)'),
            Entity(HOSTILE, 36, 2, HOSTILE),
            Entity("italic", 40, 4000),
            Entity("italic", -4, 2),
        ),
        media=(
            Media('https://a.example/"onerror="alert(5)', HOSTILE),
            Media("http://a.example/plain.jpg", "plain"),
            Media(NOW_WHERE, "script"),
            Media("file:///etc/passwd", "file"),
        ),
        card=LinkCard(url='https://a.example/"><script>'),
        buttons=((LinkButton(HOSTILE, NOW_WHERE), LinkButton("there", "https://a.example/")),),
        warning=HOSTILE,
        notes=(HOSTILE,),
    )


async def test_hostile_words_are_only_words(room: RehearsalRoom) -> None:
    stored = room.publish("a", editions=[an_edition("en", "a", title=HOSTILE)]).article
    rich = Appearance(
        text="x",
        language="en",
        html=f"<p onclick='alert(1)'>{HOSTILE}<a href='{NOW_WHERE}'>a</a><iframe src='https://a.example'></iframe>"
        "<img src='http://a.example/plain.jpg'><img src='https://a.example/a.jpg' onload='alert(1)' alt='A'></p>",
    )
    said = Preview(
        channel=HOSTILE,
        kind='plain"><script>',
        address=NOW_WHERE,
        enabled=True,
        matches=True,
        because=HOSTILE,
        appearances=(hostile(), rich),
        failure=HOSTILE,
        difference=(f"- {HOSTILE}", f"+ {HOSTILE}", f"  {HOSTILE}"),
    )
    other = Preview(channel=HOSTILE, kind="plain", address=None, enabled=False, matches=False, because=HOSTILE)
    written = page(Subject(stored), [said, other])
    tree = lxml_html.fromstring(written)
    assert tree.xpath("//script | //iframe | //object | //form | //base") == []
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
    leads_to = [address for address in tree.xpath("//@href") if not address.startswith("#")]
    assert {address.split(":")[0] for address in leads_to} == {"https", "data"}
    assert [address for address in tree.xpath("//img/@src") if not address.startswith("https://a.example/")] == []
    assert len(tree.xpath("//img[@src]")) == 2
    assert tree.xpath("string(//h1)") == HOSTILE
    assert tree.xpath("string(//div[@class='body'])") == HOSTILE
    policy = tree.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src https: data:")


async def test_a_digest_is_previewed_on_its_channel() -> None:
    channels = (RehearsedChannel(name="hourly", digest="hourly"), RehearsedChannel(name="other"))
    async with RehearsalRoom(RehearsedAccount(type=PlainType(), channels=channels)) as room:
        for key in ("a", "b"):
            room.publish(key)
        room.forward(hours=1)
        await room.deliver()
        digest = room.delivery("a", "hourly").within
        assert digest is not None
        with room._room.store.read() as connection:
            stored = articles.load(connection, digest)
        assert stored is not None
        hourly, other = looked_at(room, stored)
    assert hourly.post is not None
    assert (hourly.matches, other.matches) == (True, False)
    assert other.because == "it is a digest for hourly"


async def test_nobody_would_post_it(room: RehearsalRoom) -> None:
    room.publish("a")
    withdrawn = room.withdraw("a").article
    found = looked_at(room, withdrawn)
    assert {one.because for one in found} == {"the article is withdrawn"}
    assert "No channel would post it." in page(Subject(withdrawn), found)


def test_an_appearance_of_any_post() -> None:
    post = Post(text="Words", language="de")
    assert appearance_of(post) == Appearance(text="Words", language="de")


@pytest.fixture
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium (apt install chromium)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where there is a browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A page with all that it can have."""
    import asyncio  # noqa: PLC0415  # the browser's own loop must not be under way yet

    async def make() -> str:
        async with RehearsalRoom(RehearsedAccount(type=PlainType())) as room:
            stored = room.publish("a").article
            (plain,) = looked_at(room, stored)
        arabic = Appearance(
            text="كلمات\nwith English words",
            language="ar",
            direction="rtl",
            entities=(Entity("link", 0, 5, "https://news.example/ar"),),
            media=(Media("http://news.example/plain.jpg", "A boat"),),
            buttons=((LinkButton("أكثر", "https://news.example/ar"), LinkButton("Source", "https://a.example/")),),
            warning="Careful",
            length=20,
            longest=500,
        )
        said = Preview(
            channel="mastodon-ar",
            kind="mastodon",
            address="https://social.example/@news",
            enabled=True,
            matches=True,
            because="the ar edition is there",
            appearances=(arabic, appearance_of(Post(text="A reply", language="en"))),
            difference=("- before", "+ after", "  both"),
        )
        other = Preview(channel="no", kind="plain", address=None, enabled=False, matches=False, because="topics: no")
        return page(Subject(stored), [plain, said, other])

    path = tmp_path / "page.html"
    path.write_text(asyncio.run(make()), "utf-8")
    return path


def test_a_browser_shows_it_by_day_and_by_night_and_asks_for_nothing(written: Path, browser: Any) -> None:
    backgrounds = set()
    for scheme in ("light", "dark"):
        shown = browser.new_page(viewport={"width": 1100, "height": 900}, color_scheme=scheme)
        asked: list[str] = []
        complaints: list[str] = []
        shown.on("request", lambda request, asked=asked: asked.append(request.url))
        shown.on("console", lambda message, complaints=complaints: complaints.append(message.text))
        shown.goto(written.as_uri())
        assert (asked, complaints) == ([written.as_uri()], [])
        shown.locator("details.warning summary").click()
        assert shown.locator("details.warning .body").evaluate("e => getComputedStyle(e).direction") == "rtl"
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
        backgrounds.add(shown.evaluate("getComputedStyle(document.body).backgroundColor"))
        report = Axe().run(shown)
        assert report.violations_count == 0, report.generate_report()
        shown.close()
    assert len(backgrounds) == 2
