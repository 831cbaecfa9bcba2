"""A look: what is wrong at the moment, read from the store. Blocking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from newswire.alerts.alert import Kind, Sight, Symptom
from newswire.alerts.channels import ChannelLook
from newswire.config.tables import API_INTAKE
from newswire.plugins import PluginStatus
from newswire.store import channels, events, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from newswire.alerts.alert import Alert, Key
    from newswire.alerts.memory import Memory
    from newswire.config import Config


@dataclass(frozen=True, slots=True)
class Look:
    """One look.

    Args:
        connection: to read with.
        config: what there should be.
        memory: what is known from earlier looks; it is brought up to date.
        known: what is kept of earlier looks.
        now: the time.
    """

    connection: Connection
    config: Config
    memory: Memory
    known: Mapping[Key, Alert]
    now: datetime

    def see(self) -> Sight:
        """What is wrong, and what cannot be told."""
        silences = self._silences()
        longest = max(filter(None, silences.values()), default=timedelta())
        self.memory.refresh(self.connection, silences, until=self.now - longest)
        lanes = {row["name"]: row for row in channels.lane_rows(self.connection)}
        paused = {
            account.name: lanes[account.name]
            for account in self.config.accounts
            if account.enabled and account.name in lanes and _lasts(lanes[account.name]["paused_until"], self.now)
        }
        # One that is tried again at this moment is not well yet, and its channels are silent for that reason.
        ailing = {name for kind, name in self.known if kind is Kind.ACCOUNT_PAUSED}
        look = ChannelLook(self.connection, self.config, self.memory.posted, ailing | paused.keys(), self.now)
        found, unclear = look.see()
        symptoms = [
            *(self._paused(name, row["paused_until"], row["note"]) for name, row in paused.items()),
            *found,
            *self._intakes(silences),
            *self._followers(),
            *self._plugins(),
        ]
        return Sight(tuple(symptoms), frozenset(unclear))

    def _paused(self, name: str, until: datetime, note: str | None) -> Symptom:
        return Symptom(
            kind=Kind.ACCOUNT_PAUSED,
            subject=name,
            words=f"{note or 'nobody said why'} (until {_clock(until)})",
            until=until,
            after=self.config.alerts.paused_after,
        )

    def _silences(self) -> dict[str, timedelta | None]:
        """For how long each intake may bring nothing."""
        named = {intake.name: intake.silence for intake in self.config.intakes if intake.enabled}
        return named | ({API_INTAKE: self.config.alerts.intake_silence} if self.config.http.api else {})

    def _intakes(self, silences: dict[str, timedelta | None]) -> Iterator[Symptom]:
        for name, silence in silences.items():
            last = self.memory.brought.get(name)
            if silence is None or (name == API_INTAKE and last is None):
                continue  # the address is there unasked; it is missed only where something ever came in by it
            if last is None or self.now - last >= silence:
                when = f"the last article came in {_clock(last)}" if last else "it never brought anything"
                yield Symptom(kind=Kind.INTAKE_SILENT, subject=name, words=when, since=last, after=silence)
        for row in records.intake_rows(self.connection):
            success, run = row["last_success"], row["last_run"]
            if row["name"] in silences and run is not None and (success is None or success < run):
                problems = row["report"].get("problems") or ["nobody said why"]
                yield Symptom(
                    kind=Kind.INTAKE_FAILING,
                    subject=row["name"],
                    words=str(problems[-1]),
                    after=self.config.alerts.failing_after,
                )

    def _followers(self) -> Iterator[Symptom]:
        known = events.cursors(self.connection)
        for follower in self.config.plugins.followers:
            cursor, note = known.get(follower.name, (0, None))
            waiting = events.after(self.connection, cursor, limit=1)
            if waiting:
                since = waiting[0].at
                words = f"{note or 'it does not keep up'}; events wait since {_clock(since)}"
                after = self.config.alerts.failing_after
                # Not since the event: whoever was stopped for a week has it behind him in a minute.
                yield Symptom(kind=Kind.FOLLOWER_BEHIND, subject=follower.name, words=words, after=after)

    def _plugins(self) -> Iterator[Symptom]:
        for record in self.config.plugins.records:
            if record.status is PluginStatus.FAILED:
                words = record.reason or "nobody said why"
                yield Symptom(kind=Kind.PLUGIN_FAILED, subject=record.name, words=words)


def _lasts(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
