"""The archive: what is pruned, as JSON lines in one compressed file a month.

Each batch is a gzip member of its own (RFC 1952, 2.2: a file may be several), so files grow by appending, and any
tool that reads ``.gz`` reads all of it. A batch is on the disk before `append` returns. When a process dies before
the rows are gone from the database, they are archived once more: of lines with one id the last counts.
"""

from __future__ import annotations

import gzip
import os
import zlib
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_GZIP = zlib.MAX_WBITS | 16
_CHUNK = 1 << 20


class Archive:
    """A folder of archived rows.

    Args:
        folder: where the files are; it is made when something is to be kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._looked_at: set[Path] = set()

    def append(self, kind: str, month: str, rows: Sequence[Mapping[str, Any]]) -> Path:
        """Keeps rows of a month, durably.

        Args:
            kind: what they are: ``deliveries``, ``attempts``, ``events``.
            month: as in ``2026-05``.
            rows: what JSON can say, times included.

        Raises:
            OSError: they could not be kept; the file is as it was.
        """
        path = self.folder / f"{kind}-{month}.ndjson.gz"
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = b"".join(orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE) for row in rows)
        if path not in self._looked_at:
            mend(path)
            self._looked_at.add(path)
        with path.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                _write_all(file.fileno(), gzip.compress(lines, mtime=0))
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), size)
                raise
        if size == 0:
            _make_durable(self.folder)
        return path


def mend(path: Path) -> None:
    """Cuts off a batch that was being written when the power went: its rows are still in the database."""
    if not path.exists():
        return
    whole = _whole_length(path)
    if whole < path.stat().st_size:
        os.truncate(path, whole)


def _whole_length(path: Path) -> int:
    """How many bytes of a file are complete gzip members."""
    end = position = 0
    reader = zlib.decompressobj(_GZIP)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            rest = chunk
            while rest:
                try:
                    reader.decompress(rest)
                except zlib.error:
                    return end
                if not reader.eof:
                    break
                end = position + len(chunk) - len(reader.unused_data)
                rest, reader = reader.unused_data, zlib.decompressobj(_GZIP)
            position += len(chunk)
    return end


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
