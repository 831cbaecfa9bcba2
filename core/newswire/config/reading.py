"""Reading the file: its text and its tables, or a clear word why not."""

from __future__ import annotations

import hashlib
import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newswire.errors import ConfigError
from newswire.secrets import base_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_HINTS = {
    "Invalid value": 'text stands in quotes: key = "value"; true and false are written in small letters',
    "Expected '=' after a key in a key/value pair": "a key is followed by '=' and its value",
    "Cannot overwrite a value": "the key stands here twice",
    "Unescaped '\\' in a string": "write \\\\ for one, or put the text in single quotes",
}


def read_file(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of the file and its tables.

    Raises:
        ConfigError: it is not there, cannot be read, or is no TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such file\n    hint: start with a copy of config.example.toml"
        ) from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: this is a folder, not a file") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: is not UTF-8\n    hint: save the file as UTF-8") from None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_syntax_error(path, text, str(error))) from None
    except RecursionError:
        raise ConfigError(f"{path}: is nested too deeply") from None


def digest(files: Iterable[Path]) -> bytes:
    """A digest of what files hold; of one that cannot be read, that it cannot. Blocking."""
    found = hashlib.blake2b(digest_size=16)
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            content = f"{type(error).__name__}".encode()
        found.update(len(content).to_bytes(8, "big") + content)
    return found.digest()


def referred_files(tables: dict[str, Any]) -> tuple[Path, ...]:
    """The files that values refer to as ``file:path``, each once; relative ones start at the config file's folder."""
    written = dict.fromkeys(text.removeprefix("file:") for text in _texts(tables) if text.startswith("file:"))
    found = []
    for path in written:
        with suppress(RuntimeError, ValueError):  # nobody's home, or no path at all: whoever reads it says so
            found.append((base_folder.get() / Path(path).expanduser()).absolute())
    return tuple(found)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _texts(part)


def _syntax_error(path: Path, text: str, message: str) -> str:
    # Up to Python 3.13 the place stands in tomllib's message only; newer ones still write it there.
    place = _PLACE.search(message)
    what = message[: place.start()] if place else message
    line = int(place["line"]) if place and place["line"] else text.rstrip().count("\n") + 1
    column = f"column {place['column']}: " if place and place["column"] else ""
    hint = next((hint for start, hint in _HINTS.items() if what.startswith(start)), None)
    return f"{path}:{line}: {column}{what}" + (f"\n    hint: {hint}" if hint else "")
