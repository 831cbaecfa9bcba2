"""The intake: reads the folder, whole or in part, and watches it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newswire.api import Intake, Left, Problem, Withdrawal
from newswire_markdown.article import ArticleMaker
from newswire_markdown.edition import Broken, EditionReader, Foreign, Parsed
from newswire_markdown.folder import Candidate, Folder, signatures
from newswire_markdown.watch import changes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from pathlib import Path

    import anyio

    from newswire.api import Delivered, Site, Taxonomy
    from newswire_markdown.folder import Signature
    from newswire_markdown.options import MarkdownOptions

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class MarkdownIntake(Intake):
    """A folder of Markdown files, opened.

    Args:
        name: the intake's name in the config.
        options: its table.
        site: the site's languages and address.
        taxonomy: the topics.
        clock: tells the time, in UTC; an article from the future is a mistake.
        stop: ends `watch` when it is set.
        debounce: how long changes are gathered while the folder is watched, in seconds.
    """

    def __init__(
        self,
        name: str,
        options: MarkdownOptions,
        *,
        site: Site,
        taxonomy: Taxonomy,
        clock: Callable[[], datetime],
        stop: anyio.Event | None = None,
        debounce: float = 0.4,
    ) -> None:
        self.name = name
        self._options = options
        self._clock = clock
        self._stop = stop
        self._debounce = debounce
        self._seen: dict[Path, Signature] | None = None
        self._folder = Folder(options)
        self._reader = EditionReader(options, site)
        self._maker = ArticleMaker(
            site, taxonomy, source=options.source, default_language=self._reader.default_language
        )

    def read(self) -> Iterator[Delivered]:
        """Everything in the folder: articles without a date first, the others from the oldest to the newest."""
        found = list(self._folder.look())
        self._seen = signatures(found)
        yield from (item for item in found if not isinstance(item, Candidate))
        yield from self._read_groups(_grouped(found))

    def expected(self) -> int:
        """How many articles and left-out files there are, going by the paths."""
        found = list(self._folder.look())
        articles = {item.article_id for item in found if isinstance(item, Candidate)}
        return len(articles) + sum(not isinstance(item, Candidate) for item in found)

    def covers(self, path: Path) -> bool:
        """Whether a file is an article of this folder, going by its path."""
        return isinstance(self._folder.classify(path), Candidate)

    def read_files(self, paths: Iterable[Path]) -> Iterator[Delivered]:
        """The articles that these files are editions of, whole; a file that is none is reported."""
        wanted: set[str] = set()
        for path in paths:
            found = self._folder.classify(path)
            if isinstance(found, Left):
                yield found
            elif found is None:
                yield Problem(str(path), f"is no article of the intake {self.name!r}; look at its path and pattern")
            elif not path.exists():
                yield Problem(found.place, "there is no such file")
            else:
                wanted.add(found.article_id)
        groups = _grouped(self._folder.look()) if wanted else {}
        yield from self._read_groups({article_id: groups[article_id] for article_id in groups if article_id in wanted})

    async def watch(self) -> AsyncIterator[Iterable[Delivered]]:
        """The articles whose files change, whole, as soon as the files lie still."""
        async for changed in changes(
            self._folder,
            self._read_changed,
            self._missed,
            settle=self._options.settle,
            debounce=self._debounce,
            stop=self._stop,
        ):
            yield changed

    def _missed(self) -> set[Path]:
        """The files that changed since the folder was read."""
        if self._seen is None:
            return set()
        now = signatures(self._folder.look())
        return {path for path in self._seen.keys() | now.keys() if self._seen.get(path) != now.get(path)}

    def _read_changed(self, paths: Iterable[Path]) -> list[Delivered]:
        """What comes of changed and vanished files."""
        changed = [self._folder.classify(path) for path in paths]
        ids = {item.article_id for item in changed if isinstance(item, Candidate)}
        found = list(self._folder.look())
        # A folder that cannot be read, perhaps for a moment, is no reason to withdraw what it held.
        problems = [item for item in found if isinstance(item, Problem)]
        groups = {article_id: files for article_id, files in _grouped(found).items() if article_id in ids}
        made: list[Delivered] = [*problems, *self._read_groups(groups)]
        if self._options.on_missing == "withdraw" and not problems:
            made.extend(Withdrawal(article_id) for article_id in sorted(ids - groups.keys()))
        return made

    def _read_groups(self, groups: dict[str, list[Candidate]]) -> Iterator[Delivered]:
        now = self._clock()
        order = sorted(groups, key=lambda article_id: (self._date(groups[article_id]), article_id))
        for article_id in order:
            files: list[Parsed | Broken] = []
            for candidate in groups[article_id]:
                file = self._reader.read(candidate)
                if isinstance(file, Left):
                    yield file
                elif isinstance(file, Foreign):
                    yield file.problem
                else:
                    files.append(file)
            yield from self._maker.make(article_id, files, now)

    def _date(self, candidates: list[Candidate]) -> datetime:
        """The earliest date of an article's files; only their beginnings are read, so that no body waits in memory."""
        dates = [date for date in map(self._reader.date, candidates) if date]
        return min(dates, default=_LONG_AGO)


def _grouped(found: Iterable[Candidate | Left | Problem]) -> dict[str, list[Candidate]]:
    groups: dict[str, list[Candidate]] = {}
    for item in found:
        if isinstance(item, Candidate):
            groups.setdefault(item.article_id, []).append(item)
    return groups
