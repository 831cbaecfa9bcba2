"""``newswire translations``: what machines are asked to translate, and settling by hand what only a person can."""

from __future__ import annotations

import getpass
import socket
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newswire.cli.options import config_option, json_option, load, print_json, print_table
from newswire.cli.times import utc_now
from newswire.errors import Refused
from newswire.store import Store, translations, translators
from newswire.store.translations import TranslationState
from newswire.translation.asking import Asking
from newswire.translation.caps import MILLION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newswire.config import Config
    from newswire.store.translations import RequestedTranslation
    from newswire.translation.caps import Spending

ids_argument = click.argument("ids", nargs=-1, required=True, type=int, metavar="ID...")


@click.group()
def command() -> None:
    """List what machines are asked to translate, and what became of it.

    A request is one article in one language. What is changed here, a running `newswire run` carries out.
    """


@command.command(name="list")
@click.option("--article", "-A", help="Only of the article of this id.")
@click.option("--language", "-L", help="Only into this language.")
@click.option("--translator", "-T", help="Only of this translator.")
@click.option("--state", "states", type=click.Choice([*TranslationState]), multiple=True, help="Only in these states.")
@click.option("--stale", is_flag=True, help="Only those whose original has changed since.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many.")
@config_option
@json_option
def list_command(  # noqa: PLR0917  # click gives them by name
    article: str | None,
    language: str | None,
    translator: str | None,
    states: tuple[str, ...],
    limit: int,
    config_path: Path,
    *,
    stale: bool,
    as_json: bool,
) -> None:
    """List requests, the newest first, and what each translator took."""
    with _opened(config_path) as (config, store), store.read() as connection:
        found = translations.listing(
            connection,
            states=states,
            article_id=article,
            language=language,
            translator=translator,
            stale=stale,
            limit=limit,
        )
        now = utc_now()
        spent = {one.name: translators.spending(connection, one.name, now) for one in config.translators}
        rests = {one.name: translators.paused(connection, one.name) for one in config.translators}
    if as_json:
        told = {name: _spent(spending) | {"rests_until": rests[name][0]} for name, spending in spent.items()}
        print_json({"requests": [document(request) for request in found], "translators": told})
        return
    rows = [
        (one.id, one.article_id, one.language, _state(one), one.translator, one.why, one.changed, one.reason)
        for one in found
    ]
    header = ("id", "article", "language", "state", "translator", "asked by", "changed", "why")
    print_table("Translations", header, rows)
    lines = []
    for name, spending in spent.items():
        until, note = rests[name]
        lines.append((name, *_line(spending), note if until is not None and until > now else None))
    columns = ("translator", "requests today", "characters today", "cost this month", "rests because")
    print_table("Translators", columns, lines)


@command.command()
@click.argument("request_id", type=int, metavar="ID")
@config_option
@json_option
def show(request_id: int, config_path: Path, *, as_json: bool) -> None:
    """Show a request: where it stands, why, and what it took."""
    with _opened(config_path) as (_, store), store.read() as connection:
        found = translations.by_id(connection, request_id)
    if found is None:
        raise Refused(f"no request has the id {request_id}; 'newswire translations list' shows what there is")
    if as_json:
        print_json(document(found))
        return
    for name, value in document(found).items():
        if value is not None:
            click.echo(f"{name.replace('_', ' ') + ':':13}{value}")


@command.command()
@ids_argument
@click.option("--translator", "-T", help="By this translator.")
@config_option
@json_option
def retry(ids: tuple[int, ...], translator: str | None, config_path: Path, *, as_json: bool) -> None:
    """Try at once what was refused or cancelled, or what waits for its next attempt."""
    with _opened(config_path) as (config, store):
        desk = asking(config, store)
        _tell([desk.retry(number, translator) for number in ids], as_json=as_json)


@command.command()
@ids_argument
@config_option
@json_option
def cancel(ids: tuple[int, ...], config_path: Path, *, as_json: bool) -> None:
    """Let requests be that are not done yet."""
    with _opened(config_path) as (config, store):
        desk = asking(config, store)
        _tell([desk.cancel(number, f"cancelled by {name_of_user()}") for number in ids], as_json=as_json)


@command.command()
@ids_argument
@config_option
@json_option
def discard(ids: tuple[int, ...], config_path: Path, *, as_json: bool) -> None:
    """Take back what a machine translated: feeds and posts fall back to what they were. What people wrote stays."""
    from newswire.room import Room  # noqa: PLC0415  # only this command publishes

    room = Room(load(config_path, require_secrets=False, sends=False))
    try:
        room.prepare(sends=False)
        desk, why = room.services.asking, f"discarded by {name_of_user()}"
        _tell([desk.discard(number, why, room.publisher) for number in ids], as_json=as_json)
    finally:
        room.close()


def asking(config: Config, store: Store) -> Asking:
    """Takes requests by the config."""
    return Asking(store, config.enabled_translators, config.site.languages, utc_now)


def document(request: RequestedTranslation) -> dict[str, Any]:
    """A request as it is told; its cost in the currency of the config."""
    return asdict(request) | {"state": request.state.value, "cost": request.cost / MILLION}


def name_of_user() -> str:
    """Who calls."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = "somebody"
    return f"{name}@{socket.gethostname()}"


@contextmanager
def _opened(config_path: Path) -> Iterator[tuple[Config, Store]]:
    config = load(config_path, require_secrets=False, sends=False)
    with Store(config.store.url) as store:
        store.require_current(make=False)
        yield config, store


def _state(request: RequestedTranslation) -> str:
    return f"{request.state}, stale" if request.stale else request.state.value


def _spent(spending: Spending) -> dict[str, Any]:
    return {
        part: {"requests": spent.requests, "characters": spent.characters, "cost": spent.cost / MILLION}
        for part, spent in (("hour", spending.hour), ("day", spending.day), ("month", spending.month))
    }


def _line(spending: Spending) -> tuple[int, int, str]:
    return spending.day.requests, spending.day.characters, f"{spending.month.cost / MILLION:.4f}"


def _tell(changed: list[RequestedTranslation], *, as_json: bool) -> None:
    if as_json:
        print_json([document(request) for request in changed])
        return
    for one in changed:
        click.echo(f"{one.id}\t{one.article_id}\t{one.language}\t{_state(one)}")
