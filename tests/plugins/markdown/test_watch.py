"""Watching a real folder with the real watcher."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from newswire.api import Arrival, Problem, Withdrawal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.streams.memory import MemoryObjectReceiveStream

    from newswire.api import Delivered

Desk = Any
SOON = 10.0
NOTHING_FOR = 0.8


class Watched:
    """What a running watch hands over."""

    def __init__(self, received: MemoryObjectReceiveStream[Delivered]) -> None:
        self._received = received

    async def next(self) -> Delivered:
        with anyio.fail_after(SOON):
            return await self._received.receive()

    async def article(self) -> Any:
        item = await self.next()
        assert isinstance(item, Arrival), str(item)
        return item.article

    async def nothing(self) -> None:
        with anyio.move_on_after(NOTHING_FOR):
            pytest.fail(f"unexpected: {await self._received.receive()}")

    async def until(self, wanted: Any) -> Any:
        """The first article that is as wanted; the same article may come more often than once."""
        while True:
            article = await self.article()
            if wanted(article):
                return article


@asynccontextmanager
async def watching(desk: Desk, *, first: bool = True, **options: Any) -> AsyncIterator[Watched]:
    stop = anyio.Event()
    intake = desk.intake(stop=stop, **({"settle": 0.1} | options))
    send, received = anyio.create_memory_object_stream[Any](100)

    async def pump() -> None:
        async with send:
            async for delivered in intake.watch():
                for item in delivered:
                    await send.send(item)

    if first:
        list(intake.read())
    async with anyio.create_task_group() as group, received:
        group.start_soon(pump)
        watched = Watched(received)
        if first:
            # A file that came after the reading is seen however early or late the watcher gets going.
            desk.article("en/canary.md")
            await watched.until(lambda article: article.id == "canary")
        try:
            yield watched
        finally:
            stop.set()


async def test_a_changed_file_brings_its_whole_article(desk: Desk) -> None:
    desk.article("en/a.md", title="One")
    desk.article("de/a.md", title="Eins")
    async with watching(desk) as watched:
        desk.article("de/a.md", title="Zwei")
        article = await watched.until(lambda article: article.id == "a" and article.edition("de").title == "Zwei")
        assert article.languages == ("de", "en")
        desk.article("ja/a.md", title="三")
        article = await watched.until(lambda article: "ja" in article.languages)
        assert article.languages == ("de", "en", "ja")


async def test_what_is_written_into_a_new_folder_at_once_is_seen(desk: Desk) -> None:
    desk.article("en/a.md", title="One")
    async with watching(desk) as watched:
        for language in ("de", "ja", "ar"):
            desk.article(f"{language}/a.md", title="Other")
            await watched.until(lambda article, wanted=language: wanted in article.languages)


async def test_write_then_rename(desk: Desk) -> None:
    async with watching(desk) as watched:
        desk.article("en/.a.md.tmp", title="One")
        desk.article("en/b.md~", title="Backup")
        desk.article("en/c.md.part", title="Part")
        await watched.nothing()
        (desk.root / "en/.a.md.tmp").replace(desk.root / "en/a.md")
        assert (await watched.article()).original.title == "One"


async def test_half_written_files_are_not_read(desk: Desk) -> None:
    async with watching(desk, settle=0.4) as watched:
        path = desk.root / "en/slow.md"
        whole = "---\ntitle: Whole\nsummary: S\n---\n\n" + "".join(f"Line {number}.\n\n" for number in range(12))
        with path.open("w") as file:
            for start in range(0, len(whole), 20):
                file.write(whole[start : start + 20])
                file.flush()
                await anyio.sleep(0.1)
        article = await watched.article()
        assert article.original.title == "Whole"
        assert article.original.body.endswith("Line 11.")


async def test_what_does_not_parse_gets_a_second_wait(desk: Desk) -> None:
    async with watching(desk, settle=0.5) as watched:
        path = desk.root / "en/pause.md"
        path.write_text("---\ntitle: [Half")
        await anyio.sleep(0.9)  # longer than it has to lie still once, shorter than twice
        path.write_text("---\ntitle: Whole\n---\nText")
        assert (await watched.article()).original.title == "Whole"


async def test_a_problem_is_told_in_the_end(desk: Desk) -> None:
    async with watching(desk) as watched:
        desk.write("en/bad.md", "---\ntitle: [\n---\n")
        item = await watched.next()
        assert isinstance(item, Problem)
        assert item.place == str(desk.root / "en/bad.md")
        desk.article("en/good.md")
        assert (await watched.article()).id == "good"


async def test_an_edition_that_disappears_leaves_its_article(desk: Desk) -> None:
    desk.article("en/a.md")
    gone = desk.article("de/a.md")
    async with watching(desk) as watched:
        gone.unlink()
        article = await watched.until(lambda article: article.id == "a")
        assert article.languages == ("en",)


async def test_an_article_that_disappears_is_kept_by_default(desk: Desk) -> None:
    gone = desk.article("en/a.md")
    async with watching(desk) as watched:
        gone.unlink()
        await watched.nothing()


async def test_an_article_that_disappears_can_be_withdrawn(desk: Desk) -> None:
    one, other = desk.article("en/a.md"), desk.article("de/a.md")
    async with watching(desk, on_missing="withdraw") as watched:
        one.unlink()
        other.unlink()
        while isinstance(item := await watched.next(), Arrival):
            assert item.article.languages == ("de",)
        assert item == Withdrawal("a")


async def test_what_changed_between_reading_and_watching_is_not_lost(desk: Desk) -> None:
    desk.article("en/a.md", title="Old")
    gone = desk.article("en/b.md")
    stop = anyio.Event()
    intake = desk.intake(stop=stop, settle=0.1, on_missing="withdraw")
    list(intake.read())
    desk.article("en/a.md", title="New title")
    gone.unlink()
    with anyio.fail_after(SOON):
        async for delivered in intake.watch():
            items = list(delivered)
            assert {item.article.original.title for item in items if isinstance(item, Arrival)} == {"New title"}
            assert Withdrawal("b") in items
            stop.set()


async def test_files_of_no_concern_wake_nobody(desk: Desk) -> None:
    async with watching(desk, skip=["**/_index.md"]) as watched:
        desk.write("en/picture.png", b"\x89PNG")
        desk.write("deep/er/x.md", "---\ntitle: T\n---\n")
        await watched.nothing()


async def test_a_missing_folder_is_a_problem(desk: Desk) -> None:
    desk.root.rmdir()
    batches = [list(batch) async for batch in desk.intake().watch()]
    assert [str(item) for item in batches[0]] == [
        f"{desk.root}: there is no such folder; correct the intake's path, or make the folder"
    ]
    assert len(batches) == 1
