"""``newswire run``: everything in one process."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from newswire.cli.options import config_option, load
from newswire.logs import get_logger
from newswire.room import Room, tell_report

if TYPE_CHECKING:
    from pathlib import Path

    from newswire.receiving import OpenedIntake

log = get_logger(__name__)
PATIENCE = timedelta(seconds=30)
"""How long ``--once`` waits for what is due soon: a platform that asks for a few seconds, a first retry."""


@click.command()
@config_option
@click.option("--once", is_flag=True, help="Work until nothing is due, then exit.")
@click.option("--watch/--no-watch", default=True, show_default=True, help="Pick up files as they change.")
def command(config_path: Path, *, once: bool, watch: bool) -> None:
    """Take articles in, deliver them, serve the feeds."""
    room = Room(load(config_path))
    try:
        room.prepare()
        asyncio.run(run_once(room) if once else run(room, watch=watch))
    finally:
        room.close()


async def run_once(room: Room) -> None:
    """Reads every intake, delivers until nothing is due, feeds the followers, and returns."""
    stop = stop_on_signals()
    for opened in room.intakes():
        await asyncio.to_thread(_receive_with_progress, opened)
        if stop.is_set():
            return
    await room.store.run(room.publisher.backfill)
    await room.dispatcher().run(stop, patience=PATIENCE)
    await room.follow(stop, once=True)


async def run(room: Room, *, watch: bool) -> None:
    """Does everything until the process is told to stop; what fails is told and stops nothing else."""
    stop = stop_on_signals()
    dispatcher = room.dispatcher()
    parts = (room.serve(stop), dispatcher.run(stop), room.follow(stop), _take_in(room, stop, watch=watch))
    tasks = [asyncio.create_task(part) for part in parts]
    done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    stop.set()
    await asyncio.gather(*others, return_exceptions=True)
    for task in done:
        task.result()


async def _take_in(room: Room, stop: asyncio.Event, *, watch: bool) -> None:
    """Reads every intake, gives new channels their older articles, and goes on taking what changes."""
    intakes = room.intakes()
    await asyncio.gather(*(room.receive(opened) for opened in intakes))
    await room.store.run(room.publisher.backfill)
    room.wake()
    await asyncio.gather(*(_watch(room, opened, stop) for opened in intakes if watch or opened.every is not None))


async def _watch(room: Room, opened: OpenedIntake, stop: asyncio.Event) -> None:
    watching = asyncio.create_task(room.watch(opened))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([watching, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in (watching, stopping):
        task.cancel()
    ended = await asyncio.gather(watching, return_exceptions=True)
    if isinstance(ended[0], Exception):
        log.error("an intake is not watched any more", intake=opened.name, error=str(ended[0]))


def _receive_with_progress(opened: OpenedIntake) -> None:
    if not sys.stderr.isatty():
        tell_report(opened.name, opened.receiver.receive(opened.intake.read()))
        return
    from rich.console import Console  # noqa: PLC0415  # only where there is somebody to see it
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(opened.name, total=opened.intake.expected())
        report = opened.receiver.receive(opened.intake.read(), progress=lambda: bar.advance(task))
    tell_report(opened.name, report)


def stop_on_signals() -> asyncio.Event:
    """An event that is set when the process is asked to stop (SIGTERM, SIGINT)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
