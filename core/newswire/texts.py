"""Longer texts of the config: as they stand, or in a file of their own."""

from __future__ import annotations

from pathlib import Path

from newswire.secrets import base_folder

_FILE = "file:"


class ProblemInText(ValueError):
    """Something is wrong within a text of the config; the problem is told with the line it is in.

    Args:
        message: what is wrong.
        line: the line of the text, counted from 1.
        file: the file that holds the text, where it is not the config's own.
    """

    def __init__(self, message: str, *, line: int | None = None, file: str | None = None) -> None:
        self.message = message
        self.line = line
        self.file = file
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else f"line {line}: " if line else ""
        super().__init__(place + message)


def read_text(written: str) -> tuple[str, str | None]:
    """A text of the config, or what is in the file that ``file:path`` names.

    Args:
        written: as it stands in the config; a relative path starts at the config file's folder.

    Returns:
        The text, and the file it is from, if it is from one.

    Raises:
        ValueError: the file cannot be read.
    """
    if not written.startswith(_FILE):
        return written, None
    name = written.removeprefix(_FILE)
    try:
        return (base_folder.get() / Path(name).expanduser()).read_text("utf-8"), name
    except (OSError, ValueError, RuntimeError) as error:
        raise ValueError(f"the file {name} cannot be read ({type(error).__name__})") from None
