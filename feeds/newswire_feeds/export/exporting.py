"""An export: writes what has changed, removes what is not there any more, tells what it did. Blocking."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newswire.api import Refused
from newswire_feeds.export.folder import Folder
from newswire_feeds.export.manifest import Written
from newswire_feeds.export.plan import Plan, group_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from newswire.api import Services
    from newswire_feeds.export.plan import Group, Planned
    from newswire_feeds.options import FeedsOptions

_SAVE_EVERY = 1000
"""Documents written between two looks of the manifest: about what has to be written again after a crash."""


@dataclass(slots=True)
class Outcome:
    """What an export did; each document is counted once."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    foreign: list[str] = field(default_factory=list)
    """Where somebody else's file is, or none can be: not written."""

    @property
    def documents(self) -> int:
        """How many there are now."""
        return self.written + self.unchanged


def export(
    services: Services,
    options: FeedsOptions,
    root: Path,
    *,
    past: bool = True,
    anew: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Outcome:
    """Brings a folder to what the web app would serve.

    Args:
        services: the room.
        options: what the feeds plugin offers.
        root: the folder.
        past: with the monthly archives.
        anew: make every document, also those that cannot have changed.
        progress: told how many feeds are done, of how many.

    Raises:
        Refused: the folder cannot be used.
    """
    folder = Folder(root, services.site.tag_authority)
    with folder.held():
        try:
            return _Export(Plan(services, options, past=past), folder, anew=anew).run(progress)
        except OSError as error:
            raise Refused(
                f"{error.filename or root}: {error.strerror}. What is written is whole; export again to go on"
            ) from error


class _Export:
    def __init__(self, plan: Plan, folder: Folder, *, anew: bool) -> None:
        self._plan = plan
        self._folder = folder
        self._files = folder.manifest.files
        self._anew = anew
        self._outcome = Outcome()
        self._present: set[str] = set()

    def run(self, progress: Callable[[int, int], None]) -> Outcome:
        before: dict[str, list[str]] = {}
        for path in self._files:
            before.setdefault(group_of(path), []).append(path)
        groups = self._plan.groups()
        for number, group in enumerate(groups, start=1):
            self._bring_group_up(group, before.get(group.key, []))
            progress(number, len(groups))
        for path in sorted(set(self._files).difference(self._present)):
            self._folder.remove(path)
            self._outcome.removed += 1
        self._folder.save()
        return self._outcome

    def _bring_group_up(self, group: Group, before: Sequence[str]) -> None:
        stamps = self._folder.manifest.groups
        if not self._anew and before and stamps.get(group.key) == group.stamp and all(map(self._folder.whole, before)):
            self._present.update(before)
            self._outcome.unchanged += len(before)
            return
        stamps.pop(group.key, None)
        planned = {each.path: each for each in group.plan()}
        ours = self._folder.claim(list(planned))
        for path in ours:
            self._bring_up(planned[path])
        foreign = [path for path in planned if path not in ours]
        self._outcome.foreign += foreign
        if not foreign:
            stamps[group.key] = group.stamp

    def _bring_up(self, planned: Planned) -> None:
        before = self._files[planned.path]
        there = before is not None and self._folder.whole(planned.path)
        if there and before is not None and before.stamp == planned.stamp and not self._anew:
            self._keep(planned.path)
            return
        made = planned.make()
        if made is None:
            return
        written = Written(planned.stamp, hashlib.blake2b(made.plain, digest_size=12).hexdigest())
        if there and before is not None and before.digest == written.digest:
            self._files[planned.path] = written
            self._keep(planned.path)
            return
        self._folder.write(planned.path, made.plain, made.packed, written, made.changed)
        self._present.add(planned.path)
        self._outcome.written += 1
        if self._outcome.written % _SAVE_EVERY == 0:
            self._folder.save()

    def _keep(self, path: str) -> None:
        self._present.add(path)
        self._outcome.unchanged += 1
