"""Twenty-four hours of a site: at the end every channel and every feed shows exactly what it should.

A hundred articles in a dozen languages come by the HTTP API, as files and from a feed of others, whose server is out
for hours; translations arrive late, articles are corrected and withdrawn, platforms limit, fail and lose answers, the
process dies. What should be shown is worked out
here from what the newsroom did, without any of newswire's code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from newswire.sandbox import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "pl", "ru", "ar", "hi", "ja", "zh-Hans")
STEP = timedelta(minutes=10)
STEPS = 144
ARTICLES = 100
OUT = frozenset({*range(20, 32), *range(90, 96), *range(140, 144)})
"""When the server of others is out."""
_MARK = re.compile(r"Story (\d+) version (\d+) in ([\w-]+)")
Mark = tuple[str, str, str]


@dataclass
class Piece:
    """An article as the newsroom knows it."""

    key: int
    original: str
    comes: str
    """By ``api``, ``file`` or ``feed``."""
    topics: set[str]
    editions: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """By language: which version it is, and whether it has its body."""
    withdrawn: bool = False

    @property
    def name(self) -> str:
        return f"story-{self.key}"

    def title(self, language: str) -> str:
        return f"Story {self.key} version {self.editions[language][0]} in {language}"

    def write(self, folder: Path) -> None:
        """Writes every edition as a file."""
        for language, (_, whole) in self.editions.items():
            body = f"The text of {self.key} in {language}.\n" if whole else ""
            topics = ", ".join(sorted(self.topics))
            text = (
                f"---\ntitle: {self.title(language)}\nsummary: What {self.key} is about.\ntopics: [{topics}]\n"
                f"language: {language}\noriginal: {self.original}\n---\n{body}"
            )
            (folder / "articles" / language / f"{self.name}.md").write_text(text, "utf-8")

    def as_json(self) -> dict[str, Any]:
        return {
            "original_language": self.original,
            "topics": sorted(self.topics),
            "editions": [
                {
                    "language": language,
                    "title": self.title(language),
                    "summary": f"What {self.key} is about.",
                    "body": f"The text of {self.key} in {language}." if whole else None,
                    "url": f"https://news.example/{language}/{self.name}/",
                }
                for language, (_, whole) in self.editions.items()
            ],
        }


class Newsroom:
    """What editors do in a day, by chance."""

    def __init__(self, day: Any, chance: Random) -> None:
        self.day = day
        self.chance = chance
        self.pieces: list[Piece] = []
        self.written = False
        """Whether there are files that were not read yet."""

    @property
    def live(self) -> list[Piece]:
        return [piece for piece in self.pieces if not piece.withdrawn]

    async def publish(self) -> None:
        chance = self.chance
        comes = chance.choice(["api", "api", "file", "file", "feed"])
        # Files name no original language: it is the site's where there is such an edition.
        original = "en" if comes == "file" else chance.choice(LANGUAGES)
        topics = {"t1"} if comes == "feed" else set(chance.sample(["t0", "t1", "t2", "t3", "t4", "t5"], 2))
        piece = Piece(len(self.pieces), original, comes, topics)
        piece.editions[original] = (1, comes != "feed")
        for language in chance.sample(LANGUAGES, chance.randrange(6) if comes != "feed" else 0):
            piece.editions.setdefault(language, (1, chance.random() < 0.4))
        self.pieces.append(piece)
        await self.bring(piece)

    async def translate(self, piece: Piece) -> None:
        """A translation arrives: of title and summary, or of all."""
        if piece.comes == "feed":
            return
        language = self.chance.choice([tag for tag in LANGUAGES if tag != piece.original])
        version, whole = piece.editions.get(language, (1, False))
        piece.editions[language] = (version, whole or self.chance.random() < 0.7)
        await self.bring(piece)

    async def correct(self, piece: Piece) -> None:
        language = self.chance.choice(sorted(piece.editions))
        version, whole = piece.editions[language]
        piece.editions[language] = (version + 1, whole)
        await self.bring(piece)

    async def bring(self, piece: Piece) -> None:
        if piece.comes == "file":
            piece.write(self.day.folder)
            self.written = True
            return
        if piece.comes == "feed":
            self.day.upstream.items[piece.key] = (piece.original, piece.title(piece.original), self.day.now)
            return
        answer = await self.day.client.put(f"/api/articles/{piece.name}", json=piece.as_json())
        assert answer.status_code in {200, 201}, answer.text

    async def withdraw(self, piece: Piece) -> None:
        if piece.comes == "feed":
            return  # it is not ours to withdraw
        piece.withdrawn = True
        if piece.comes == "file":
            self.day.room.publisher.withdraw(piece.name)
            return
        assert (await self.day.client.delete(f"/api/articles/{piece.name}")).status_code == 200

    async def work(self, step: int) -> None:
        """Ten minutes of it."""
        chance = self.chance
        due = round(ARTICLES * (step + 1) / STEPS)
        while len(self.pieces) < due:
            await self.publish()
        for piece in self.live:
            if chance.random() < 0.02:
                await self.translate(piece)
            elif chance.random() < 0.01:
                await self.correct(piece)
            elif chance.random() < 0.002:
                await self.withdraw(piece)


def trouble(day: Any, chance: Random) -> None:
    """Something that goes wrong, now and then; what Telegram may have taken, nobody could know: see delivery-proof."""
    add = day.sandbox.faults.add
    kind = chance.randrange(7)
    if kind == 0:
        add(Fault(effect="rate_limit", platform="telegram", path="/*Message*", retry_after=chance.choice([5, 40, 900])))
    elif kind == 1:
        add(Fault(effect="rate_limit", platform="mastodon", path="/api/v1/statuses*", retry_after=600))
    elif kind == 2:
        add(Fault(effect="cut", when="before", platform="mastodon", path="/api/v1/statuses*", count=3))
    elif kind == 3:
        add(Fault(effect="cut", when="after", platform="mastodon", path="/api/v1/statuses*"))
    elif kind == 4:
        add(Fault(effect="status", platform="mastodon", path="/api/v1/statuses*", status=503, count=4))
    elif kind == 5:
        add(Fault(effect="garbage", platform="mastodon", path="/api/v1/statuses*"))


def chosen(piece: Piece, channel: Any) -> str | None:
    """The language in which a channel should show an article; None where it should not."""
    topics = {f"t{number}": f"t{number}" in piece.topics for number in range(6)}
    if channel.topics:
        expression = channel.topics.replace("&", " and ").replace("|", " or ").replace("!", " not ")
        if not eval(expression, {}, topics):  # the naive reading of an expression of this file
            return None
    for language in channel.languages:
        if language in piece.editions and (channel.fallback != "skip" or piece.editions[language][1]):
            return str(language)
    return piece.original if channel.fallback == "original" else None


def should_show(newsroom: Newsroom, channel: Any) -> list[Mark]:
    found = []
    for piece in newsroom.live:
        language = chosen(piece, channel)
        if language is not None:
            found.append((str(piece.key), str(piece.editions[language][0]), language))
    return sorted(found)


def marks(texts: list[str]) -> list[Mark]:
    return sorted(found.groups() for text in texts if (found := _MARK.search(text)))  # type: ignore[misc]  # three groups


@pytest.mark.parametrize("seed", [1])
async def test_a_day(seed: int, new_day: Callable[..., Any]) -> None:
    chance = Random(seed)
    day = await new_day()
    newsroom = Newsroom(day, chance)
    for step in range(STEPS):
        await newsroom.work(step)
        if newsroom.written:
            await day.read("folder")
            newsroom.written = False
        day.upstream.down = step in OUT
        await day.read("upstream")
        if chance.random() < 0.3:
            trouble(day, chance)
        if chance.random() < 0.04:
            await day.close()
            await day.open()
        await day.pass_time(STEP)
    day.sandbox.faults.clear()
    day.upstream.down = False
    for _ in range(36):
        await day.read("upstream")
        await day.pass_time(STEP)

    channels = {channel.name: channel for channel in day.channels}
    # It was a day as days are: much is out, corrected, and withdrawn again.
    assert all(len(day.shown(one)) >= 10 for one in channels.values())
    assert sum(piece.withdrawn for piece in newsroom.pieces) >= 3
    assert sum(version > 1 for piece in newsroom.live for version, _ in piece.editions.values()) >= 20
    assert day.unsettled() == []
    assert {name: marks(day.shown(one)) for name, one in channels.items()} == {
        name: should_show(newsroom, one) for name, one in channels.items()
    }
    states = await day.client.get("/api/counts")
    for language in LANGUAGES:
        wanted = sorted(
            (str(piece.key), str(piece.editions[language][0]), language)
            for piece in newsroom.live
            if language in piece.editions
        )
        assert states.json()["languages"][language]["articles"] == len(wanted)
        feed = (await day.client.get(f"/feeds/{language}.json")).json()
        assert marks([item["title"] for item in feed["items"]]) == wanted
