"""``newswire demo``: everything at work, with no account, no token and no network."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newswire.cli.options import json_option, print_json, print_table
from newswire.cli.run import stop_on_signals
from newswire.demo import Stage
from newswire.web.server import is_free

if TYPE_CHECKING:
    from collections.abc import Awaitable

_PAUSE = 6.0
"""Seconds between two acts, so that a person at the wall sees each happen."""


@click.command()
@click.option("--once", is_flag=True, help="Play it through, print a summary, exit.")
@click.option("--bind", default="127.0.0.1:8300", show_default=True, help="Where the feeds and the reader page are.")
@click.option("--sandbox-port", default=8400, show_default=True, help="Where the wall is.")
@json_option
def command(bind: str, sandbox_port: int, *, once: bool, as_json: bool) -> None:
    """Publish sample articles to feeds, Telegram and Mastodon (played by the sandbox); correct, translate, withdraw."""
    if once:
        # A summary needs no fixed address: it must not fail because somebody looks at a demo already.
        bind = bind if is_free(bind) else "127.0.0.1:0"
        sandbox_port = sandbox_port if is_free(f"127.0.0.1:{sandbox_port}") else 0
    with tempfile.TemporaryDirectory(prefix="newswire-demo-") as folder:
        asyncio.run(_play(Stage(Path(folder), bind=bind, sandbox_port=sandbox_port), once=once, as_json=as_json))


async def _play(stage: Stage, *, once: bool, as_json: bool) -> None:
    stop = stop_on_signals()
    tell = click.echo if not as_json else _silent
    async with stage.open():
        report = await stage.publish()
        url = stage.room.config.http.public_url
        tell(f"Reader page   {url}/")
        tell(f"Feeds         {url}/feeds/de.atom   {url}/feeds/ar.rss   {url}/feeds/en/topics/programming.json")
        tell(f"The wall      {stage.sandbox_url}/   (what followers on Telegram and Mastodon see)")
        token = await stage.room.store.run(stage.admin_token)
        tell(f"Dashboard     {url}/dashboard/   (log in with {token})")
        tell("")
        tell(f"Published {report.counts.get('new', 0)} articles; they are being delivered ...")
        if await _stopped(stop, stage.delivered()):
            return
        for act in (_correct, _translate, _withdraw):
            if not once and await _stopped(stop, asyncio.sleep(_PAUSE)):
                return
            tell(await act(stage))
            if await _stopped(stop, stage.delivered()):
                return
        summary = await asyncio.to_thread(stage.summary)
        if as_json:
            print_json({"articles": report.counts.get("new", 0), "channels": summary})
        else:
            _show(summary)
        if not once:
            tell("\nEverything is delivered. Have a look; stop with Ctrl-C.")
            await stop.wait()


async def _correct(stage: Stage) -> str:
    return f"Corrected {', '.join(await stage.change('corrected'))}: posts and feed entries are edited in place."


async def _translate(stage: Stage) -> str:
    return f"The full translation of {', '.join(await stage.change('translated'))} arrived: its notice goes."


async def _withdraw(stage: Stage) -> str:
    return f"Withdrew {await stage.withdraw()}: its posts are deleted, it leaves the feeds."


async def _stopped(stop: asyncio.Event, other: Awaitable[None]) -> bool:
    """Waits for something else, or to be told to stop; tells which came first."""
    stopping, waiting = asyncio.ensure_future(stop.wait()), asyncio.ensure_future(other)
    await asyncio.wait([stopping, waiting], return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        waiting.cancel()
        return True
    stopping.cancel()
    waiting.result()
    return False


def _show(summary: list[dict[str, object]]) -> None:
    header = ("channel", "languages", "out", "edited", "withdrawn")
    print_table("What followers have", header, [[row[name] for name in header] for row in summary])


def _silent(_: str) -> None:
    """Says nothing: the output is one JSON document."""
