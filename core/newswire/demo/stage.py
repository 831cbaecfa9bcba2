"""The demo's stage: a folder of articles, the sandbox, and a room between them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from newswire.config import load_config
from newswire.demo import samples
from newswire.logs import setup_logging
from newswire.room import Room
from newswire.sandbox import Sandbox
from newswire.store import deliveries, lanes, tokens
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from newswire.receiving import Report

_LOOK = 0.1
"""Seconds between two looks whether everything is delivered."""


class Stage:
    """A running room on sample articles.

    Args:
        folder: an empty folder to work in.
        bind: address of the web app.
        sandbox_port: port of the sandbox on 127.0.0.1; 0 takes a free one.
    """

    def __init__(self, folder: Path, *, bind: str, sandbox_port: int) -> None:
        self._folder = folder
        self._bind = bind
        self._port = sandbox_port
        self.sandbox = Sandbox(auto_register=True)
        self.sandbox_url = ""
        self.room: Room

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Stage]:
        """Lays the articles out and runs everything until the end of the block."""
        samples.lay_out(self._folder)
        async with self.sandbox.serving(port=self._port) as url:
            self.sandbox_url = url
            config = load_config(self._write_config())
            setup_logging(config.logging.level, config.logging.format)
            self.room = Room(config)
            self.room.prepare()
            stop = asyncio.Event()
            work = [
                asyncio.create_task(part)
                for part in (self.room.dispatcher().run(stop), self.room.serve(stop), self.room.follow(stop))
            ]
            try:
                yield self
            finally:
                stop.set()
                await asyncio.gather(*work)
                self.room.close()

    def _write_config(self) -> Path:
        text = files("newswire.demo").joinpath("config.toml").read_text("utf-8")
        path = self._folder / "config.toml"
        path.write_text(text.format(folder=self._folder.as_posix(), sandbox=self.sandbox_url, bind=self._bind), "utf-8")
        path.chmod(0o600)
        return path

    async def publish(self) -> Report:
        """Reads the articles, as an intake does at start."""
        (opened,) = self.room.intakes()
        return await self.room.receive(opened)

    async def change(self, act: str) -> list[str]:
        """Lets the files of an act take the place of others, publishes them, and names them."""
        paths = samples.change(act, self._folder)
        (opened,) = self.room.intakes()
        await asyncio.to_thread(lambda: opened.receiver.receive(opened.intake.read_files(paths)))
        self.room.wake()
        return ["/".join(path.parts[-2:]) for path in paths]

    async def withdraw(self) -> str:
        """Withdraws an article and names it."""
        key = samples.withdrawn()
        await asyncio.to_thread(self.room.publisher.withdraw, key)
        self.room.wake()
        return key

    def admin_token(self) -> str:
        """A token that logs in to the dashboard for as long as the demo runs. Blocking."""
        now = self.room.world.clock()
        with self.room.store.write() as connection:
            return tokens.create(connection, "demo", [TokenScope.ADMIN], rate=600, expires=None, now=now)

    async def delivered(self) -> None:
        """Waits until no delivery is pending or being sent."""
        while await self.room.store.look(self._backlog):  # noqa: ASYNC110  # it is the database that changes
            await asyncio.sleep(_LOOK)

    def _backlog(self) -> int:
        with self.room.store.read() as connection:
            return lanes.backlog(connection)

    def summary(self) -> list[dict[str, Any]]:
        """Per channel: where it is, and what came of its deliveries. Blocking."""
        with self.room.store.read() as connection:
            tallies = deliveries.tally(connection)
            edits = deliveries.edits(connection)
            listing = deliveries.listing(connection, limit=1000)
        return [
            {
                "channel": channel.name,
                "languages": " ".join(channel.subscription.languages),
                "out": sum(row.channel == channel.name and row.receipt is not None for row in listing),
                "edited": edits.get(channel.name, 0),
                "withdrawn": sum(row.channel == channel.name and row.generation > 0 for row in listing),
                "states": tallies[channel.name].states if channel.name in tallies else {},
            }
            for channel in self.room.config.enabled_channels
        ]
