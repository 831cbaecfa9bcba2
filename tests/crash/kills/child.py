"""A process that has everything imported, and forks the dispatchers that a test kills.

Starting a Python with all of newswire takes a second, forking one that has it a few milliseconds. It reads orders, one
JSON object a line: ``{"offset": seconds, "patience": seconds or null}`` forks a dispatcher whose clock runs ahead by
the offset, and prints its process id; ``{"wait": id}`` waits for its end, and prints the exit code (negative: the
signal that killed it).
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import pkgutil
import random
import sys
import traceback
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.logs import setup_logging
from newswire.room import Room, real_world

if TYPE_CHECKING:
    from newswire.config import Config


def warm_up() -> None:
    """Imports what the plugins import only when they are used."""
    for package in ("newswire", "newswire_telegram", "newswire_mastodon"):
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if "migrations." not in module.name and "__main__" not in module.name:
                importlib.import_module(module.name)


async def deliver(room: Room, patience: float | None) -> None:
    """What a ``newswire run`` does to deliver; with patience only until nothing is due within so many seconds."""
    within = None if patience is None else timedelta(seconds=patience)
    await room.dispatcher().run(asyncio.Event(), patience=within)


def be_a_dispatcher(config: Config, offset: float, patience: float | None) -> NoReturn:
    """Delivers until it is killed or done."""
    code = 1
    try:
        random.seed()
        real = real_world()
        ahead = timedelta(seconds=offset)
        world = World(clock=lambda: real.clock() + ahead, monotonic=real.monotonic, random=real.random)
        room = Room(config, world)
        room.prepare()
        asyncio.run(deliver(room, patience))
        room.close()
        code = 0
    except BaseException:  # noqa: BLE001  # a forked process must not go back into its parent's loop
        traceback.print_exc()
    finally:
        os._exit(code)


def main() -> None:
    config = load_config(Path(sys.argv[1]))
    setup_logging("warning", "console")
    warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        elif (answer := os.fork()) == 0:
            be_a_dispatcher(config, order["offset"], order["patience"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
