"""Stories, accounts and servers for the tests of the Mastodon plugin."""

from __future__ import annotations

import asyncio
import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import requests
from mastodon_mock.testing import MockServer

from newswire.api import Story, StoryTopic
from newswire.languages import direction
from newswire.sandbox import Sandbox
from newswire.testing import RehearsalClock, RehearsalServices
from newswire_mastodon.options import MastodonAccountOptions, MastodonChannelOptions
from newswire_mastodon.plugin import MastodonType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from newswire_mastodon.account import MastodonAccount
    from newswire_mastodon.channel import MastodonChannel

FOLDER = Path(__file__).parent
MOMENT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class MakeStory(Protocol):
    """Makes a story; what is not given is plain."""

    def __call__(self, **given: Any) -> Story: ...


@pytest.fixture(scope="session")
def make_story() -> MakeStory:
    def make(**given: Any) -> Story:
        language = given.pop("language", "en")
        topics = given.pop("topics", ())
        plain: dict[str, Any] = {
            "article_id": "a1",
            "rev": 1,
            "reader_language": language,
            "language": language,
            "direction": direction(language),
            "title": "A title",
            "summary": "A summary of what happened.",
            "url": "https://news.anthill.dev/en/a1",
            "body": None,
            "body_format": "markdown",
            "body_language": language,
            "body_direction": direction(language),
            "body_url": "https://news.anthill.dev/en/a1",
            "notice": None,
            "topics": tuple(StoryTopic(f"topic-{number}", words, words) for number, words in enumerate(topics)),
            "source": None,
            "authors": (),
            "translators": (),
            "image": None,
            "questions": (),
            "questions_language": "en",
            "related": (),
            "alternates": (),
            "published": MOMENT,
            "updated": MOMENT,
            "urgent": False,
        }
        return Story(**{**plain, **given})

    return make


@pytest.fixture(scope="session")
def golden() -> Callable[[str, str], None]:
    """Compares a text with its golden file; NEWSWIRE_UPDATE_GOLDEN=1 writes the file instead."""

    def compare(name: str, text: str) -> None:
        path = FOLDER / "golden" / f"{name}.txt"
        if os.environ.get("NEWSWIRE_UPDATE_GOLDEN"):
            path.write_text(text, "utf-8")
        assert text == path.read_text("utf-8")

    return compare


class Connect(Protocol):
    """Connects an account and opens a channel of it; it is closed when the test ends."""

    def __call__(
        self, url: str, token: str = ..., *, services: RehearsalServices = ..., account: Any = ..., **channel: Any
    ) -> tuple[MastodonAccount, MastodonChannel]: ...


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    opened: list[MastodonAccount] = []
    usual = RehearsalServices(clock=lambda: datetime.now(UTC))

    def make(
        url: str,
        token: str = "token-of-the-newsroom",
        *,
        services: RehearsalServices = usual,
        account: Any = None,
        **channel: Any,
    ) -> tuple[Any, Any]:
        kind = MastodonType()
        options = MastodonAccountOptions.model_validate({"url": url, "token": token, **(account or {})})
        connected = kind.connect("newsroom", options, services)
        opened.append(connected)
        return connected, kind.open(connected, MastodonChannelOptions.model_validate(channel))

    yield make
    for account in opened:
        await account.aclose()


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
async def server(sandbox: Sandbox) -> AsyncIterator[str]:
    """The address of a Mastodon server in the sandbox, where the token of `connect` is known."""
    sandbox.mastodon.add_account("main", "token-of-the-newsroom", "news")
    async with sandbox.serving() as url:
        yield f"{url}/mastodon/main"


@pytest.fixture(scope="session")
def running_mock() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


class Mock:
    """A server of another project that stands in for Mastodon.

    Its own helpers for this need a package of its test extra; the addresses they call do not.
    """

    def __init__(self, running: MockServer) -> None:
        self.base_url = running.base_url
        self.client = running.client
        self._ask("POST", "reset")

    @contextlib.contextmanager
    def fault(self, rule: dict[str, Any]) -> Iterator[None]:
        made = self._ask("POST", "faults", rule)
        yield
        self._ask("DELETE", f"faults/{made['id']}")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = requests.request(method, f"{self.base_url}/api/v1/_mock/{path}", json=body, timeout=5)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture
def mock(running_mock: MockServer) -> Mock:
    return Mock(running_mock)


class Raw(Protocol):
    """Serves every request with the same bytes, or, given None, closes the connection without any.

    With `plain` the first bytes of anything are answered, whether they are HTTP or not; `seconds` pass before.
    """

    def __call__(self, answer: bytes | None, *, plain: bool = ..., seconds: float = ...) -> Awaitable[str]: ...


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    servers: list[asyncio.Server] = []
    answering: set[asyncio.Task[None] | None] = set()

    async def serve(answer: bytes | None, *, plain: bool = False, seconds: float = 0) -> str:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            answering.add(asyncio.current_task())
            if plain:
                await reader.read(1000)
            else:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                lengths = [line[15:] for line in head.split(b"\r\n") if line.startswith(b"content-length:")]
                await reader.readexactly(int(lengths[0]) if lengths else 0)
            await asyncio.sleep(seconds)
            writer.write(answer or b"")
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

        running = await asyncio.start_server(handle, "127.0.0.1", 0)
        servers.append(running)
        return f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}"

    yield serve
    for running in servers:
        running.close()
        await running.wait_closed()
    await asyncio.gather(*(task for task in answering if task), return_exceptions=True)


class Shelf(Protocol):
    """Puts an answer on a path of a server of pictures; gives its address."""

    def __call__(self, path: str, content: bytes = ..., *, status: int = ..., **headers: str) -> str: ...


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cf"
    "c0f01f0005000201a5f645400000000049454e44ae426082"
)


@pytest.fixture
def png() -> bytes:
    return PNG


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    """A server that pictures lie on. It is in a private network, like every server of a test."""
    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status, headers, content = answers.get(head.split(" ")[1], (404, {}, b""))
        given = {"Content-Length": str(len(content)), **headers}
        lines = [f"HTTP/1.1 {status} So", *(f"{name}: {value}" for name, value in given.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()

    running = await asyncio.start_server(handle, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}"

    def put(path: str, content: bytes = PNG, *, status: int = 200, **headers: str) -> str:
        answers[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)
        return base + path

    yield put
    running.close()
    await running.wait_closed()


@pytest.fixture
def clock() -> RehearsalClock:
    """A clock one can move, that begins with the real time: the library compares it with a server's."""
    return RehearsalClock(datetime.now(UTC).replace(microsecond=0))
