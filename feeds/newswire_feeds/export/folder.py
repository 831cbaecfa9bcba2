"""The folder: files appear whole or not at all, and nothing of others is touched."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from newswire.api import Refused
from newswire_feeds.export import manifest
from newswire_feeds.export.manifest import Manifest, Written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

PACKED = ".gz"
_PARTIAL = ".newswire-partial"
"""Where files are written before they take their place; on the same file system, so that taking it is one step."""
_CLAIMED = "claimed"
_LONGEST_NAME = 255
"""Bytes: NAME_MAX of every file system in use."""


class Folder:
    """A folder that an export writes into.

    Args:
        root: the folder; it is made if it is not there.
        authority: the site's tag authority.

    Raises:
        Refused: the folder cannot be used.
    """

    def __init__(self, root: Path, authority: str) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(f"{root} cannot be made: {error.strerror}") from error
        self.manifest = manifest.read(root, authority)
        self._changed_folders: set[Path] = set()

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Holds the folder for one export at a time.

        Raises:
            Refused: another export is at work in it, or it cannot be written to.
        """
        try:
            partial = self.root / _PARTIAL
            partial.mkdir(exist_ok=True)
            descriptor = os.open(partial, os.O_RDONLY)
        except OSError as error:
            raise Refused(f"{self.root} cannot be written to: {error.strerror}") from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused(f"another export is writing into {self.root}; wait until it has ended") from None
            self._take_over(partial)
            yield
            shutil.rmtree(partial, ignore_errors=True)
        finally:
            os.close(descriptor)

    def _take_over(self, partial: Path) -> None:
        """Goes on from what another export has left; one that was killed left a list of what it was to write."""
        self.manifest = manifest.read(self.root, self.manifest.authority)
        with contextlib.suppress(FileNotFoundError):
            for path in (partial / _CLAIMED).read_text("utf-8").splitlines():
                self.manifest.files.setdefault(path, None)
        self.save()
        for left in partial.iterdir():
            left.unlink()

    def claim(self, paths: Collection[str]) -> list[str]:
        """Notes what will be written, before the first of it is: after a crash it is known as ours.

        Returns:
            The paths that are ours. Where somebody else's file is, or none can be, nothing is written.
        """
        new = {path: None for path in paths if path not in self.manifest.files and self._free(path)}
        if new:
            with (self.root / _PARTIAL / _CLAIMED).open("a", encoding="utf-8") as claimed:
                claimed.writelines(f"{path}\n" for path in new)
                claimed.flush()
                os.fsync(claimed.fileno())
            self.manifest.files.update(new)
        return [path for path in paths if path in self.manifest.files]

    def _free(self, path: str) -> bool:
        if any(len(part.encode()) > _LONGEST_NAME - len(PACKED) for part in PurePosixPath(path).parts):
            return False
        target = self.root / path
        return not (os.path.lexists(target) or os.path.lexists(f"{target}{PACKED}"))

    def write(self, path: str, plain: bytes, packed: bytes, written: Written, changed: datetime | None) -> None:
        """Writes a document and its compressed twin, each in one step.

        Args:
            path: below the folder.
            plain: the document.
            packed: the same, as gzip.
            written: what to remember of it.
            changed: when the document last changed, if that is known; its files get this time, and a server that
                goes by it tells readers the same as the web app.
        """
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        at = self._time(target, changed)
        for place, content in ((target, plain), (target.with_name(target.name + PACKED), packed)):
            partial = self.root / _PARTIAL / str(os.getpid())
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                if at is not None:
                    os.utime(file.fileno(), (at, at))
                os.fsync(file.fileno())
            partial.replace(place)
        self._changed_folders.add(target.parent)
        self.manifest.files[path] = written

    def _time(self, target: Path, changed: datetime | None) -> float | None:
        """The files' time. None is now: servers tell by the time that the bytes are others."""
        if changed is None:
            return None
        with contextlib.suppress(FileNotFoundError):
            if target.stat().st_mtime >= changed.timestamp():
                return None
        return changed.timestamp()

    def whole(self, path: str) -> bool:
        """Whether a document and its twin are still there."""
        target = self.root / path
        return target.is_file() and target.with_name(target.name + PACKED).is_file()

    def remove(self, path: str) -> None:
        """Removes a document of ours, and the folders that are empty then."""
        target = self.root / path
        for place in (target, target.with_name(target.name + PACKED)):
            place.unlink(missing_ok=True)
        del self.manifest.files[path]
        for above in target.relative_to(self.root).parents:
            if above == Path():
                break
            try:
                (self.root / above).rmdir()
            except OSError:
                break
            self._changed_folders.discard(self.root / above)

    def save(self) -> None:
        """Makes what was written so far durable, then the manifest that says so; the list of claims is void then."""
        for each in self._changed_folders:
            _sync_folder(each)
        self._changed_folders.clear()
        partial = self.root / _PARTIAL / manifest.NAME
        with partial.open("wb") as file:
            file.write(self.manifest.dump())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.root / manifest.NAME)
        _sync_folder(self.root)
        (self.root / _PARTIAL / _CLAIMED).unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


__all__ = ["PACKED", "Folder", "Manifest"]
