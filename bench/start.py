"""How long ``newswire --help`` takes, beside a bare interpreter that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROUNDS = 25


def figures() -> Iterator[Figure]:
    """The start of the program, in milliseconds of wall time: medians of interleaved rounds."""
    program = [str(Path(sys.executable).with_name("newswire")), "--help"]
    bare = [sys.executable, "-c", "pass"]
    ours, peer = [], []
    for _ in range(ROUNDS):
        ours.append(_milliseconds(program))
        peer.append(_milliseconds(bare))
    yield Figure(
        "newswire --help",
        "ms",
        round(statistics.median(ours), 1),
        round(statistics.median(peer), 1),
        "python -c pass",
        "lower",
    )


def _milliseconds(command: Sequence[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1000
