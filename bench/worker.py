"""A worker in a process of its own: ``newswire run --only dispatch`` in a room whose platform does nothing.

python bench/worker.py URL CHANNELS      prints "ready", then the time of each call and the text of the post
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import psutil
from noop import a_room

from newswire.cli.run import Role, run

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def worker(url: str, channels: int) -> Iterator[tuple[psutil.Process, IO[str]]]:
    """The running process, and what it prints."""
    command = [sys.executable, __file__, url, str(channels)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise SystemExit("the worker cannot be heard")
        try:
            process.stdout.readline()
            time.sleep(2)  # it takes its lanes, and comes to rest
            yield psutil.Process(process.pid), process.stdout
        finally:
            process.terminate()


def _end_with_parent() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _work(url: str, channels: int) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    room = a_room(url, lambda text: print(time.monotonic(), text, flush=True), channels=channels)
    print("ready", flush=True)
    try:
        asyncio.run(run(room, {Role.DISPATCH}, watch=False))
    finally:
        room.close()


if __name__ == "__main__":
    _work(sys.argv[1], int(sys.argv[2]))
