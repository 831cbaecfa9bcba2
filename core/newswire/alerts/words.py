"""Alerts in words: what the admin reads. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.alerts.alert import Kind
from newswire.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from newswire.alerts.alert import Alert
    from newswire.alerts.judgement import Telling

_EACH = 5
"""Of so many alerts of a kind each has its line; of more only their names are told."""
_NAMES = 20
_OVER = 20
_LONGEST = 300
_PHRASES = {
    Kind.ACCOUNT_PAUSED: ("account {} is paused", "{} accounts are paused"),
    Kind.CHANNEL_SUSPENDED: ("channel {} is suspended", "{} channels are suspended"),
    Kind.CHANNEL_PAUSED: ("channel {} is paused by its platform", "{} channels are paused by their platforms"),
    Kind.CHANNEL_SILENT: ("channel {} is silent", "{} channels are silent"),
    Kind.DOUBT: ("channel {} has posts in doubt", "{} channels have posts in doubt"),
    Kind.DEAD: ("channel {} has posts that were given up", "{} channels have posts that were given up"),
    Kind.INTAKE_SILENT: ("intake {} is silent", "{} intakes are silent"),
    Kind.INTAKE_FAILING: ("intake {} fails", "{} intakes fail"),
    Kind.FOLLOWER_BEHIND: ("follower {} is behind", "{} followers are behind"),
    Kind.PLUGIN_FAILED: ("plugin {} failed to load", "{} plugins failed to load"),
}
_CURES = {
    Kind.ACCOUNT_PAUSED: "'newswire check' asks the platform; a new credential, or a restart, is tried at once",
    Kind.CHANNEL_SUSPENDED: "When the cause is gone: 'newswire channels activate'",
    Kind.CHANNEL_SILENT: "'newswire status' tells what they wait for",
    Kind.DOUBT: "'newswire deliveries list --state doubt' shows them, 'newswire deliveries resolve' settles them",
    Kind.DEAD: "'newswire deliveries list --state dead' tells why",
    Kind.PLUGIN_FAILED: "'newswire plugins' tells why",
}


def told(alert: Alert) -> str:
    """An alert in a few words: ``channel news-de is silent``."""
    return _PHRASES[alert.kind][0].format(alert.subject)


def notice_of(telling: Telling, *, site_url: str, at: datetime) -> Notice:
    """What is told on one channel.

    Args:
        telling: the alerts, and those that are over.
        site_url: the site's front page, where the notice's address begins.
        at: the time.
    """
    lines = [*_raised_lines(telling.raised, alone=not telling.over)]
    if telling.raised and telling.over:
        lines.append("Over:")
    lines += [_over_line(alert, alone=len(telling.over) == 1 and not telling.raised) for alert in telling.over[:_OVER]]
    if len(telling.over) > _OVER:
        lines.append(f"• and {len(telling.over) - _OVER} more")
    return _notice(telling.notice, _title(telling), lines, site_url=site_url, at=at)


def trial(notice_id: str, *, site_url: str, at: datetime) -> Notice:
    """What ``newswire alerts test`` sends."""
    lines = [
        "This is a trial, asked for by 'newswire alerts test'. Nothing is wrong.",
        "Alerts will come here, and a word when they are over.",
    ]
    return _notice(notice_id, "Alerts reach this channel", lines, site_url=site_url, at=at)


def _notice(notice_id: str, title: str, lines: Sequence[str], *, site_url: str, at: datetime) -> Notice:
    address = f"{site_url.partition('#')[0]}#{notice_id.replace('/', '-')}"
    return Notice(id=notice_id, title=title, lines=tuple(lines), url=address, at=at)


def _title(telling: Telling) -> str:
    if len(telling.raised) == 1 and not telling.over:
        return f"Alert: {told(telling.raised[0])}"
    if len(telling.over) == 1 and not telling.raised:
        return f"Over: {told(telling.over[0])}"
    parts = []
    if telling.raised:
        parts.append(f"{len(telling.raised)} alert{'s' * (len(telling.raised) > 1)}")
    if telling.over:
        parts.append(f"{len(telling.over)} over")
    return ", ".join(parts)


def _raised_lines(alerts: Sequence[Alert], *, alone: bool) -> Iterator[str]:
    by_kind: dict[Kind, list[Alert]] = {kind: [] for kind in Kind}
    for alert in alerts:
        by_kind[alert.kind].append(alert)
    for kind, some in by_kind.items():
        if len(some) > _EACH:
            names = sorted(alert.subject for alert in some)
            more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
            yield f"• {_PHRASES[kind][1].format(len(some))}: {', '.join(names[:_NAMES])}{more}"
        elif len(alerts) == 1 and alone:
            yield _known(alerts[0])  # the title says the rest
        else:
            yield from (f"• {told(alert)}: {_known(alert)}" for alert in sorted(some, key=lambda one: one.subject))
        if some and kind in _CURES:
            yield _CURES[kind]


def _over_line(alert: Alert, *, alone: bool) -> str:
    since = f"{alert.since:%Y-%m-%d %H:%M} UTC"
    return f"It began {since}." if alone else f"• {told(alert)}: no more (it began {since})"


def _known(alert: Alert) -> str:
    words = " ".join(alert.words.split())
    return words if len(words) <= _LONGEST else words[:_LONGEST] + "…"
