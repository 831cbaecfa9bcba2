"""Stories, options and a rehearsal of Telegram for these tests."""

from __future__ import annotations

import os
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import (
    Entity,
    Link,
    Post,
    Question,
    Story,
    StoryImage,
    StorySource,
    StoryTopic,
    direction,
    language_name,
    phrase,
)
from newswire.sandbox import Sandbox
from newswire.sandbox.clock import VirtualClock
from newswire.testing.services import RehearsalServices
from newswire_telegram.kind import TelegramType
from newswire_telegram.options import TelegramAccountOptions, TelegramChannelOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.channel import TelegramChannel

HERE = Path(__file__).parent
TOKEN = "123456:AAH-the_secret_of_these_tests"
NEWS = -1001234567890
ARTICLES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((HERE / "articles").iterdir())}
"""Articles by language and name; their posts are in the style `full` unless they say otherwise."""
WRITTEN: dict[str, dict[str, Any]] = tomllib.loads((HERE / "stories.toml").read_text("utf-8")) | {
    f"{language}-{name}": {"style": "full", "language": language, "url": f"https://news.example/{language}/{name}"}
    | told
    for language, articles in ARTICLES.items()
    for name, told in articles.items()
}
OPTIONS = ("style", "buttons", "template", "preview", "hashtags", "text_above")


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
    """One of the stories of stories.toml, or of the folder of articles."""
    told: dict[str, Any] = {key: value for key, value in WRITTEN[name].items() if key not in OPTIONS}
    reader = told.get("reader_language", told["language"])
    for key, phrase_key in (("notice_of_body", "body_only_in"), ("notice_of_all", "only_in")):
        if key in told:
            told["notice"] = phrase(phrase_key, reader, language=language_name(told.pop(key), reader))
    told["topics"] = tuple(StoryTopic(slug, label, label) for slug, label in told.get("topics", ()))
    if "source" in told:
        name, address = told["source"]
        told["source"] = StorySource(name, address, "source")
    if "image" in told:
        told["image"] = StoryImage(told["image"][0], told["image"][1], "image/jpeg", 0)
    told["related"] = tuple(Link(*link) for link in told.get("related", ()))
    told["alternates"] = tuple(Link(title, address, "en") for title, address in told.get("alternates", ()))
    told["questions"] = tuple(Question(question=asked, answer=answer) for asked, answer in told.get("questions", ()))
    told["questions_language"] = told["language"]
    for key in ("authors", "translators"):
        told[key] = tuple(told.get(key, ()))
    if told.pop("updated", False):
        told["updated"] = datetime(2026, 5, 4, 9, tzinfo=UTC)
    if "body" in told:
        told["body"] = told["body"] * told.pop("repeat", 1)
        told["body_url"] = told["url"]
    return make_story(**told)


def written_options(name: str) -> TelegramChannelOptions:
    """The options of the channel that one of the stories is for."""
    told = {key: value for key, value in WRITTEN[name].items() if key in OPTIONS}
    return TelegramChannelOptions.model_validate({"chat": NEWS} | told)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "written" in metafunc.fixturenames:
        metafunc.parametrize("written", list(WRITTEN), indirect=True)


@pytest.fixture
def written(request: pytest.FixtureRequest) -> tuple[str, Story, TelegramChannelOptions]:
    return request.param, written_story(request.param), written_options(request.param)


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


MARKS = {
    "bold": ("**", "**"),
    "italic": ("_", "_"),
    "underline": ("__", "__"),
    "strikethrough": ("~~", "~~"),
    "code": ("`", "`"),
    "hashtag": ("{", "}"),
    "quote": ("⟦", "⟧"),
    "expandable_quote": ("⟦▾", "⟧"),
}
UNSEEN = {"\u200e": "⟨LRM⟩", "\u200f": "⟨RLM⟩", "\u2003": "⟨EM⟩"}


def render(post: Post) -> str:
    """A post as it can be read in a golden file.

    Marks are ``**bold**``, ``_italic_``, ``[words](address)``, ``{#tag}``, ``⟦quote⟧``, ``⟦▾quote that opens⟧``, and
    code in backticks; what cannot be seen is named.
    """
    put: list[tuple[int, int, int, str]] = []
    for number, entity in enumerate(post.entities):
        begin, end = MARKS.get(entity.kind, ("[", f"]({entity.value})"))
        if entity.kind == "pre":
            begin, end = f"```{entity.value or ''}\n", "\n```"
        put.append((entity.offset, 1, number, begin))
        put.append((entity.offset + entity.length, 0, -number, end))
    text, pieces, last = post.text, [], 0
    for place, _, _, mark in sorted(put):
        pieces += [text[last:place], mark]
        last = place
    text = "".join((*pieces, text[last:]))
    for sign, name in UNSEEN.items():
        text = text.replace(sign, name)
    told = {"language": post.language, **post.details} | ({"picture": post.media[0]} if post.media else {})
    short = told.pop("caption", None)
    head = "".join(f"{key}: {value}\n" for key, value in told.items() if key not in {"kind", "rich"})
    whole = f"kind: {post.details['kind']}\n{head}\n{text}\n"
    if isinstance(short, dict):
        entities = tuple(Entity(**entity) for entity in short["entities"])
        caption = render(
            Post(text=short["text"], entities=entities, language=post.language, details={"kind": "caption"})
        )
        whole += f"\n===\n\n{caption}"
    rich = told.get("rich")
    if isinstance(rich, dict):
        whole += f"\n=== rich, is_rtl: {rich['is_rtl']}\n\n" + str(rich["html"]).replace("><", ">\n<") + "\n"
    return whole


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
def services(clock: VirtualClock) -> RehearsalServices:
    """What the room offers, at the rehearsal's time."""
    return RehearsalServices(clock=lambda: datetime.fromtimestamp(clock(), UTC))


@pytest.fixture
async def connect(
    sandbox: tuple[Sandbox, str], services: RehearsalServices
) -> AsyncIterator[Callable[..., TelegramAccount]]:
    """Connects accounts to the rehearsal; they are closed at the end."""
    opened: list[TelegramAccount] = []

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
