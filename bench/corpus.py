"""Importing the corpus and delivering it to the sandbox, beside the least a script could do.

The script knows nothing of editions, revisions, order or retries: it reads the front matter of every file and sends
as many messages of about the same length with plain python-telegram-bot and plain Mastodon.py.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
from figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("NEWSWIRE_CORPUS", ROOT.parent / "shared" / "corpus"))
PROGRAM = str(Path(sys.executable).with_name("newswire"))
BIND = "127.0.0.1:8400"  # where examples/corpus.toml sends to
MEBIBYTE = 1 << 20


def figures() -> Iterator[Figure]:
    """Articles a second, messages a second, and the peak of resident memory."""
    if not (CORPUS / "articles").is_dir():
        print(f"# corpus: skipped, there is none at {CORPUS.name} (set NEWSWIRE_CORPUS)", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        shutil.copy(ROOT / "examples" / "corpus.toml", config)
        config.chmod(0o600)
        with _sandbox():
            ours, ours_peak = _measured([PROGRAM, "run", "--once", "--config", str(config)])
            messages = _messages()
            again, _ = _measured([PROGRAM, "run", "--once", "--config", str(config)])
        with _sandbox():
            script = [sys.executable, __file__, *(str(messages[kind]) for kind in ("telegram", "mastodon"))]
            peer, peer_peak = _measured(script)
    articles = 286
    script_is = "a bare script: front matter, python-telegram-bot, Mastodon.py; no store, no order, no retry"
    yield Figure("corpus: import and first delivery", "articles/s", _rate(articles, ours), _rate(articles, peer),
                 script_is, "higher")  # fmt: skip
    yield Figure("corpus: messages delivered", "messages/s", _rate(sum(messages.values()), ours),
                 _rate(sum(messages.values()), peer), script_is, "higher")  # fmt: skip
    yield Figure("corpus: peak memory", "MiB", ours_peak, peer_peak, script_is, "lower")
    yield Figure("corpus: second run, nothing changed", "articles/s", _rate(articles, again), None, "", "higher")


def _rate(number: int, seconds: float) -> float:
    return round(number / seconds, 1)


@contextmanager
def _sandbox() -> Iterator[None]:
    process = subprocess.Popen([PROGRAM, "sandbox", "--no-limits", "--bind", BIND], stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                httpx.get(f"http://{BIND}/sandbox/state")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def _messages() -> dict[str, int]:
    state = httpx.get(f"http://{BIND}/sandbox/state", timeout=60).json()
    return {
        "telegram": sum(len(chat["messages"]) for chat in state["telegram"]["chats"]),
        "mastodon": sum(
            len(account["statuses"]) for server in state["mastodon"]["servers"] for account in server["accounts"]
        ),
    }


def _measured(command: Sequence[str]) -> tuple[float, float]:
    """Seconds of wall time, and the peak of resident memory in MiB."""
    begin = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "NEWSWIRE_CORPUS": str(CORPUS)},
    ) as process:
        watched, peak = psutil.Process(process.pid), 0
        while process.poll() is None:
            try:
                peak = max(peak, watched.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with exit code {process.returncode}")
    return time.perf_counter() - begin, round(peak / MEBIBYTE, 1)


def _bare_script(telegram: int, mastodon: int) -> None:
    """The peer: reads the front matter, then sends so many messages."""
    import yaml  # noqa: PLC0415  # the peer's imports are part of what is measured
    from mastodon import Mastodon  # noqa: PLC0415
    from telegram import Bot  # noqa: PLC0415

    texts = []
    for path in sorted((CORPUS / "articles").rglob("*.md")):
        _, _, rest = path.read_text("utf-8").partition("---\n")
        front, _, body = rest.partition("---\n")
        if body:
            texts.append(str(yaml.load(front, Loader=yaml.BaseLoader).get("title", "")) * 4 + "\n" + path.stem)
    accounts = tomllib.loads((ROOT / "examples" / "corpus.toml").read_text("utf-8"))["accounts"]
    client = Mastodon(api_base_url=accounts[1]["url"], access_token=accounts[1]["token"], ratelimit_method="throw")

    async def send() -> None:
        base = f"{accounts[0]['api_url']}/bot"
        async with Bot(accounts[0]["token"], base_url=base) as bot:
            for number in range(telegram):
                await bot.send_message("@bench", texts[number % len(texts)])

    async def both() -> None:
        posting = asyncio.to_thread(
            lambda: [client.status_post(texts[number % len(texts)][:400]) for number in range(mastodon)]
        )
        await asyncio.gather(send(), posting)

    asyncio.run(both())


if __name__ == "__main__":
    _bare_script(int(sys.argv[1]), int(sys.argv[2]))
