"""What follows from a look: which alerts stand, which are over, and what is to be told where. Pure decisions.

What was told is a level, as with deliveries: by channel, an alert is told or it is not. A channel that cannot be posted
to is told nothing; when it can again, it is told of what stands then, in one notice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.alerts.alert import MORE_AFTER, SETTLES, Alert, Kind, Told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from newswire.alerts.alert import Key, Outlet, Sight, Symptom

AFTER_FAILURE = timedelta(hours=1)
"""How long a channel is left alone that did not take a notice."""
_OWN = {Kind.CHANNEL_SUSPENDED, Kind.CHANNEL_PAUSED, Kind.CHANNEL_SILENT}


@dataclass(slots=True)
class Telling:
    """What is to be told on one channel, in one notice."""

    outlet: Outlet
    notice: str
    """The notice's id."""
    raised: list[Alert] = field(default_factory=list)
    over: list[Alert] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What follows from a look."""

    alerts: Mapping[Key, Alert]
    """All that is kept from now on."""
    raised: Sequence[Alert]
    """What became an alert by this look."""
    over: Sequence[Alert]
    """What is over by this look."""
    tellings: Sequence[Telling]


def judge(
    known: Mapping[Key, Alert], sight: Sight, outlets: Sequence[Outlet], *, min_interval: timedelta, now: datetime
) -> Judgement:
    """What follows from a look.

    Args:
        known: what is kept of earlier looks.
        sight: what this look found.
        outlets: the channels that alerts go to.
        min_interval: the least time between two notices on one channel.
        now: the time.
    """
    seen = {symptom.key: symptom for symptom in sight.symptoms}
    alerts = {key: _met(known.get(key), symptom, now) for key, symptom in seen.items()}
    alerts |= {
        key: alert if key in sight.open else _missed(alert, now) for key, alert in known.items() if key not in seen
    }
    raised = [one for key, one in alerts.items() if one.stands and not (key in known and known[key].stands)]
    over = [one for key, one in alerts.items() if one.over is not None and known[key].over is None]
    names = {outlet.channel for outlet in outlets}
    for key, alert in alerts.items():
        if alert.told.keys() - names:
            alerts[key] = replace(alert, told={name: told for name, told in alert.told.items() if name in names})
    tellings = [telling for outlet in outlets if (telling := _on(outlet, alerts, min_interval, now)) is not None]
    kept = {key: alert for key, alert in alerts.items() if _is_kept(alert)}
    return Judgement(alerts=kept, raised=raised, over=over, tellings=tellings)


def _met(alert: Alert | None, symptom: Symptom, now: datetime) -> Alert:
    """An alert whose symptom is seen, new or known."""
    if alert is None:
        began = min(symptom.since or now, now)
        alert = Alert(kind=symptom.kind, subject=symptom.subject, words=symptom.words, since=began)
    elif alert.over is not None:  # it is back before everybody was told that it is over
        alert = replace(alert, raised=None, over=None, gone=None, since=min(symptom.since or now, now))
    elif alert.gone is not None:
        alert = replace(alert, gone=None)
    if alert.raised is None and max(symptom.until or now, now) - alert.since >= symptom.after:
        return replace(alert, raised=now, words=symptom.words, newest=symptom.newest)
    if symptom.newest is not None and alert.newest is not None and symptom.newest > alert.newest:
        return replace(alert, words=symptom.words, newest=symptom.newest)
    return alert


def _missed(alert: Alert, now: datetime) -> Alert:
    """An alert whose symptom is not seen."""
    gone = alert.gone or now
    settled = alert.raised is not None and now - gone >= SETTLES.get(alert.kind, timedelta())
    if alert.gone is None or (settled and alert.over is None):
        return replace(alert, gone=gone, over=(alert.over or now) if settled else None)
    return alert


def _is_kept(alert: Alert) -> bool:
    if alert.raised is None:
        return alert.gone is None
    return alert.over is None or bool(alert.told)


def _on(outlet: Outlet, alerts: dict[Key, Alert], min_interval: timedelta, now: datetime) -> Telling | None:
    """What is to be told on one channel now; what was told before is brought up to date."""
    name, last = outlet.channel, outlet.last
    if last is not None and last.state != "under_way":
        for key, alert in alerts.items():
            if name in alert.told and alert.told[name].notice == last.id:
                alerts[key] = _arrived(alert, name) if last.state == "out" else _lost(alert, name)
    if not outlet.usable or (last is not None and not _may_follow(last.state, now - last.at, min_interval)):
        return None
    telling = Telling(outlet, f"notice/{name}/{now:%Y%m%dT%H%M%S.%f}Z")
    for key, alert in alerts.items():
        if _concerns(alert, outlet):
            continue
        told = alert.told.get(name)
        if alert.over is not None:
            if told is None or told.recovery:
                continue
            telling.over.append(alert)
        elif not alert.stands or (told is not None and not told.recovery and not _is_more(alert, told, now)):
            continue
        else:
            telling.raised.append(alert)
        fresh = Told(notice=telling.notice, at=now, recovery=alert.over is not None)
        alerts[key] = replace(alert, told={**alert.told, name: fresh})
    return telling if telling.raised or telling.over else None


def _may_follow(state: str, passed: timedelta, min_interval: timedelta) -> bool:
    if state == "under_way":
        return False
    return passed >= (max(min_interval, AFTER_FAILURE) if state == "failed" else min_interval)


def _arrived(alert: Alert, name: str) -> Alert:
    if not alert.told[name].recovery:
        return alert
    return replace(alert, told={other: told for other, told in alert.told.items() if other != name})


def _lost(alert: Alert, name: str) -> Alert:
    told = alert.told[name]
    if told.recovery:
        return replace(alert, told={**alert.told, name: replace(told, notice="", recovery=False)})
    return replace(alert, told={other: one for other, one in alert.told.items() if other != name})


def _is_more(alert: Alert, told: Told, now: datetime) -> bool:
    return alert.newest is not None and alert.newest > told.at and now - told.at >= MORE_AFTER


def _concerns(alert: Alert, outlet: Outlet) -> bool:
    """Whether an alert is about the very channel, or account, that it would be told by."""
    own = alert.kind in _OWN and alert.subject == outlet.channel
    return own or (alert.kind is Kind.ACCOUNT_PAUSED and alert.subject == outlet.account)
