"""``newswire status``: what there is, and how deliveries stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newswire.cli.options import config_option, json_option, load, print_json, print_table
from newswire.cli.times import utc_now
from newswire.store import Store, articles, channels, deliveries, events, records, shaped

if TYPE_CHECKING:
    from pathlib import Path

    from newswire.config import Config
    from newswire.shaping import Hold


@click.command()
@config_option
@json_option
def command(config_path: Path, *, as_json: bool) -> None:
    """Show articles by intake and language, and every account and channel with its deliveries."""
    config = load(config_path, require_secrets=False)
    with Store(config.store.url) as store:
        store.require_current(make=False)
        status = gather(config, store)
    if as_json:
        print_json(status)
        return
    _show(status)


def gather(config: Config, store: Store) -> dict[str, Any]:
    """The status as one document. Blocking."""
    shapings = {channel.name: channel.shaping for channel in config.enabled_channels if channel.shaping is not None}
    with store.read() as connection:
        counts = articles.counts(connection)
        states = deliveries.counts(connection)
        enabled = {channel.name for channel in config.enabled_channels}
        waits = shaped.waiting(connection, shapings, now=utc_now())
        return {
            "articles": counts.articles,
            "editions": counts.editions,
            "withdrawn": counts.withdrawn,
            "topic_uses": counts.topic_uses,
            "by_intake": {
                name: {**part, "languages": counts.languages_of(name)} for name, part in counts.by_intake.items()
            },
            "by_language": counts.by_language,
            "latest_event": events.latest(connection),
            "intakes": records.intake_rows(connection),
            "accounts": channels.lane_rows(connection),
            "channels": [
                {
                    **row,
                    "enabled": row["name"] in enabled,
                    "deliveries": states.get(row["name"], {}),
                    "waits": _hold(waits.get(row["name"])),
                }
                for row in channels.channel_rows(connection)
            ],
        }


def _hold(hold: Hold | None) -> dict[str, Any] | None:
    return {"rule": hold.rule, "until": hold.until, "because": hold.because} if hold else None


def _show(status: dict[str, Any]) -> None:
    click.echo(
        f"{status['articles']} articles, {status['editions']} editions, {status['withdrawn']} withdrawn, "
        f"{status['latest_event']} events"
    )
    print_table("Languages", ("language", "editions"), list(status["by_language"].items()))
    print_table(
        "Intakes",
        ("intake", "articles", "editions", "last run", "last report"),
        [
            (
                row["name"],
                status["by_intake"].get(row["name"], {}).get("articles", 0),
                status["by_intake"].get(row["name"], {}).get("editions", 0),
                row["last_run"],
                ", ".join(f"{number} {what}" for what, number in row["report"]["counts"].items()),
            )
            for row in status["intakes"]
        ],
    )
    print_table(
        "Accounts",
        ("account", "held by", "until", "paused until", "why"),
        [(row["name"], row["owner"], row["until"], row["paused_until"], row["note"]) for row in status["accounts"]],
    )
    print_table(
        "Channels",
        ("channel", "account", "active", "deliveries", "last post", "waits until", "note"),
        [
            (
                row["name"],
                row["lane"],
                "yes" if row["active"] else "no",
                ", ".join(f"{number} {state}" for state, number in sorted(row["deliveries"].items())),
                row["last_post"],
                row["waits"]["until"] if row["waits"] else None,
                "; ".join(filter(None, [row["note"], row["waits"]["because"] if row["waits"] else None])),
            )
            for row in status["channels"]
        ],
    )
