"""Why an article did, or did not, go out on a channel: every stage, with the value that decided. Pure.

It takes the same decisions as publisher and dispatcher, of the same facts, and tells them in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newswire import subscription
from newswire.delivery import IMPORTED, State, stale
from newswire.durations import format_duration
from newswire.hours import local
from newswire.publisher import novelty
from newswire.shaping import Drop, Gather, Hold, decide, hold, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from newswire.config import ConfiguredChannel
    from newswire.delivery import Delivery, Start
    from newswire.store.articles import StoredArticle

Answer = Literal["yes", "no", "waits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What there is to know of an article and a channel."""

    stored: StoredArticle
    channel: ConfiguredChannel
    enabled: bool
    """Whether the channel and its account are enabled in the config."""
    start: Start
    """When the channel was added."""
    channel_row: Mapping[str, Any]
    """The channel in the store; empty where it is not there yet."""
    lane_row: Mapping[str, Any]
    """Its account in the store; empty where it is not there yet."""
    delivery: Delivery | None
    """Its delivery of the article, if there is one."""
    digest: Delivery | None
    """The delivery of the digest that lists the article, if one does."""
    posted: Sequence[datetime]
    """When the channel posted lately, in order, where posts are counted."""
    now: datetime


@dataclass(frozen=True, slots=True)
class Stage:
    """One question that was asked."""

    name: str
    answer: Answer
    because: str
    """The value that decided."""
    until: datetime | None = None
    """Until when it waits, where that is known."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that was asked of an article and a channel."""

    stages: tuple[Stage, ...]
    verdict: str
    """What came, or will come, of it, in a few words."""


def explain(situation: Situation) -> Explanation:
    """Explains an article and a channel, stage by stage; every stage is looked at."""
    stages = (*_taken(situation), *_may_go(situation), _delivered(situation))
    return Explanation(stages, _verdict(situation, stages))


def _taken(situation: Situation) -> Iterator[Stage]:
    """Whether the channel takes the article at all."""
    stored, channel = situation.stored, situation.channel
    if stored.withdrawn:
        yield Stage("article", "no", f"it is withdrawn (revision {stored.rev})")
    else:
        urgent = ", urgent" if stored.content.urgent else ""
        yield Stage("article", "yes", f"revision {stored.rev}{urgent}")
    if stored.digest_for is not None:
        mine = stored.digest_for == channel.name
        made = "notice" if stored.is_notice else "digest"
        yield Stage(made, "yes" if mine else "no", f"it is a {made} for {stored.digest_for}")
        return
    verdict = subscription.judge(stored.content, channel.subscription)
    for reason in verdict.reasons:
        yield Stage(reason.stage, "yes" if reason.passed else "no", reason.because)
    if verdict.choice is not None:
        yield _age(situation, verdict.choice)


def _age(situation: Situation, choice: subscription.Choice) -> Stage:
    row, channel = situation.delivery, situation.channel
    if row is not None and row.forced:
        return Stage("age", "yes", "it was asked for (backfill, or by hand): its age does not count")
    if situation.stored.imported and not (row is not None and row.may_be_out):
        return Stage("age", "no", IMPORTED)
    found = novelty(situation.stored, choice, channel.subscription.fallback)
    # What went into a digest, or out, was news when it did; only what still waits grows old.
    now = row.since if row is not None and (row.within or row.may_be_out) else situation.now
    too_old = stale(found, start=situation.start, max_age=channel.max_age, now=now)
    if too_old is not None and not (row is not None and row.may_be_out):
        return Stage("age", "no", too_old)
    appeared = f"it appeared {found.appeared:%Y-%m-%d %H:%M} UTC, max_age is {format_duration(channel.max_age)}"
    return Stage("age", "yes", appeared)


def _may_go(situation: Situation) -> Iterator[Stage]:
    """Whether something may be posted to the channel now."""
    channel, account = situation.channel_row, situation.lane_row
    if not situation.enabled:
        yield Stage("channel", "no", "it, or its account, is not enabled in the config")
    elif not channel:
        yield Stage("channel", "waits", "nothing was ever dispatched to it: 'newswire run' does")
    elif not channel["active"]:
        yield Stage("channel", "no", f"it is not active: {channel['note']}")
    else:
        yield _rests("channel", channel, situation.now)
    if account:
        yield _rests("account", account, situation.now)
    row = situation.delivery
    if row is None or (row.state is State.PENDING and not row.within):
        yield from _shaped(situation)


def _rests(name: str, row: Mapping[str, Any], now: datetime) -> Stage:
    until = row["paused_until"]
    if until is not None and until > now:
        return Stage(name, "waits", f"it is paused: {row['note'] or 'nobody said why'}", until)
    return Stage(name, "yes", f"{row['name']} is not paused")


def _shaped(situation: Situation) -> Iterator[Stage]:
    shaping, row, now = situation.channel.shaping, situation.delivery, situation.now
    if shaping is None:
        return
    if (row is not None and row.ahead) or situation.stored.content.urgent:
        yield Stage("shaping", "yes", "it does not wait: it is urgent, asked for by hand, or a change of what is out")
        return
    if situation.stored.digest_for is not None:
        held: Hold | Gather | Drop | None = hold(shaping, situation.posted, now, capped=False)
    else:
        held = decide(shaping, situation.posted, waiting_since=row.since if row else now, now=now)
    for rule, words in told(shaping, situation.posted, now).items():
        holds = isinstance(held, Hold) and held.rule == rule
        until = held.until if isinstance(held, Hold) and holds else None
        yield Stage(rule, "waits" if holds else "yes", words, until)
    match held:
        case Drop(because):
            yield Stage("overflow", "no", f"{because} (overflow is drop)")
        case Gather(due):
            yield Stage("overflow", "yes", f"it goes into the digest of {local(due, shaping.zone)}")


def _delivered(situation: Situation) -> Stage:
    row = situation.delivery
    if row is None:
        return Stage("delivery", "no", "there is none")
    why = f": {row.reason}" if row.reason else ""
    match row.state:
        case State.DONE if row.receipt is not None:
            where = row.receipt.url or f"post {row.receipt.remote_id}"
            shows = f"it shows revision {row.have} of {row.want}"
            return Stage("delivery", "yes", f"out since {row.receipt.at:%Y-%m-%d %H:%M} UTC, {where}; {shows}{why}")
        case State.PENDING | State.SENDING | State.DOUBT:
            later = row.due if row.state is State.PENDING and row.due > situation.now else None
            return Stage("delivery", "waits", _open(row) + why, later)
        case State.SUPPRESSED if situation.digest is not None:
            state = situation.digest.state
            out = "is out" if state is State.DONE and situation.digest.receipt else f"is {state.value}"
            return Stage("delivery", "yes", f"it is in the digest {row.within}, which {out}")
    return Stage("delivery", "no", f"{row.state.value}{why}")


def _open(row: Delivery) -> str:
    """What is still to be done, in words."""
    if row.state is State.SENDING:
        return "it is being sent right now"
    if row.state is State.DOUBT:
        return f"in doubt ('newswire deliveries resolve {row.id}' settles it)"
    tried = f" after {row.attempt} attempts" if row.attempt else ""
    return f"{'a change of what is out' if row.receipt else 'a post'} is pending{tried}"


def _verdict(situation: Situation, stages: Sequence[Stage]) -> str:
    row, last = situation.delivery, stages[-1]
    if row is not None and row.state is not State.PENDING:
        return last.because
    refused = next((stage for stage in stages[:-1] if stage.answer == "no"), None)
    if refused is not None and not (row is not None and row.receipt):
        return f"it does not go out: {refused.name}: {refused.because}"
    waits = [stage for stage in stages if stage.answer == "waits"]
    if row is None and not any(stage.name == "channel" for stage in waits):
        return "it would go out, but did not match when it came in: its next revision brings it"
    held = max(waits, key=lambda stage: stage.until or situation.now, default=None)
    if held is None or (held is last and last.until is None):
        return "it goes out now"
    return _until(situation, held)


def _until(situation: Situation, stage: Stage) -> str:
    if stage.until is None:
        return f"it waits: {stage.name}: {stage.because}"
    zone = situation.channel.shaping.zone if situation.channel.shaping else None
    when = local(stage.until, zone) if zone else f"{stage.until:%Y-%m-%d %H:%M} UTC"
    return f"it waits until {when}: {stage.name}: {stage.because}"
