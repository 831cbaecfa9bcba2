"""``newswire alerts``: what the admin is alerted to now, and a trial whether alerts arrive."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from newswire.cli.options import config_option, json_option, load, print_json, print_table
from newswire.cli.times import Length, utc_now
from newswire.delivery import State
from newswire.errors import ConfigError
from newswire.store import Store, deliveries, notices, wakeups
from newswire.store import alerts as kept

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from newswire.alerts.alert import Alert
    from newswire.config import Config
    from newswire.delivery import Delivery

_LOOK = 0.25
"""Seconds between two looks at what became of a trial."""
_UNDER_WAY = {State.PENDING, State.SENDING}


@click.group()
def command() -> None:
    """Show what there are alerts about, and try whether they arrive."""


@command.command(name="list")
@config_option
@json_option
def list_command(config_path: Path, *, as_json: bool) -> None:
    """List what is alerted now: since when, what is known of it, and where it was told."""
    config = load(config_path, require_secrets=False)
    with Store(config.store.url) as store:
        store.require_current(make=False)
        with store.read() as connection:
            found = [alert for alert in kept.load(connection).values() if alert.raised is not None]
    if as_json:
        print_json([document(alert) for alert in found])
        return
    header = ("kind", "subject", "since", "over", "told on", "words")
    print_table("Alerts", header, [_line(alert) for alert in found])


@command.command()
@click.option("--wait", type=Length(), default="30s", show_default=True, help="How long to wait for it to arrive.")
@config_option
def test(wait: timedelta, config_path: Path) -> None:
    """Send a trial to every channel that alerts go to; a running 'newswire run' sends it.

    Exit code 1: it did not arrive everywhere within the time.
    """
    from newswire.alerts import words  # noqa: PLC0415  # heavy: not for --help

    config = load(config_path, require_secrets=False)
    if not config.alerts.channel:
        raise ConfigError('no channel is named for alerts: write channel = "NAME" in [alerts]')
    now = utc_now()
    ids = {name: f"notice/{name}/trial-{now:%Y%m%dT%H%M%S.%f}Z" for name in _names(config)}
    with Store(config.store.url) as store:
        store.require_current(make=False)
        with store.write() as connection:
            for name, key in ids.items():
                notices.add(connection, words.trial(key, site_url=config.site.url, at=now), name, now=now)
            wakeups.announce(connection)
        rows = _watch(store, ids, wait)
    for name, row in rows.items():
        click.echo(f"{name}: {_outcome(row)}")
    sys.exit(0 if all(row.state is State.DONE for row in rows.values()) else 1)


def document(alert: Alert) -> dict[str, Any]:
    """An alert for programs."""
    return {
        "kind": alert.kind.value,
        "subject": alert.subject,
        "words": alert.words,
        "since": alert.since,
        "raised": alert.raised,
        "over": alert.over,
        "told": {name: told.at for name, told in alert.told.items() if not told.recovery},
    }


def _names(config: Config) -> list[str]:
    return [channel.name for channel in config.enabled_channels if channel.name in config.alerts.channel]


def _line(alert: Alert) -> tuple[object, ...]:
    return alert.kind.value, alert.subject, alert.since, alert.over, ", ".join(sorted(alert.told)), alert.words


def _watch(store: Store, ids: dict[str, str], wait: timedelta) -> dict[str, Delivery]:
    end = time.monotonic() + wait.total_seconds()
    while True:
        with store.read() as connection:
            rows = {name: deliveries.of_article(connection, key)[name] for name, key in ids.items()}
        if time.monotonic() >= end or not any(row.state in _UNDER_WAY for row in rows.values()):
            return rows
        time.sleep(_LOOK)


def _outcome(row: Delivery) -> str:
    if row.state is State.DONE:
        return f"it arrived{f': {row.receipt.url}' if row.receipt and row.receipt.url else ''}"
    if row.state in _UNDER_WAY:
        return f"it waits: {row.reason or 'is newswire run at work? newswire status tells who holds the account'}"
    return f"{row.state.value}: {row.reason or 'nobody said why'}"
