"""The pages of channels: which there are, what one takes and shows, and letting it rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire import shaping
from newswire.dashboard.deliveries import titles
from newswire.dashboard.visit import Missing, Page, Sent, Visit, address, whole
from newswire.delivery import State
from newswire.durations import parse_duration
from newswire.errors import Refused
from newswire.store import deliveries, shaped, standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.config import Config, ConfiguredChannel

LIMIT = 100
"""Channels on a page."""
POSTS = 10
"""The last posts on the page of a channel, and as many that wait."""
_FALLBACKS = {
    "teaser": "title and summary in one of them are enough",
    "original": "without an edition in one of them, the original",
    "skip": "only complete editions",
}


async def every(visit: Visit) -> Page:
    """The channels, those that need a hand first."""
    part, begin = visit.query.get("name", "").strip()[:100], whole(visit.query.get("from")) or 0

    def look() -> dict[str, Any]:
        config = visit.desk.config
        with visit.desk.store.read() as connection:
            room = standing.read(connection, config, now=visit.now)
            found = [one for one in room.channels if part.lower() in one.name.lower()]
            rows = found[begin : begin + LIMIT]
            last = deliveries.lately(connection)
        kinds = {one.name: one.kind for one in room.accounts}
        return {"rows": rows, "number": len(found), "last": last, "kinds": kinds}

    found = await visit.desk.store.look(look)
    following = begin + LIMIT if found["number"] > begin + LIMIT else None
    return Page("channels.html", {**found, "part": part, "begin": begin, "next": following})


async def one(visit: Visit) -> Page:
    """A channel: what it takes, when it may post, what it shows, what waits."""
    name = visit.places["name"]

    def look() -> dict[str, Any] | None:
        config = visit.desk.config
        with visit.desk.store.read() as connection:
            room = standing.read(connection, config, now=visit.now)
            known = [each for each in room.channels if each.name == name]
            configured = next((each for each in config.channels if each.name == name), None)
            if not known and configured is None:
                return None
            posts = deliveries.listing(connection, channel=name, states=[State.DONE], limit=POSTS)
            waiting = deliveries.listing(connection, channel=name, states=_OPEN, limit=POSTS)
            return {
                "channel": next(iter(standing.closer(connection, known)), None),
                "configured": configured,
                "enabled": configured in config.enabled_channels,
                "account": next(
                    (each for each in room.accounts if configured and each.name == configured.account), None
                ),
                "takes": takes(configured) if configured else [],
                "rules": _rules(connection, configured, visit.now) if configured else {},
                "follow": _follow(config, configured) if configured else None,
                "posts": posts,
                "waiting": waiting,
                "titles": titles(connection, [*posts, *waiting]),
            }

    found = await visit.desk.store.look(look)
    if found is None:
        raise Missing(f"There is no channel {name!r}.")
    return Page("channel.html", {**found, "name": name})


_OPEN = (State.PENDING, State.SENDING, State.DOUBT, State.DEAD)


def takes(channel: ConfiguredChannel) -> list[tuple[str, str]]:
    """A subscription in words: of each part what it is called, and what it says."""
    wanted = channel.subscription
    sources = ", ".join(sorted(wanted.sources))
    return [
        ("languages", f"{', '.join(wanted.languages)}: {_FALLBACKS[wanted.fallback]}"),
        ("topics", str(wanted.topics) if wanted.topics is not None else "all"),
        ("sources", sources or "all"),
    ]


def _rules(connection: Connection, channel: ConfiguredChannel, now: datetime) -> Mapping[str, str]:
    if channel.shaping is None:
        return {}
    posted = shaped.recent(connection, {channel.name: channel.shaping.memory}, now=now)[channel.name]
    return {rule.replace("_", " "): words for rule, words in shaping.told(channel.shaping, posted, now).items()}


def _follow(config: Config, channel: ConfiguredChannel) -> str | None:
    account = config.account(channel.account)
    return account.type.follow_address(channel.options, account.options)


async def pause(visit: Visit) -> Sent:
    """Lets a channel rest."""
    name, written = visit.places["name"], visit.form.get("for", "").strip()
    try:
        length = parse_duration(written) if written else None
    except ValueError as error:
        raise Refused(f"'{written[:50]}' {error}") from error
    until = await visit.desk.store.run(visit.desk.admin(visit.session).pause, [name], length)
    when = f"until {until:%Y-%m-%d %H:%M} UTC" if length is not None else "until it is resumed"
    return Sent(address("channels", name), f"{name} is paused {when}.")


async def resume(visit: Visit) -> Sent:
    """Lets a channel go on."""
    name = visit.places["name"]
    await visit.desk.store.run(visit.desk.admin(visit.session).resume, [name])
    visit.desk.wake()
    return Sent(address("channels", name), f"{name} goes on.")


async def activate(visit: Visit) -> Sent:
    """Posts again to a channel that was deactivated."""
    name = visit.places["name"]
    await visit.desk.store.run(visit.desk.admin(visit.session).activate, [name])
    visit.desk.wake()
    return Sent(address("channels", name), f"{name} is active.")
