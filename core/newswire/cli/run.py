"""``newswire run``: everything in one process, or a part of it, where a fleet shares a database."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import click

from newswire.cli.options import config_option, load
from newswire.cli.restored import hold_back
from newswire.cli.times import Moment
from newswire.logs import get_logger
from newswire.receiving import tell_report
from newswire.reloading import Reloader
from newswire.room import Room
from newswire.web import event_loop

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from newswire.receiving import OpenedIntake

log = get_logger(__name__)
PATIENCE = timedelta(seconds=30)
"""How long ``--once`` waits for what is due soon: a platform that asks for a few seconds, a first retry."""
LONG = timedelta(minutes=10)
"""How long ``--once`` may take to read an intake that other processes could read, too."""


class Role(StrEnum):
    """What a process of a fleet does."""

    DISPATCH = "dispatch"
    """Sends, and feeds the followers. Any number of processes: each account and follower is one's at a time."""
    SERVE = "serve"
    """Serves the web app. Any number of processes."""
    INTAKE = "intake"
    """Takes articles in: one process for each place they come from."""


@click.command()
@config_option
@click.option("--once", is_flag=True, help="Work until nothing is due, then exit.")
@click.option(
    "--only",
    "only",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    help="Do only this, while other processes on the same database do the rest; may be given more than once.",
)
@click.option("--watch/--no-watch", default=True, show_default=True, help="Pick up files as they change.")
@click.option(
    "--hold-before",
    type=Moment(files=True),
    metavar="TIME",
    help="After an old backup was restored: hold in doubt what arose before TIME ('now') and is not known to be out.",
)
def command(config_path: Path, hold_before: datetime | None, *, once: bool, only: tuple[str, ...], watch: bool) -> None:
    """Take articles in, deliver them, serve the feeds."""
    roles = frozenset(map(Role, only or Role))
    if once and roles == {Role.SERVE}:
        raise click.UsageError("--once has nothing to do with --only serve: serving has no end")
    if hold_before is not None and roles != frozenset(Role):
        raise click.UsageError("--hold-before reads and holds everything: start once without --only")
    sends = Role.DISPATCH in roles
    if not once:  # until somebody listens; what changes meanwhile is seen then
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    room = Room(load(config_path, sends=sends))
    try:
        room.prepare(sends=sends)
        if hold_before is not None:
            hold_back(room, hold_before, _receive_with_progress)
        work = run_once(room, roles) if once else run(room, roles, watch=watch)
        with asyncio.Runner(loop_factory=event_loop if Role.SERVE in roles and not once else None) as runner:
            runner.run(work)
    finally:
        room.close()


async def run_once(room: Room, roles: Collection[Role] = tuple(Role)) -> None:
    """Reads every intake, delivers until nothing is due, feeds the followers, and returns."""
    stop = stop_on_signals()
    if Role.INTAKE in roles:
        for opened in room.intakes():
            await _read_once(room, opened, stop)
            if stop.is_set():
                return
        await room.store.run(room.publisher.backfill)
    if Role.DISPATCH in roles:
        await room.look_out(stop, once=True)
        await room.dispatch(stop, patience=PATIENCE)
        await room.follow(stop, once=True)
        await room.translate(stop, patience=PATIENCE)
        if room.translation.published:
            await room.dispatch(stop, patience=PATIENCE)
            await room.follow(stop, once=True)


async def run(room: Room, roles: Collection[Role] = tuple(Role), *, watch: bool) -> None:
    """Does everything until the process is told to stop; what fails is told and stops nothing else."""
    stop, again = stop_on_signals(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, again.set)
    part = ", ".join(sorted(role.value for role in roles))
    reloader = Reloader(room, part=part, again=again, sends=Role.DISPATCH in roles)
    parts = [room.listen(stop), room.serve_metrics(stop), reloader.run(stop)]
    if Role.SERVE in roles:
        parts.append(room.serve(stop))
    if Role.DISPATCH in roles:
        parts += [room.dispatch(stop), room.follow(stop), room.translate(stop), room.retain(stop), room.look_out(stop)]
    if Role.INTAKE in roles:
        parts.append(room.take_in(stop, watch=watch))
    tasks = [asyncio.create_task(part) for part in parts]
    done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    stop.set()
    await asyncio.gather(*others, return_exceptions=True)
    for task in done:
        task.result()


async def _read_once(room: Room, opened: OpenedIntake, stop: asyncio.Event) -> None:
    """Reads an intake, unless another process does so now."""
    if opened.turn and not await room.store.run(opened.turn.take, LONG):
        log.info("another process reads it", intake=opened.name)
        return
    reading = asyncio.create_task(asyncio.to_thread(_receive_with_progress, opened))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([reading, stopping], return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        opened.intake.stop()
    stopping.cancel()
    try:
        await reading
    finally:
        if opened.turn:
            await room.store.run(opened.turn.give_back)


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
