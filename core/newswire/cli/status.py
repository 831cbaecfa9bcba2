"""``newswire status``: what there is, who sends, how channels and intakes stand; once, or again and again."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click
import orjson

from newswire.cli.config_words import config_words, print_config_words, show_without_config
from newswire.cli.options import (
    choose_channels,
    config_option,
    drawn_table,
    json_option,
    load,
    plain,
    print_json,
    print_table,
)
from newswire.cli.redrawing import redraw, repeat, watch_option
from newswire.cli.times import store_clock, utc_now
from newswire.errors import ConfigError, StoreError
from newswire.store import Store, articles, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from rich.console import RenderableType

    from newswire.config import Config
    from newswire.standing import AccountStanding, ChannelStanding, IntakeStanding, Pause, Standing
    from newswire.store.articles import ArticleCounts

    Table = tuple[str, Sequence[str], Sequence[Sequence[object]]]

SHOWN = 40
"""Channels shown unless all are asked for, or some by name."""
_OTHER_LINES = 24
"""Lines of a terminal that are not for channels."""
_LEAST = 5


@click.command()
@click.option("--channel", "-C", "names", multiple=True, help="Only this channel (may be given several times).")
@click.option("--all", "everything", is_flag=True, help="Every channel, not only the first that need a hand.")
@watch_option
@config_option
@json_option
def command(names: tuple[str, ...], config_path: Path, *, everything: bool, every: float | None, as_json: bool) -> None:
    """Show who sends for each account, how each channel and intake stands, and what needs a hand first.

    Counts are of deliveries: the backlog is still to be sent, doubt waits for a person, what was given up is kept with
    the platform's words ('newswire deliveries list').
    """
    try:
        config = load(config_path, require_secrets=False)
    except ConfigError as error:
        show_without_config(config_path, error, as_json=as_json)
        return
    choose_channels(config, names)
    with Store(config.store.url) as store:
        store.require_current(make=False)
        view = View(config, store, names, store_clock(store), None if everything else SHOWN)
        if every is None and as_json:
            print_json(view.document())
        elif every is None:
            print_config_words(config_words(store))
            view.show(_counts(store))
        elif as_json:
            repeat(partial(_going_on, view.show_document), every)
        elif sys.stdout.isatty():
            redraw(view.drawn, every)
        else:
            repeat(partial(_going_on, view.show), every)


def _going_on(show: Callable[[], None]) -> None:
    """Shows something; a database that does not answer is told, and asked again the next time."""
    try:
        show()
    except StoreError as error:
        click.echo(f"newswire: the store does not answer: {error}", err=True)


@dataclass(frozen=True, slots=True)
class View:
    """What somebody wants to see of the status."""

    config: Config
    store: Store
    names: Sequence[str]
    """Of channels; none: all, as far as there is room."""
    clock: Callable[[], datetime]
    most: int | None
    """How many channels are shown where none are named; None: all."""

    def document(self) -> dict[str, Any]:
        """The status as one document: with all channels, or those that are named."""
        return gather(self.config, self.store, self.names, now=self.clock())

    def show_document(self) -> None:
        """Prints the document in a line."""
        click.echo(orjson.dumps(self.document(), default=plain, option=orjson.OPT_NON_STR_KEYS))

    def show(self, counts: ArticleCounts | None = None) -> None:
        """Prints tables."""
        found, chosen = self._look(self.most)
        if counts is not None:
            click.echo(
                f"{counts.articles} articles, {counts.editions} editions, {counts.withdrawn} withdrawn, "
                f"{found.latest_event} events"
            )
        for line in _summary(found):
            click.echo(line)
        for table in _tables(found, chosen, counts):
            print_table(*table)
        if left_out := self._left_out(found, chosen):
            click.echo(left_out)

    def drawn(self, height: int) -> RenderableType:
        """What a terminal of so many lines shows."""
        from rich.console import Group  # noqa: PLC0415  # only where there is somebody to see it
        from rich.text import Text  # noqa: PLC0415

        try:
            found, chosen = self._look(None if self.most is None else max(height - _OTHER_LINES, _LEAST))
        except StoreError as error:
            return Text(f"{_time(self.clock())} UTC\n\nthe store does not answer: {error}")
        tables = [drawn_table(*table) for table in _tables(found, chosen, None)]
        return Group(Text("\n".join(_summary(found))), *tables, Text(self._left_out(found, chosen)))

    def _look(self, most: int | None) -> tuple[Standing, Sequence[ChannelStanding]]:
        """How the room stands, and the channels to be shown."""
        with self.store.read() as connection:
            found = standing.read(connection, self.config, now=self.clock())
            chosen = _named(found.channels, self.names) if self.names else found.channels[:most]
            return found, standing.closer(connection, chosen)

    def _left_out(self, found: Standing, chosen: Sequence[ChannelStanding]) -> str:
        rest = found.channels[len(chosen) :]
        if self.names or not rest:
            return ""
        troubled = sum(bool(one.trouble) for one in rest)
        return f"and {len(rest)} more channels, {troubled} of which need a look: --all shows them, --channel NAME one"


def gather(config: Config, store: Store, names: Sequence[str] = (), *, now: datetime | None = None) -> dict[str, Any]:
    """The status as one document: with all channels, or those of some names. Blocking."""
    with store.read() as connection:
        counts = articles.counts(connection)
        found = standing.read(connection, config, now=now or utc_now())
        chosen = standing.closer(connection, _named(found.channels, names))
    return {
        "at": found.at,
        "config": config_words(store),
        "articles": counts.articles,
        "editions": counts.editions,
        "withdrawn": counts.withdrawn,
        "topic_uses": counts.topic_uses,
        "by_intake": {
            name: {**part, "languages": counts.languages_of(name)} for name, part in counts.by_intake.items()
        },
        "by_language": counts.by_language,
        "latest_event": found.latest_event,
        "last_post": found.last_post,
        "totals": {
            "channels": len(found.channels),
            "enabled": sum(one.enabled for one in found.channels),
            "troubled": len(found.troubled),
            "backlog": found.counts.backlog,
            **asdict(found.counts),
        },
        "intakes": [asdict(one) | {"trouble": one.trouble} for one in found.intakes],
        "accounts": [asdict(one) | {"trouble": one.trouble} for one in found.accounts],
        "channels": [asdict(one) | {"trouble": one.trouble} for one in chosen],
    }


def _counts(store: Store) -> ArticleCounts:
    with store.read() as connection:
        return articles.counts(connection)


def _named(found: Sequence[ChannelStanding], names: Sequence[str]) -> Sequence[ChannelStanding]:
    return [one for one in found if one.name in names] if names else found


def _summary(found: Standing) -> list[str]:
    enabled, counts = [one for one in found.channels if one.enabled], found.counts
    last = f"last post {_time(found.last_post)}" if found.last_post else "nothing was posted yet"
    needed = f"{len(enabled)} channels, {len(found.troubled)} of them need a look"
    still = f"{counts.pending} pending, {counts.sending} being sent, {counts.doubt} in doubt, {counts.dead} given up"
    return [f"{_time(found.at)} UTC: {last}", f"{needed}; {still}"]


def _tables(found: Standing, chosen: Sequence[ChannelStanding], counts: ArticleCounts | None) -> list[Table]:
    tables: list[Table] = [
        (
            "Accounts",
            ("account", "type", "channels", "held by", "since", "backlog", "doubt", "given up", "paused until", "look"),
            [_account(one) for one in found.accounts],
        ),
        (
            "Channels",
            ("channel", "account", "last post", "backlog", "doubt", "given up", "waits until", "why, or a look"),
            [_channel(one) for one in chosen],
        ),
        ("Intakes", *_intakes(found.intakes, counts)),
    ]
    if counts is not None:
        tables.append(("Languages", ("language", "editions"), list(counts.by_language.items())))
    return tables


def _account(one: AccountStanding) -> tuple[object, ...]:
    held = one.holder
    return (
        one.name,
        one.kind or "not in the config",
        one.channels,
        f"{held.host} {held.process.partition(':')[0]}".strip() if held else None,
        held.since if held else None,
        one.counts.backlog,
        one.counts.doubt,
        one.counts.dead,
        _until(one.pause),
        "; ".join(one.trouble),
    )


def _channel(one: ChannelStanding) -> tuple[object, ...]:
    words = [*one.trouble, *([one.waits.because] if one.waits else [])]
    return (
        one.name,
        one.account,
        one.last_post,
        one.counts.backlog,
        one.counts.doubt,
        one.counts.dead,
        _until(one.pause) or (one.waits.until if one.waits else None),
        "; ".join(words) if one.enabled else "not enabled in the config",
    )


def _until(pause: Pause | None) -> object:
    if pause is None:
        return None
    return pause.until if pause.ends else "resumed"


def _intakes(
    found: Sequence[IntakeStanding], counts: ArticleCounts | None
) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    header = ["intake", "last run", "last success", "last report", "look"]
    rows: list[list[object]] = [
        [one.name, one.last_run, one.last_success, _report(one), "; ".join(one.trouble)] for one in found
    ]
    if counts is not None:
        header[1:1] = ["articles", "editions"]
        for row, one in zip(rows, found, strict=True):
            of = counts.by_intake.get(one.name, {})
            row[1:1] = [of.get("articles", 0), of.get("editions", 0)]
    return header, rows


def _report(one: IntakeStanding) -> str:
    return ", ".join(f"{number} {what}" for what, number in one.report.get("counts", {}).items())


def _time(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
