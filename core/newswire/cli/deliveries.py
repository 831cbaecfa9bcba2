"""``newswire deliveries``: what became of every post, and settling by hand what only a person can settle."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newswire.admin import Admin, receipt_for
from newswire.cli.options import config_option, json_option, load, print_json, print_table, whoever_calls
from newswire.cli.times import Moment, utc_now
from newswire.delivery import State
from newswire.errors import Refused
from newswire.store import Store, deliveries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from newswire.admin import Done
    from newswire.delivery import Delivery
    from newswire.post import Receipt

ids_argument = click.argument("ids", nargs=-1, required=True, type=int, metavar="ID...")


def _states(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> list[State]:
    try:
        return [State(word.strip()) for word in value.split(",")] if value else []
    except ValueError:
        raise click.BadParameter(f"it is a list of {', '.join(State)}, with commas between.") from None


@click.group()
def command() -> None:
    """List deliveries, and settle by hand what only a person can settle.

    A delivery is one article on one channel. What is changed here, a running `newswire run` carries out; a note of it
    stays with the delivery's attempts.
    """


@command.command(name="list")
@click.option("--channel", "-C", help="Only of this channel.")
@click.option("--article", "-A", help="Only of the article of this id.")
@click.option("--state", callback=_states, help="Only in these states: doubt,dead,pending,sending,done,suppressed.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many.")
@config_option
@json_option
def list_command(
    channel: str | None, article: str | None, state: list[State], limit: int, config_path: Path, *, as_json: bool
) -> None:
    """List deliveries, the newest first."""
    with _reading(config_path) as connection:
        found = deliveries.listing(connection, channel=channel, article_id=article, states=state, limit=limit)
    if as_json:
        print_json([_document(row) for row in found])
        return
    rows = [
        (row.id, row.channel, row.article_id, row.state.value, row.want, row.have, row.due, row.changed, row.reason)
        for row in found
    ]
    print_table("Deliveries", ("id", "channel", "article", "state", "want", "have", "due", "changed", "why"), rows)
    if len(found) == limit:
        click.echo(f"There may be more than these {limit}: --limit shows them.", err=True)


@command.command()
@click.argument("delivery_id", type=int, metavar="ID")
@config_option
@json_option
def show(delivery_id: int, config_path: Path, *, as_json: bool) -> None:
    """Show a delivery and its attempts: when, what, what came of it, and the platform's words."""
    with _reading(config_path) as connection:
        found = deliveries.by_id(connection, delivery_id)
        if found is None:
            raise Refused(f"no delivery has the id {delivery_id}; 'newswire deliveries list' shows what there is")
        attempts = deliveries.attempts(connection, delivery_id)
    document = _document(found) | {"attempts": attempts}
    if as_json:
        print_json(document)
        return
    for name, value in _lines(document):
        click.echo(f"{name + ':':17}{value}")
    header = ("started", "ended", "operation", "revision", "outcome", "words")
    columns = ("started", "ended", "operation", "rev", "outcome", "words")
    print_table("Attempts", header, [[row[name] for name in columns] for row in attempts])


@command.command()
@ids_argument
@config_option
@json_option
def retry(ids: tuple[int, ...], config_path: Path, *, as_json: bool) -> None:
    """Try at once what was given up, or what waits for its next attempt."""
    with _admin(config_path) as admin:
        _tell(admin.retry(ids), as_json=as_json)


@command.command()
@click.argument("ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--since", type=Moment(), metavar="TIME", help="All posts that went out since (and are still out).")
@click.option("--channel", "-C", help="With --since: only of this channel.")
@click.option("--yes", is_flag=True, help="Do it; else it is only told what would be done.")
@config_option
@json_option
def resend(
    ids: tuple[int, ...], since: datetime | None, channel: str | None, config_path: Path, *, yes: bool, as_json: bool
) -> None:
    """Make new posts, although posts are out or were lost.

    The old ones, where they are still out, are neither deleted nor edited any more.
    """
    if bool(ids) == (since is not None):
        raise click.UsageError("Name deliveries by their ids, or give --since TIME.")
    if channel is not None and since is None:
        raise click.UsageError("--channel goes with --since.")
    with _admin(config_path) as admin:
        chosen = ids if since is None else admin.posted_since(since, channel)
        done = admin.resend(chosen) if yes else admin.would_resend(chosen)
    _tell(done, as_json=as_json)
    if not yes:
        told = f"Nothing was changed. With --yes, new posts are made of these {len(done.changed)}."
        click.echo(told, err=True)


@command.command()
@ids_argument
@click.option("--sent", metavar="REMOTE_ID", help="It is out: the platform's id of the post, or its address.")
@click.option("--not-sent", is_flag=True, help="It is not out: it is sent as if it had never been tried.")
@config_option
@json_option
def resolve(ids: tuple[int, ...], sent: str | None, config_path: Path, *, not_sent: bool, as_json: bool) -> None:
    """Settle deliveries in doubt, after a look at the platform."""
    if (sent is None) != not_sent:
        raise click.UsageError("Say either --sent REMOTE_ID or --not-sent.")
    if sent is None:
        with _admin(config_path) as admin:
            _tell(admin.resolve_not_sent(ids), as_json=as_json)
        return
    if len(ids) > 1:
        raise click.UsageError("--sent is about one delivery: each post has its own id.")
    receipt = _receipt(config_path, ids[0], sent)
    with _admin(config_path) as admin:
        _tell(admin.resolve_sent(ids[0], receipt), as_json=as_json)


@command.command()
@ids_argument
@config_option
@json_option
def discard(ids: tuple[int, ...], config_path: Path, *, as_json: bool) -> None:
    """Let deliveries be: what is not out is never posted, what is out stays as it is until the article changes."""
    with _admin(config_path) as admin:
        _tell(admin.discard(ids), as_json=as_json)


@contextmanager
def _store(config_path: Path) -> Iterator[Store]:
    with Store(load(config_path, require_secrets=False).store.url) as store:
        store.require_current(make=False)
        yield store


@contextmanager
def _reading(config_path: Path) -> Iterator[Connection]:
    with _store(config_path) as store, store.read() as connection:
        yield connection


@contextmanager
def _admin(config_path: Path) -> Iterator[Admin]:
    with _store(config_path) as store:
        yield Admin(store=store, clock=utc_now, who=whoever_calls())


def _receipt(config_path: Path, delivery_id: int, remote_id: str) -> Receipt:
    from newswire.room import Room  # noqa: PLC0415  # only this command connects accounts

    room = Room(load(config_path))
    try:
        return receipt_for(room.config, room.services, room.store, delivery_id, remote_id, now=utc_now())
    except ValueError as error:
        raise click.BadParameter(f"'{remote_id}' {error}", param_hint="--sent") from error
    finally:
        room.close()


def _tell(done: Done, *, as_json: bool) -> None:
    if as_json:
        print_json([{"id": row.id, "channel": row.channel, "article": row.article_id} for row in done.changed])
    else:
        for row in done.changed:
            click.echo(f"{row.id}\t{row.channel}\t{row.article_id}\twas {row.state}")
    for note in done.notes:
        click.echo(f"note: {note}", err=True)


def _document(row: Delivery) -> dict[str, Any]:
    return asdict(row) | {"key": row.key}


def _lines(document: dict[str, Any]) -> Iterator[tuple[str, object]]:
    receipt = document["receipt"] or {}
    flat = document | {"remote id": receipt.get("remote_id"), "address": receipt.get("url"), "sent": receipt.get("at")}
    flat |= {f"post {name}": value for name, value in (receipt.get("details") or {}).items()}
    for name, value in flat.items():
        if name not in {"receipt", "attempts"} and value is not None:
            yield name.replace("_", " "), value
