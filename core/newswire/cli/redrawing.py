"""Showing something again and again until somebody has seen enough (``--watch``)."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from types import FrameType

    from rich.console import RenderableType

watch_option = click.option(
    "--watch",
    "every",
    is_flag=False,
    flag_value=2.0,
    type=click.FloatRange(min=0.1, max=3600),
    metavar="[SECONDS]",
    help="Show it again every SECONDS (2 unless given) until Ctrl-C.",
)

Draw = Callable[[int], "RenderableType"]
"""Draws what there is to see now, in so many lines at most."""


def redraw(draw: Draw, every: float) -> None:
    """Draws on the whole terminal, every so many seconds, until Ctrl-C or SIGTERM; then the terminal is as before."""
    from rich.console import Console  # noqa: PLC0415  # only where there is somebody to see it
    from rich.live import Live  # noqa: PLC0415

    console = Console()
    with ending_quietly(), Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            live.update(draw(console.height), refresh=True)
            time.sleep(every)


def repeat(show: Callable[[], None], every: float) -> None:
    """Shows it anew below, every so many seconds, until Ctrl-C, SIGTERM, or nobody reads any more."""
    with ending_quietly():
        while True:
            show()
            sys.stdout.flush()
            time.sleep(every)


@contextmanager
def ending_quietly() -> Iterator[None]:
    """Lets Ctrl-C and SIGTERM end what goes on for ever: no error, for it was asked to."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
