from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
import requests
from mastodon import Mastodon
from telegram import Bot

from newswire.sandbox import Sandbox, VirtualClock

TOKEN = "4711:sandbox-secret"
CHANNEL = -1001234567890

Client = Callable[..., Mastodon]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def sandbox(clock: VirtualClock) -> Sandbox:
    """A sandbox with one bot, one channel, one server `m` with one account `news`, and no kindness towards others."""
    made = Sandbox(clock=clock)
    made.telegram.add_bot(TOKEN, username="news_bot", name="News")
    made.telegram.add_chat(CHANNEL, "channel", title="News", username="newschannel")
    made.mastodon.add_account("m", "good-token", "news")
    return made


@pytest.fixture
async def url(sandbox: Sandbox) -> AsyncIterator[str]:
    async with sandbox.serving() as address:
        yield address


@pytest.fixture
async def http(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


@pytest.fixture
async def bot(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with Bot(TOKEN, base_url=f"{url}/telegram/bot") as client:
        yield client


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    """Makes real Mastodon.py clients; call their methods in a thread."""
    sessions = []

    def make(token: str = "good-token", server: str = "m") -> Mastodon:
        session = requests.Session()
        session.trust_env = False
        sessions.append(session)
        return Mastodon(
            api_base_url=f"{url}/mastodon/{server}",
            access_token=token,
            ratelimit_method="throw",
            request_timeout=5,
            session=session,
        )

    yield make
    for session in sessions:
        session.close()
