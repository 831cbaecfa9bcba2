"""Measures, and prints one JSON object a line: name, ours, the peer's, the ratio.

python bench/run.py            everything
python bench/run.py start      only the modules named
"""

from __future__ import annotations

import sys
from importlib import import_module

MODULES = (
    "start",
    "configs",
    "corpus",
    "delivery",
    "publishing",
    "api",
    "upstream",
    "latency",
    "standing",
    "watching",
    "feeds",
    "shaping",
    "matching",
    "metrics",
    "serving",
    "breadth",
    "formatting",
    "simulation",
    "telegram_sending",
    "mastodon_sending",
)


def main() -> None:
    """Runs the modules named on the command line, or all."""
    for name in sys.argv[1:] or MODULES:
        for figure in import_module(name).figures():
            figure.tell()


if __name__ == "__main__":
    main()
