"""Problems of a config, gathered and told in one go: ``file:line: path: message``, with a hint."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from newswire.config.locate import KeyPath, Lines
from newswire.errors import ConfigError
from newswire.secrets import mask

if TYPE_CHECKING:
    from collections.abc import Iterable

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_MANY = 16


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth a word."""

    path: KeyPath
    message: str
    hint: str | None = None
    excerpt: str | None = None
    """Lines to show below the message, as they are."""
    variable: str | None = None
    """The environment variable at fault, where it is not the file."""
    within: int | None = None
    """The line of the text that is the value, counted from 1, where it is known."""


@dataclass
class Report:
    """Everything found so far.

    Args:
        file: the name of the file, as the admin wrote it.
        text: what is in it; valid TOML.
    """

    file: str
    text: str = ""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    literal_secrets: list[KeyPath] = field(default_factory=list)
    """Where a secret itself stands in the file, and no reference."""

    def add(
        self,
        path: KeyPath,
        message: str,
        *,
        hint: str | None = None,
        excerpt: str | None = None,
        variable: str | None = None,
        within: int | None = None,
    ) -> None:
        """Adds a problem."""
        self.problems.append(Problem(path, message, hint, excerpt, variable, within))

    def warn(self, path: KeyPath, message: str, *, hint: str | None = None, variable: str | None = None) -> None:
        """Adds something that stops nothing."""
        self.warnings.append(Problem(path, message, hint, variable=variable))

    @cached_property
    def lines(self) -> Lines:
        """The lines of the file's keys; looked for only when there is something to tell."""
        return Lines(self.text)

    def raise_problems(self) -> None:
        """Ends here when there are problems.

        Raises:
            ConfigError: all of them.
        """
        if self.problems:
            raise ConfigError("\n".join(self.told(self.problems)))

    def told(self, problems: Iterable[Problem]) -> list[str]:
        """Problems as text, in the order of their lines."""
        return [self._told(problem) for problem in sorted(dict.fromkeys(problems), key=self._place)]

    def _place(self, problem: Problem) -> tuple[bool, float, str]:
        line = self._line(problem)[0]
        return problem.variable is not None, line if line is not None else float("inf"), shown(problem.path)

    def _told(self, problem: Problem) -> str:
        line, exact = self._line(problem) if problem.variable is None else (None, False)
        place = f"environment variable {problem.variable}" if problem.variable else self.file
        text_line = f"line {problem.within}" if problem.within and not exact else ""
        parts = [f"{place}:{line}" if line else place, shown(problem.path), text_line, problem.message]
        text = ": ".join(part for part in parts if part)
        if problem.excerpt:
            text += "".join(f"\n        {line}" for line in problem.excerpt.split("\n"))
        if problem.hint:
            text += f"\n    hint: {problem.hint}"
        return mask(text)

    def _line(self, problem: Problem) -> tuple[int | None, bool]:
        """The line of a problem, and whether it is that within a text."""
        exact = self.lines.line_within(problem.path, problem.within) if problem.within else None
        return (exact, True) if exact else (self.lines.line(problem.path), False)


def shown(path: KeyPath) -> str:
    """A path as people write it: ``channels[2].topics[1]``."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            bare = key if _BARE_KEY.fullmatch(key) else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
            text += f".{bare}" if text else bare
    return text


def closest_word(word: str, known: Iterable[str]) -> str | None:
    """A hint at the known word that was probably meant, if any is near."""
    by_fold = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return f"did you mean {by_fold[close[0]]!r}?" if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint for a word nobody knows: the one that was probably meant, else all there are."""
    words = sorted(known)
    near = closest_word(word, words)
    if near or not words:
        return near
    rest = f" and {len(words) - _MANY} more" if len(words) > _MANY else ""
    return f"known: {', '.join(words[:_MANY])}{rest}"
