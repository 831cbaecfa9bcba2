"""``newswire upstream``: how the feeds stand, ask one now, see what a feed would bring."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from newswire.api import (
    Arrival,
    ConfigError,
    Courier,
    Left,
    Unreachable,
    config_option,
    one_line,
    shorten,
    with_intakes,
    with_services,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from newswire.api import Answer, Delivered, Intake, Services
    from newswire_upstream.intake import UpstreamIntake

_SHOWN = 10


@click.group("upstream")
def command() -> None:
    """See how the feeds stand that articles come from, ask one now, try one out."""


@command.command("list")
@config_option
@click.option("--trouble", is_flag=True, help="Only those that fail, or are gone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(config_path: Path, *, trouble: bool, as_json: bool) -> None:
    """List every feed with its last success, its next poll, and what is wrong with it."""
    rows = with_intakes(config_path, "upstream", _rows)
    shown = [row for row in rows if row["trouble"] or not trouble]
    if as_json:
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for row in shown:
        next_poll = "not asked any more" if row["gone"] else f"next {_time(row['next']) or 'at once'}"
        click.echo(f"{row['intake']}: {row['url']}")
        click.echo(f"  {row['items']} items, last read {_time(row['succeeded']) or 'never'}, {next_poll}")
        for words in filter(None, (row["trouble"], row["note"])):
            click.echo(f"  {words}")
    failing = sum(bool(row["trouble"]) for row in rows)
    click.echo(f"{len(rows)} feeds, {failing} with trouble")


def _rows(intakes: Mapping[str, Intake]) -> list[dict[str, Any]]:
    from newswire_upstream.state import FEEDS, read_state  # noqa: PLC0415  # heavy: not for --help

    rows = []
    for name, opened in intakes.items():
        intake: UpstreamIntake = opened  # type: ignore[assignment]  # of the kind that was asked for
        kept = intake.state(FEEDS).all()
        places = {place.name: place for place in intake.places()}
        for feed in intake.feeds:
            state, place = read_state(kept.get(feed.key), feed.address), places[feed.address]
            rows.append(
                {
                    "intake": name,
                    "url": feed.address,
                    "title": state.title,
                    "items": state.items,
                    "polled": _iso(state.polled),
                    "succeeded": _iso(state.succeeded),
                    "next": _iso(place.next),
                    "failures": state.failures,
                    "gone": state.gone,
                    "etag": state.etag,
                    "last_modified": state.modified,
                    "trouble": place.trouble,
                    "note": place.note,
                }
            )
    return rows


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _time(written: str | None) -> str | None:
    return f"{datetime.fromisoformat(written).astimezone(UTC):%Y-%m-%d %H:%M} UTC" if written else None


@command.command("poll")
@config_option
@click.argument("name")
def poll_command(config_path: Path, name: str) -> None:
    """Have feeds asked now: of the intake NAME, or the one whose address holds NAME.

    Feeds that were given up are asked again. The process that takes articles in does it, within seconds; where none
    runs, ``newswire run --once`` does.
    """
    from newswire_upstream.state import MARKS  # noqa: PLC0415  # heavy: not for --help

    def mark(intakes: Mapping[str, Intake]) -> int:
        number = 0
        for intake_name, opened in intakes.items():
            intake: UpstreamIntake = opened  # type: ignore[assignment]  # of the kind that was asked for
            wanted = [feed for feed in intake.feeds if intake_name == name or name in feed.address]
            intake.state(MARKS).update({f"{feed.key} poll": {"by": "hand"} for feed in wanted})
            number += len(wanted)
        return number

    marked = with_intakes(config_path, "upstream", mark)
    if not marked:
        raise ConfigError(f"no upstream intake is called {name!r}, and no feed's address holds it")
    click.echo(f"{marked} feed{'s' if marked > 1 else ''} will be asked now")


@command.command("preview")
@config_option
@click.argument("url")
@click.option("--language", help="The language of items that name none.")
def preview_command(config_path: Path, url: str, language: str | None) -> None:
    """Show what the feed at URL would bring; nothing is taken in."""
    from newswire_upstream.document import NoFeed  # noqa: PLC0415  # heavy: not for --help

    def work(services: Services) -> list[str]:
        try:
            return _preview(services, url, language, asyncio.run(_fetched(url)))
        except Unreachable as error:
            raise ConfigError(f"{url}: {error}") from None
        except (NoFeed, ValueError) as error:
            raise ConfigError(f"{url}: {one_line(str(error))}") from None

    for line in with_services(config_path, work):
        click.echo(line)


async def _fetched(url: str) -> Answer:
    async with Courier(timeout=30.0) as courier:  # whoever types an address may look there
        return await courier.get(url, most=5_000_000, redirects=5, unpack=True)


def _preview(services: Services, url: str, language: str | None, answer: Answer) -> list[str]:
    from newswire_upstream.discovery import discover  # noqa: PLC0415  # heavy: not for --help
    from newswire_upstream.feeds import feeds_of  # noqa: PLC0415
    from newswire_upstream.options import UpstreamOptions  # noqa: PLC0415
    from newswire_upstream.reading import read_feed  # noqa: PLC0415
    from newswire_upstream.reception import receive  # noqa: PLC0415

    if not answer.good:
        raise ValueError(f"the server answers {answer.status}")
    options = UpstreamOptions.model_validate({"url": url, "language": language})
    content_type = answer.headers.get("content-type", "")
    document = read_feed(answer.body, address=answer.address, content_type=content_type)
    (feed,) = feeds_of("preview", options, services.taxonomy)
    reception = receive(
        feed,
        document,
        {},
        options=options,
        taxonomy=services.taxonomy,
        languages=tuple(services.site.languages),
        now=services.clock(),
        news=True,
    )
    hub = discover(answer, document).hub
    lines = [f"{document.form}: {one_line(document.title) or 'no title'}, {len(document.items)} items"]
    lines += [f"moved: {hop.status} to {hop.address}" for hop in answer.hops]
    lines += [f"a hub tells of its news: {hub}"] if hub else []
    lines += [f"it is not quite right: {document.note}"] if document.note else []
    for one in reversed(reception.delivered[-_SHOWN:]):
        lines += _lines(one)
    if len(reception.delivered) > _SHOWN:
        lines.append(f"and {len(reception.delivered) - _SHOWN} more")
    return lines


def _lines(delivered: Delivered) -> list[str]:
    if isinstance(delivered, Arrival):
        article = delivered.article
        edition = article.original
        dated = f"{article.published:%Y-%m-%d %H:%M} UTC" if article.published else "no date"
        body = f"{len(edition.body):,} characters of text" if edition.body else "no text"
        topics = ", ".join(article.topics) or "no topic"
        return [
            f"{edition.title}",
            f"  {edition.language}, {dated}, {topics}, {body}{', a picture' if article.image else ''}",
            f"  {edition.url}",
            *([f"  {shorten(edition.summary, 200)}"] if edition.summary else []),
        ]
    if isinstance(delivered, Left):
        return [f"left out: {delivered.place}"]
    return [str(delivered)]
