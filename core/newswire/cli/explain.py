"""``newswire explain``: why an article did, or did not, go out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newswire.cli.options import choose_channels, config_option, json_option, load, print_json
from newswire.cli.times import utc_now
from newswire.errors import UnknownArticle
from newswire.explanation import explain
from newswire.store import Store
from newswire.store.situations import situations

if TYPE_CHECKING:
    from pathlib import Path

_SIGNS = {"yes": ("✓", "green"), "no": ("✗", "red"), "waits": ("…", "yellow")}


@click.command()
@click.argument("article_id", metavar="ARTICLE")
@click.option("--channel", "-C", "names", multiple=True, help="Only this channel (may be given several times).")
@config_option
@json_option
def command(article_id: str, names: tuple[str, ...], config_path: Path, *, as_json: bool) -> None:
    """Say for each channel why ARTICLE went out, waits, or does not go out: stage by stage, with what decided.

    It also explains a digest, by the id that 'newswire deliveries list' shows.
    """
    config = load(config_path, require_secrets=False)
    chosen = choose_channels(config, names)
    with Store(config.store.url) as store:
        store.require_current(make=False)
        with store.read() as connection:
            found = situations(connection, config, article_id, chosen, now=utc_now())
    if not found and chosen:
        raise UnknownArticle(f"no article has the id {article_id!r}; 'newswire status' counts what there is")
    told = [{"channel": one.channel.name, **asdict(explain(one))} for one in found]
    if as_json:
        print_json(told)
        return
    for one in told:
        _show(one)


def _show(told: dict[str, Any]) -> None:
    click.secho(f"{told['channel']}: {told['verdict']}", bold=True)
    width = max(len(stage["name"]) for stage in told["stages"])
    for stage in told["stages"]:
        sign, colour = _SIGNS[stage["answer"]]
        until = f" (until {stage['until']:%Y-%m-%d %H:%M} UTC)" if stage["until"] else ""
        click.echo(f"  {click.style(sign, fg=colour)} {stage['name']:{width}}  {stage['because']}{until}")
