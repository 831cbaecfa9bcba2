"""A config of 5,000 channels: how long it takes to be read, checked, to tell its mistakes, to start with, to change.

The channels belong to 100 Telegram accounts; each has two languages and an expression over 400 topics, every tenth a
filter of 50. Beside that stands what must be done in any case: parsing the file, starting an interpreter.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from figures import Figure
from load import HOST

from newswire.config import load_config
from newswire.errors import ConfigError
from newswire.plugins import load_plugins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHANNELS, ACCOUNTS, TOPICS, FILTERS = 5_000, 100, 400, 50
ROUNDS = 3
WRONG = 100
PORT = 8412
PROGRAM = str(Path(sys.executable).with_name("newswire"))
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "cs", "ru", "uk", "tr")
HEAD = f"""
[site]
name = "Bench"
url = "https://news.example.org"
default_language = "en"
languages = {json.dumps(LANGUAGES)}
tag_authority = "news.example.org,2026"

[http]
bind = "{HOST}:{PORT}"

[plugins]
enabled = ["feeds", "markdown", "telegram"]
"""
READ_AGAIN = "the config was read again"


def figures() -> Iterator[Figure]:
    """Milliseconds of CPU, medians, for what else the machine does makes no difference to them."""
    os.environ["BENCH_TOKEN"] = "123456:" + "a" * 35
    plugins = load_plugins(enabled=["feeds", "markdown", "telegram"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large, small, broken = folder / "large.toml", folder / "small.toml", folder / "broken.toml"
        large.write_text(_config(CHANNELS), "utf-8")
        small.write_text(_config(1), "utf-8")
        text = large.read_text("utf-8")
        begin = text.index("[[channels]]")
        broken.write_text(text[:begin] + text[begin:].replace("languages = [", "langauges = [", WRONG), "utf-8")
        parsing = _median(lambda: tomllib.loads(text))
        loading = _median(lambda: load_config(large, plugins=plugins))
        about = f"a config of {CHANNELS:,} channels ({text.count(chr(10)):,} lines)"
        yield Figure(f"reading {about}", "ms", loading, parsing, "tomllib alone", "lower")
        telling = _median(lambda: _told(broken, plugins))
        yield Figure(f"telling {WRONG} mistakes with their lines", "ms", telling, parsing, "tomllib alone", "lower")
        ours, peer = (_median(partial(_check, path), _children) for path in (large, small))
        yield Figure(f"newswire check --offline, {about}", "ms", ours, peer, "the same with one channel", "lower")
        yield from _running(folder, large, small)


def _running(folder: Path, large: Path, small: Path) -> Iterator[Figure]:
    bare = _median(_serving_nothing, _children)
    started = []
    for path in (small, large):
        with _run(folder, path) as (process, ready):
            started.append(ready)
            if path is large:
                changed = _changed(folder, path, process)
    name = "from newswire run to its first answer"
    yield Figure(f"{name}, one channel, an empty store", "ms", started[0], bare, "python -m http.server", "lower")
    yield Figure(f"{name}, {CHANNELS:,} channels in it for the first time", "ms", started[1], bare, "as above", "lower")
    yield Figure(
        f"one channel more in {CHANNELS:,}, from SIGHUP until it is gone by",
        "ms",
        changed,
        started[1],
        "starting with them",
        "lower",
    )


def _config(channels: int) -> str:
    chance = random.Random(0)
    parts = [HEAD]
    parts += [f'[topics.topic-{one}]\nlabels = {{ en = "Topic {one}", de = "Thema {one}" }}\n' for one in range(TOPICS)]
    parts += [f'[filters.filter-{one}]\ntopics = "{_expression(chance)}"\n' for one in range(FILTERS)]
    accounts = min(ACCOUNTS, channels)
    parts += [
        f'[[accounts]]\nname = "bot-{one}"\ntype = "telegram"\ntoken = "env:BENCH_TOKEN"\napi_url = "http://{HOST}:9"\n'
        for one in range(accounts)
    ]
    parts += [_channel(chance, one, accounts) for one in range(channels)]
    return "\n".join(parts)


def _channel(chance: random.Random, number: int, accounts: int) -> str:
    takes = f'filter = "filter-{number % FILTERS}"' if number % 10 == 0 else f'topics = "{_expression(chance)}"'
    languages = json.dumps(chance.sample(LANGUAGES, 2))
    return (
        f'[[channels]]\nname = "channel-{number}"\naccount = "bot-{number % accounts}"\nchat = "@channel_{number}"\n'
        f"languages = {languages}\n{takes}\n"
    )


def _expression(chance: random.Random) -> str:
    one, two, three = (f"topic-{number}" for number in chance.sample(range(TOPICS), 3))
    return f"({one} | {two}) & !{three}"


def _told(path: Path, plugins: object) -> None:
    try:
        load_config(path, plugins=plugins)  # type: ignore[arg-type]  # it is what load_plugins gave
    except ConfigError as error:
        if str(error).count("did you mean 'languages'?") != WRONG:
            raise SystemExit("not all mistakes were told") from None


def _check(path: Path) -> None:
    command = [PROGRAM, "check", "--offline", "--config", str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def _run(folder: Path, path: Path) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    log = folder / f"{path.stem}.log"
    with log.open("wb") as stream:
        environment = {**os.environ, "NEWSWIRE_STORE__URL": f"sqlite:///{path.with_suffix('.db')}"}
        command = [PROGRAM, "run", "--config", str(path)]
        with subprocess.Popen(command, stdout=stream, stderr=stream, env=environment) as process:
            try:
                _wait("/readyz")
                yield process, _spent(process)
            finally:
                process.kill()


def _changed(folder: Path, path: Path, process: subprocess.Popen[bytes]) -> float:
    log = folder / f"{path.stem}.log"
    path.write_text(path.read_text("utf-8") + _channel(random.Random(1), CHANNELS, ACCOUNTS), "utf-8")
    before, end = _spent(process), time.monotonic() + 120
    process.send_signal(signal.SIGHUP)
    while READ_AGAIN not in log.read_text("utf-8"):
        time.sleep(0.01)
        if time.monotonic() > end:
            raise SystemExit(f"the change was not taken:\n{log.read_text('utf-8')[-2000:]}")
    return _spent(process) - before


def _spent(process: subprocess.Popen[bytes]) -> float:
    """Milliseconds of CPU that a process has used."""
    times = psutil.Process(process.pid).cpu_times()
    return round((times.user + times.system) * 1000)


def _children() -> float:
    """Seconds of CPU that processes have used that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _serving_nothing() -> None:
    command = [sys.executable, "-m", "http.server", str(PORT), "--bind", HOST]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait("/")
        finally:
            process.kill()


def _wait(path: str) -> None:
    for _ in range(6_000):
        try:
            connection = HTTPConnection(HOST, PORT)
            connection.request("GET", path)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise SystemExit(f"nothing answers at {HOST}:{PORT}")


def _median(work: Callable[[], object], ticks: Callable[[], float] = time.process_time) -> float:
    times = []
    for _ in range(ROUNDS):
        begin = ticks()
        work()
        times.append((ticks() - begin) * 1000)
    return round(statistics.median(times), 1)
