"""Publishing by HTTP to 100 channels: publishes a second and their p99, beside the publisher called directly.

The web app is a process of its own. The peer is the same work without HTTP, so the ratio is what the API costs.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from databases import ENGINES, databases
from figures import Figure
from noop import CHANNELS, INTAKE, a_room, articles

from newswire.room import utc_now
from newswire.store import tokens
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newswire.api import Article
    from newswire.room import Room

HOST, PORT = "127.0.0.1", 8412
CLIENTS = 4
ROUNDS, TURN = 20, 10
"""All ways of publishing take turns, so that a hiccup of the machine hits them alike."""
PEER = "the publisher called directly"


def figures() -> Iterator[Figure]:
    """Rates and percentiles on both engines, imports, and the memory of the server."""
    with databases() as new:
        for engine in ENGINES:
            url = new(engine)
            room = a_room(url, lambda _: None)
            try:
                yield from _publishing(f"API, {CHANNELS} channels, {engine}", room, url)
            finally:
                room.close()


def _publishing(name: str, room: Room, url: str) -> Iterator[Figure]:
    token, numbers = _token(room), count(step=TURN)
    direct: list[float] = []
    single: list[float] = []
    same: list[float] = []
    together: list[float] = []
    imported: list[float] = []
    command = [sys.executable, str(Path(__file__)), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as server:
        try:
            clients = [_wait() for _ in range(CLIENTS)]
            with ThreadPoolExecutor(CLIENTS) as pool:
                for _ in range(ROUNDS):
                    direct += _each(lambda one: room.publisher.publish(one, intake=INTAKE), _next(numbers))
                    turn = _next(numbers)
                    single += _each(lambda one: _put(clients[0], token, one), turn)
                    same += _each(lambda one: _put(clients[0], token, one), turn)
                    turns = [(client, _next(numbers)) for client in clients]
                    begin = time.perf_counter()
                    list(pool.map(lambda pair: _put(pair[0], token, *pair[1]), turns))
                    together.append((time.perf_counter() - begin) / CLIENTS)
                    imported.append(_import(clients[0], token, _next(numbers)))
        finally:
            told, _ = server.communicate("\n")
    plain = len(direct) / sum(direct)
    ways = {"one client": single, f"{CLIENTS} clients": together, "import by lines": imported}
    for way, times in ways.items():
        yield Figure(f"{name}: {way}", "1/s", round(ROUNDS * TURN / sum(times)), round(plain), PEER, "higher")
    cuts, own = statistics.quantiles(single, n=100), statistics.quantiles(direct, n=100)
    for percentile in (50, 99):
        ours, theirs = (round(found[percentile - 1] * 1000, 1) for found in (cuts, own))
        yield Figure(f"{name}: publish p{percentile}", "ms", ours, theirs, PEER, "lower")
    again = round(statistics.median(same) * 1000, 1)
    yield Figure(f"{name}: the same again", "ms", again, round(own[49] * 1000, 1), PEER, "lower")
    yield Figure(f"{name}: most memory of the server", "MiB", float(told.split()[-1]), None, "", "lower")


def _next(numbers: Iterator[int]) -> list[Article]:
    return articles(TURN, first=next(numbers))


def _each(publish: Callable[[Article], object], given: list[Article]) -> Iterator[float]:
    for article in given:
        begin = time.perf_counter()
        publish(article)
        yield time.perf_counter() - begin


def _token(room: Room) -> str:
    with room.store.write() as connection:
        return tokens.create(connection, "bench", TokenScope, rate=1_000_000, expires=None, now=utc_now())


def _wait() -> HTTPConnection:
    for _ in range(200):
        try:
            connection = HTTPConnection(HOST, PORT)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return connection
    raise SystemExit("the web app does not answer")


def _put(connection: HTTPConnection, token: str, *given: Article) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for article in given:
        connection.request("PUT", f"/api/articles/{article.id}", article.model_dump_json(), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in {200, 201}:
            raise SystemExit(f"PUT gave {answer.status}")


def _import(connection: HTTPConnection, token: str, given: list[Article]) -> float:
    """Seconds of an import."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    lines = "".join(f"{article.model_dump_json()}\n" for article in given)
    begin = time.perf_counter()
    connection.request("POST", "/api/articles", lines, headers)
    report = connection.getresponse().read().splitlines()
    if json.loads(report[-1])["counts"] != {"new": len(given)}:
        raise SystemExit(f"the import gave {report[-1].decode()}")
    return time.perf_counter() - begin


def _serve(url: str) -> None:
    """Serves the bench's room until a line comes, then tells the most memory it took."""
    import asyncio  # noqa: PLC0415  # only the server's process needs it

    room = a_room(url, lambda _: None)
    object.__setattr__(room.config.http, "bind", f"{HOST}:{PORT}")

    async def serve() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        threading.Thread(target=lambda: (sys.stdin.readline(), loop.call_soon_threadsafe(stop.set))).start()
        await room.serve(stop)

    asyncio.run(serve())
    room.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    _serve(sys.argv[1])
