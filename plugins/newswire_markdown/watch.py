"""Watches a folder and hands over what changed, once it lies still."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from newswire.api import Problem
from newswire_markdown.folder import is_unfinished, signature

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from newswire.api import Delivered
    from newswire_markdown.folder import Folder

_PATIENCE = 300
"""How often a file is looked at that never lies still; its next change brings it back anyhow."""


async def changes(
    folder: Folder,
    read: Callable[[Iterable[Path]], list[Delivered]],
    missed: Callable[[], set[Path]],
    *,
    settle: float,
    debounce: float,
    stop: anyio.Event | None,
) -> AsyncIterator[list[Delivered]]:
    """What `read` makes of the files that change, batch by batch.

    A file is read when its size and time have stayed the same for `settle` seconds. What then does not parse may be
    a file somebody is still writing, so it gets a second such wait before its problem is told.

    Args:
        folder: says which files count.
        read: reads all articles that some files belong to. Blocking; called in a thread.
        missed: what changed before anybody watched; asked once, when the watching has begun. Blocking.
        settle: seconds.
        debounce: how long changes are gathered, in seconds.
        stop: ends it when set.
    """
    if not folder.root.is_dir():
        yield [Problem(str(folder.root), "there is no such folder; correct the intake's path, or make the folder")]
        return
    async for changed in _changed_paths(folder.root, missed, debounce=debounce, stop=stop):
        waiting = {path for path in changed if folder.classify(path) is not None}
        for _ in range(_PATIENCE):
            if not waiting:
                break
            still = await _still(waiting, settle)
            waiting -= still
            made = await anyio.to_thread.run_sync(read, still) if still else []
            if any(isinstance(item, Problem) for item in made):
                if await _still(still, settle) != still:
                    waiting |= still
                    continue
                made = await anyio.to_thread.run_sync(read, still)
            if made:
                yield made


async def _changed_paths(
    root: Path, missed: Callable[[], set[Path]], *, debounce: float, stop: anyio.Event | None
) -> AsyncIterator[set[Path]]:
    """What changes below a folder, and first of all what changed before."""
    from watchfiles import Change, awatch  # noqa: PLC0415  # only a watched folder needs it

    def counts(change: Change, path: str) -> bool:
        del change
        return not is_unfinished(Path(path).name)

    first = True
    async for batch in awatch(
        root,
        watch_filter=counts,
        debounce=int(debounce * 1000),
        step=50,
        stop_event=stop,
        rust_timeout=500,
        yield_on_timeout=True,
    ):
        changed = await anyio.to_thread.run_sync(_with_new_folders, {Path(path) for _, path in batch})
        if first:
            changed |= await anyio.to_thread.run_sync(missed)
            first = False
        yield changed


def _with_new_folders(paths: set[Path]) -> set[Path]:
    """The paths, and what lies in those that are folders: what is written into a new folder at once is not told."""
    return paths.union(*(path.rglob("*") for path in paths if path.is_dir()))


async def _still(paths: Iterable[Path], settle: float) -> set[Path]:
    """Those of the files that stay as they are for a while; a file that is gone is still."""
    before = {path: signature(path) for path in paths}
    await anyio.sleep(settle)
    return {path for path, seen in before.items() if signature(path) == seen}
