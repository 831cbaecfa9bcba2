"""What running processes say of their config, and what can be told of a room whose config cannot be used."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newswire.cli.options import print_json, print_table
from newswire.config.salvage import salvage_store
from newswire.store import Store, channels, deliveries, reloads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newswire.errors import ConfigError


def config_words(store: Store) -> list[dict[str, Any]]:
    """The last word of each process on its config. Blocking."""
    return [asdict(word) for word in reloads.words(store)]


def print_config_words(words: Sequence[dict[str, Any]]) -> None:
    """Prints a table of the processes whose config is not what the file says; nothing where there are none."""
    told = [word for word in words if word["problems"] or word["restart"]]
    if told:
        print_table("Config", ("file", "process", "since", "what"), [_told(word) for word in told])


def show_without_config(config_path: Path, error: ConfigError, *, as_json: bool) -> None:
    """Shows what the database says where the file has mistakes: processes go on by what it said before.

    Raises:
        ConfigError: not even where the database is can be told.
    """
    settings = salvage_store(config_path)
    if settings is None:
        raise error
    with Store(settings.url) as store:
        store.require_current(make=False)
        words = config_words(store)
        with store.read() as connection:
            rows = channels.channel_rows(connection)
            tally = deliveries.tally(connection, [row["name"] for row in rows])
    if as_json:
        states = {name: one.states for name, one in tally.items()}
        found = [row | {"states": states.get(row["name"], {})} for row in rows]
        print_json({"problems": str(error), "config": words, "channels": found})
        return
    click.echo(f"{error}\nThe file cannot be used as it is; the database says:", err=True)
    print_config_words(words)
    print_table(
        "Channels",
        ("channel", "account", "active", "deliveries", "last post", "note"),
        [
            (
                row["name"],
                row["lane"],
                "yes" if row["active"] else "no",
                ", ".join(f"{number} {state}" for state, number in sorted(tally[row["name"]].states.items()))
                if row["name"] in tally
                else "",
                tally[row["name"]].last_post if row["name"] in tally else None,
                None if row["active"] else row["note"],
            )
            for row in rows
        ],
    )


def _told(word: dict[str, Any]) -> tuple[object, ...]:
    what = []
    if word["problems"]:
        what.append(f"the file was not taken, it goes on as before: {word['problems']}")
    if word["restart"]:
        what.append(f"takes effect with a restart only: {', '.join(word['restart'])}")
    return word["place"], word["part"], word["at"], "\n".join(what)
