"""Writing the files of a new plugin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

from newswire import __version__
from newswire.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

Kind = Literal["channel", "intake", "follower"]
"""What a plugin can begin with."""
KINDS: tuple[Kind, ...] = get_args(Kind)

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
_LONGEST_NAME = 20
"""With it, every line of the files is as short as their linter wants it."""
_SUFFIX = ".jinja"


@dataclass(frozen=True, slots=True)
class Naming:
    """How a plugin is called, in each place."""

    word: str
    """In the config and in ``newswire plugins``: ``notice-board``."""

    @property
    def package(self) -> str:
        """What is imported: ``newswire_notice_board``."""
        return f"newswire_{self.word.replace('-', '_')}"

    @property
    def distribution(self) -> str:
        """What is installed, and the folder: ``newswire-notice-board``."""
        return f"newswire-{self.word.replace('_', '-')}"

    @property
    def stem(self) -> str:
        """What the names of classes begin with: ``NoticeBoard``."""
        return "".join(part.capitalize() for part in re.split("[_-]", self.word))


def name_plugin(name: str) -> Naming:
    """The names of a plugin, of whatever its author calls it: ``notice-board``, ``newswire-notice-board``.

    Raises:
        Refused: it cannot be called so.
    """
    word = re.sub("^newswire[_-]", "", name)
    if not _NAME.fullmatch(word) or len(word) > _LONGEST_NAME or word == "newswire":
        raise Refused(
            f"a plugin cannot be called {name!r}: it takes lower-case letters, digits and single hyphens, a letter "
            f"first, {_LONGEST_NAME} characters at most"
        )
    return Naming(word)


def write_plugin(naming: Naming, kinds: Collection[Kind], parent: Path) -> list[Path]:
    """Writes the files of a plugin.

    Args:
        naming: how it is called.
        kinds: what it begins with.
        parent: the folder in which its own folder is made.

    Returns:
        The files, sorted.

    Raises:
        Refused: there is a folder of that name, or it cannot be written.
    """
    target = parent / naming.distribution
    texts = {target / path: text for path, text in _texts(naming, kinds)}
    try:
        target.mkdir(parents=True)
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except FileExistsError:
        raise Refused(f"{target} is there already; nothing was written") from None
    except OSError as error:
        raise Refused(f"{error.filename} cannot be written: {error.strerror}") from error
    return sorted(texts)


def _texts(naming: Naming, kinds: Collection[Kind]) -> Iterator[tuple[str, str]]:
    """Every file by its path in the plugin's folder."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  # heavy: not for --help

    environment = Environment(
        autoescape=False,  # noqa: S701  # what is written are no pages, and the name is known to be a word
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    chosen = [kind for kind in KINDS if kind in kinds]
    yield f"{naming.package}/py.typed", ""
    for part in ("whole", *chosen):
        for path, source in _sources(files("newswire.skeleton") / "files" / part, ""):
            place = path.removesuffix(_SUFFIX).replace("package/", f"{naming.package}/")
            yield place, environment.from_string(source).render(name=naming, kinds=chosen, fitting=_fitting())


def _fitting() -> str:
    """The versions of newswire that a plugin fits that is made today: what it may import changes with a minor one."""
    major, minor, *_ = map(int, __version__.split(".")[:2])
    return f">={major}.{minor},<{major}.{minor + 1}"


def _sources(folder: Traversable, below: str) -> Iterator[tuple[str, str]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _sources(one, f"{below}{one.name}/")
        elif one.name.endswith(_SUFFIX):
            yield f"{below}{one.name}", one.read_text("utf-8")
