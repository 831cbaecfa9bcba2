"""Dispatchers are killed; nothing may be lost, nothing may be out twice, and every doubt must be listed."""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newswire.delivery import Delivery, State

if TYPE_CHECKING:
    from collections.abc import Callable

MARK = re.compile(r"(nr-\d+) \((\w+)\) v(\d+)")
CHATS = {"crash_en": "telegram-en", "crash_de": "telegram-de", "crash_science": "telegram-science"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A post on a platform: of which article and version, and whether it is still there. In order of their making."""

    article_id: str
    text: str
    remote_id: str
    live: bool


@dataclass(kw_only=True)
class Tally:
    """What became of everything in a run. The lists must be empty; each line of them tells what went wrong."""

    engine: str
    in_doubt: str
    seed: int
    kills: dict[str, int]
    articles: int = 0
    withdrawn: int = 0
    """Articles that were taken back."""
    deliveries: int = 0
    """Pairs of a channel and an article."""
    posts: int = 0
    """New posts the platforms made."""
    edits: int = 0
    deletions: int = 0
    replays: int = 0
    """Posts repeated under a key that the platform knew already."""
    lost: list[str] = field(default_factory=list)
    """Not out, though it should be and its row does not say otherwise."""
    duplicated: list[str] = field(default_factory=list)
    """Out more than once, without the policy ``resend``."""
    outdated: list[str] = field(default_factory=list)
    """Out in another revision than the newest, or still out though withdrawn; its row does not say so."""
    disordered: list[str] = field(default_factory=list)
    """Posted for the first time after a younger one of the channel."""
    unlisted: list[str] = field(default_factory=list)
    """Nobody can know whether it was sent before the kill, and it is not listed as doubtful."""
    unfounded: list[str] = field(default_factory=list)
    """Listed as doubtful, though no kill came while it was being sent."""
    doubts: int = 0
    doubts_out: int = 0
    """The doubtful ones that are out in truth."""
    dropped: int = 0
    """Given up by the policy ``drop``."""
    resent: int = 0
    """Out twice by the policy ``resend``."""
    seconds: float = 0.0

    @property
    def faults(self) -> dict[str, list[str]]:
        """What went wrong."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, list) and value}

    def tell(self) -> None:
        """Prints the tally as a table; adds it, one JSON object a line, to the file that NEWSWIRE_TALLY names."""
        values: dict[str, Any] = {
            name: len(value) if isinstance(value, list) else value for name, value in asdict(self).items()
        }
        values["seconds"] = round(self.seconds, 1)
        if path := os.environ.get("NEWSWIRE_TALLY"):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(values) + "\n")
        kills = values.pop("kills")
        rows = [*values.items(), ("killed", sum(kills.values())), *((f"  {aim}", kills[aim]) for aim in sorted(kills))]
        print("\n" + "\n".join(f"{name:<34}{value:>12}" for name, value in rows))  # noqa: T201  # for pytest -s


def shown(course: Any) -> dict[str, list[Shown]]:
    """What followers of each channel see, and what was deleted, in the order it was made."""
    found: dict[str, list[Shown]] = defaultdict(list)
    for chat in course.sandbox.telegram.state.chats.values():
        for message in chat.messages.values():
            found[CHATS[chat.username]].append(_shown(message.content.text, message.id, message.deleted))
    for status in course.sandbox.mastodon.servers["main"].statuses.values():
        one = _shown(status.now.text, status.id, status.deleted)
        found["mastodon-de" if "(de)" in one.text else "mastodon-en"].append(one)
    return found


def _shown(text: str, remote_id: object, deleted: float | None) -> Shown:
    mark = MARK.search(text)
    assert mark is not None, text
    return Shown(mark[1], mark[0], str(remote_id), deleted is None)


def wanted(newsroom: Any, channel: str, key: str) -> str | None:
    """What followers of a channel should see of an article in the end."""
    german = key in newsroom.german
    language = {"telegram-de": "de" if german else "en", "mastodon-de": "de" if german else None}.get(channel, "en")
    odd = int(key.removeprefix("nr-")) % 2
    if key in newsroom.withdrawn or language is None or (channel == "telegram-science" and not odd):
        return None
    return f"{key} ({language}) v{newsroom.versions[key]}"


def count(course: Any, *, settled: bool = False) -> Tally:
    """Compares what the rows say with what the platforms show.

    Args:
        course: what happened.
        settled: whether doubts have been cleared up by hand, so that nothing is uncertain any more, and what had not
            been sent came later than its successors.
    """
    newsroom = course.newsroom
    accepted = Counter(call.method for call in course.sandbox.journal.accepted)
    platforms = shown(course)
    made = sum(len(posts) for posts in platforms.values())
    tally = Tally(
        engine=course.engine,
        in_doubt=course.in_doubt,
        seed=course.seed,
        kills=dict(Counter(kill.aim for kill in course.kills)),
        articles=len(newsroom.versions),
        withdrawn=len(newsroom.withdrawn),
        deliveries=len(course.rows),
        posts=made,
        edits=accepted["editMessageText"] + accepted["PUT"],
        deletions=accepted["deleteMessage"] + accepted["DELETE"],
        replays=accepted["sendMessage"] + accepted["POST"] - made,
        seconds=course.seconds,
    )
    rows = {(row.channel, row.article_id): row for row in course.rows}
    uncertain = set() if settled else {number for kill in course.kills for number in kill.sending}
    for channel in [*CHATS.values(), "mastodon-en", "mastodon-de"]:
        for key in newsroom.versions:
            posts = [post for post in platforms[channel] if post.article_id == key]
            _judge(tally, rows.get((channel, key)), posts, wanted(newsroom, channel, key), uncertain)
        if settled:
            continue
        firsts = list(dict.fromkeys(post.article_id for post in platforms[channel]))
        for older, younger in pairwise(firsts):
            if rows[channel, older].id > rows[channel, younger].id:
                tally.disordered.append(f"{channel}: {younger} after {older}")
    return tally


def _judge(tally: Tally, row: Delivery | None, posts: list[Shown], want: str | None, uncertain: set[int]) -> None:
    """Judges one delivery by what is out of it."""
    line = f"{row}: {posts}, wanted is {want}"
    if row is None:
        tally.lost += [line] if posts or want else []
        return
    keyless = row.channel.startswith("telegram")
    known_at_the_kill = row.id not in uncertain
    resent = tally.in_doubt == "resend" and keyless and not known_at_the_kill
    tally.resent += max(len(posts) - 1, 0) if resent else 0
    tally.duplicated += [line] if len(posts) > 1 and not resent else []
    held = row.state is State.DOUBT
    dropped = row.state is State.DEAD and "dropped by policy" in (row.reason or "")
    tally.doubts += held
    tally.doubts_out += held and bool(posts)
    tally.dropped += dropped
    if held or dropped:
        tally.unfounded += [line] if known_at_the_kill or not keyless else []
        return
    tally.unlisted += [line] if keyless and not known_at_the_kill and not resent else []
    # Of a post that was made twice by policy, one is followed; the other stays as it is.
    followed = [post for post in posts if post.live and (not resent or _is_followed(post, row))]
    _judge_followed(tally, row, [post.text for post in followed], want, line)


def _is_followed(post: Shown, row: Delivery) -> bool:
    return row.receipt is not None and post.remote_id == row.receipt.remote_id


def _judge_followed(tally: Tally, row: Delivery, texts: list[str], want: str | None, line: str) -> None:
    """Judges a delivery whose row says that all is well."""
    ended = row.state in {State.DONE, State.SUPPRESSED}
    if not ended or (want is not None and not texts) or (row.receipt is not None) != bool(texts):
        tally.lost.append(line)
    elif texts != ([want] if want else []):
        tally.outdated.append(line)


@pytest.fixture
def seed() -> int:
    return random.SystemRandom().randrange(1_000_000)


@pytest.fixture
def kills() -> int:
    """How many on each engine; ``make soak`` kills more."""
    return int(os.environ.get("NEWSWIRE_SOAK", "200")) // 2


def look(course: Any) -> dict[int, str | None]:
    """Tallies, and tells of each doubtful delivery whether it is out in truth."""
    tally = count(course)
    tally.tell()
    assert not tally.faults, (tally.seed, tally.faults)
    posts = {(channel, post.article_id): post.remote_id for channel, posts in shown(course).items() for post in posts}
    return {row.id: posts.get((row.channel, row.article_id)) for row in course.rows if row.state is State.DOUBT}


def everything_is_clear(course: Any) -> None:
    """Once somebody has looked, followers see exactly what they should."""
    tally = count(course, settled=True)
    assert (tally.doubts, tally.faults) == (0, {}), tally.seed


@pytest.mark.timeout(3600)
def test_sqlite(run_and_kill: Callable[..., Any], tmp_path: Path, seed: int, kills: int) -> None:
    database = f"sqlite:///{tmp_path}/newswire.db"
    everything_is_clear(run_and_kill(database, look, in_doubt="hold", seed=seed, kills=kills))


@pytest.mark.timeout(3600)
def test_postgresql(
    run_and_kill: Callable[..., Any], postgres: Any, postgres_database: str, seed: int, kills: int
) -> None:
    database = postgres.url(postgres_database)
    everything_is_clear(run_and_kill(database, look, in_doubt="hold", seed=seed, kills=kills))


@pytest.mark.parametrize("in_doubt", ["resend", "drop"])
def test_the_other_policies(run_and_kill: Callable[..., Any], tmp_path: Path, seed: int, in_doubt: str) -> None:
    course = run_and_kill(f"sqlite:///{tmp_path}/newswire.db", look, in_doubt=in_doubt, seed=seed, kills=10)
    states = {row.state for row in course.rows}
    assert states <= {State.DONE, State.SUPPRESSED, State.DEAD}
    assert (State.DEAD in states) == (in_doubt == "drop")
