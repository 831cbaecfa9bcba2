"""Stories, options and a rehearsal of Telegram for these tests."""

from __future__ import annotations

import os
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from newswire.api import Link, Services, Story, StorySource, StoryTopic, direction, language_name, phrase
from newswire.sandbox import Sandbox
from newswire.sandbox.clock import VirtualClock
from newswire_telegram.kind import TelegramType
from newswire_telegram.options import TelegramAccountOptions, TelegramChannelOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from newswire.api import Post
    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.channel import TelegramChannel

HERE = Path(__file__).parent
TOKEN = "123456:AAH-the_secret_of_these_tests"
NEWS = -1001234567890
WRITTEN = tomllib.loads((HERE / "stories.toml").read_text("utf-8"))


def make_story(**changes: Any) -> Story:
    """A story by hand; whatever is not told is plain."""
    language = changes.get("language", "en")
    reader = changes.get("reader_language", language)
    told: dict[str, Any] = {
        "article_id": "a1",
        "rev": 1,
        "reader_language": reader,
        "language": language,
        "direction": direction(language),
        "title": "A title",
        "summary": "A summary.",
        "url": "https://news.example/a1",
        "body": None,
        "body_format": "markdown",
        "body_language": language,
        "body_direction": direction(language),
        "body_url": "https://news.example/a1",
        "notice": None,
        "topics": (),
        "source": None,
        "authors": (),
        "translators": (),
        "image": None,
        "questions": (),
        "questions_language": "en",
        "related": (Link("Another", "https://news.example/a2", language),),
        "alternates": (),
        "published": datetime(2026, 5, 1, 9, tzinfo=UTC),
        "updated": datetime(2026, 5, 1, 9, tzinfo=UTC),
        "urgent": False,
    }
    return Story(**(told | changes))


def written_story(name: str) -> Story:
    """One of the stories of stories.toml."""
    told: dict[str, Any] = dict(WRITTEN[name])
    reader = told.get("reader_language", told["language"])
    for key, phrase_key in (("notice_of_body", "body_only_in"), ("notice_of_all", "only_in")):
        if key in told:
            told["notice"] = phrase(phrase_key, reader, language=language_name(told.pop(key), reader))
    told["topics"] = tuple(StoryTopic(slug, label, label) for slug, label in told["topics"])
    if "source" in told:
        name, address = told["source"]
        told["source"] = StorySource(name, address, "source")
    return make_story(**told)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "written" in metafunc.fixturenames:
        metafunc.parametrize("written", list(WRITTEN), indirect=True)


@pytest.fixture
def written(request: pytest.FixtureRequest) -> tuple[str, Story]:
    return request.param, written_story(request.param)


@pytest.fixture(scope="session")
def written_names() -> set[str]:
    return set(WRITTEN)


@pytest.fixture(scope="session")
def golden_names() -> set[str]:
    return {path.stem for path in (HERE / "golden").iterdir()}


@pytest.fixture(scope="session")
def story() -> Callable[..., Story]:
    return make_story


@pytest.fixture(scope="session")
def options() -> Callable[..., TelegramChannelOptions]:
    return lambda **given: TelegramChannelOptions.model_validate({"chat": NEWS} | given)


@pytest.fixture(scope="session")
def rendered() -> Callable[[Post], str]:
    return render


def render(post: Post) -> str:
    """A post as it can be read in a golden file: ``**bold**``, ``_italic_``, ``[words](address)``, ``{#tag}``."""
    marks = {"bold": ("**", "**"), "italic": ("_", "_"), "hashtag": ("{", "}")}
    put: list[tuple[int, int, str]] = []
    for entity in post.entities:
        begin, end = marks.get(entity.kind, ("[", f"]({entity.value})"))
        put += [(entity.offset, 1, begin), (entity.offset + entity.length, 0, end)]
    text = post.text
    for place, _, mark in sorted(put, reverse=True):
        text = text[:place] + mark + text[place:]
    return f"language: {post.language}\npreview: {post.details['preview']}\n\n{text}\n"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares with a golden file; ``NEWSWIRE_UPDATE_GOLDEN=1`` writes it anew."""

    def compare(name: str, content: str) -> None:
        path = HERE / "golden" / f"{name}.txt"
        if os.environ.get("NEWSWIRE_UPDATE_GOLDEN"):
            path.write_text(content, "utf-8")
        assert content == path.read_text("utf-8")

    return compare


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def sandbox(clock: VirtualClock) -> AsyncIterator[tuple[Sandbox, str]]:
    """A rehearsal of Telegram with one bot and one channel, and the address of its Bot API."""
    sandbox = Sandbox(clock=clock)
    sandbox.telegram.add_bot(TOKEN, username="news_bot")
    sandbox.telegram.add_chat(NEWS, "channel", title="News")
    async with sandbox.serving() as address:
        yield sandbox, f"{address}/telegram"


@pytest.fixture
async def connect(sandbox: tuple[Sandbox, str], clock: VirtualClock) -> AsyncIterator[Callable[..., TelegramAccount]]:
    """Connects accounts to the rehearsal; they are closed at the end."""
    opened: list[TelegramAccount] = []
    services = cast("Services", SimpleNamespace(clock=lambda: datetime.fromtimestamp(clock(), UTC)))

    def connected(**given: Any) -> TelegramAccount:
        options = TelegramAccountOptions.model_validate({"token": TOKEN, "api_url": sandbox[1]} | given)
        opened.append(TelegramType().connect("bot", options, services))
        return opened[-1]

    yield connected
    for account in opened:
        await account.aclose()


@pytest.fixture
def open_channel(connect: Callable[..., TelegramAccount]) -> Callable[..., TelegramChannel]:
    """Opens a channel of a fresh account, or of the one given."""

    def opened(account: TelegramAccount | None = None, **given: Any) -> TelegramChannel:
        options = TelegramChannelOptions.model_validate({"chat": NEWS} | given)
        return TelegramType().open(account or connect(), options)

    return opened
