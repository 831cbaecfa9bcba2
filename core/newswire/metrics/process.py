"""What the operating system knows of this process."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from newswire import __version__
from newswire.metrics import families
from newswire.metrics.families import Samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.plugins import Plugins

_STARTED = time.time()
_PROC = Path("/proc/self")
_KILO = 1024


def samples(plugins: Plugins) -> Iterator[Samples]:
    """The metrics of this process; what the system does not tell is left out."""
    yield Samples(families.INFO, [((__version__,), 1)])
    statuses = [record.status.value for record in plugins.records]
    yield Samples(families.PLUGINS, [((status,), statuses.count(status)) for status in sorted(set(statuses))])
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield Samples(families.CPU, [((), used.ru_utime + used.ru_stime)])
    yield Samples(families.MEMORY, [((), _memory(used.ru_maxrss))])
    yield Samples(families.STARTED, [((), _STARTED)])
    with contextlib.suppress(OSError):
        yield Samples(families.DESCRIPTORS, [((), len(list((_PROC / "fd").iterdir())))])


def _memory(largest: int) -> float:
    """The memory in use, in bytes; where only the most there ever was is known, that."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int((_PROC / "statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return largest if sys.platform == "darwin" else largest * _KILO
