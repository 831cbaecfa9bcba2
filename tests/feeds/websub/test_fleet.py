"""WebSub in a fleet: a web process takes down what is asked, one of two dispatchers works it off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAM = str(Path(sys.executable).with_name("newswire"))


@contextmanager
def _dispatcher(house: Any, url: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "NEWSWIRE_STORE__URL": url}
    process = subprocess.Popen([PROGRAM, "run", "-c", str(house.path), "--only", "dispatch"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def test_each_subscriber_is_told_once_and_by_the_next_dispatcher_when_one_stops(  # fixtures
    new_house: Callable[..., Any],
    subscriber: Any,
    other_hub: Any,
    until: Any,
    article: Callable[..., Any],
    postgres: Any,
    postgres_database: str,
) -> None:
    url = postgres.url(postgres_database)
    house = new_house(f'hub = ["builtin", "{other_hub.url}/"]\nhub_networks = ["127.0.0.0/8"]\n[store]\nurl = "{url}"')
    await house.up(follow=False)  # this process publishes and serves
    with ExitStack() as stack:
        first = stack.enter_context(_dispatcher(house, url))
        stack.enter_context(_dispatcher(house, url))
        for number in range(3):
            answer = await house.subscribe("/feeds/en.atom", f"{subscriber.url}/{number}", secret="x" * 40)
            assert answer.status_code == 202
        await until(lambda: len(house.kept("feeds.websub.subscriptions")) == 3)
        house.publish(article("a"))
        await until(lambda: len(subscriber.got) == 3 and len(other_hub.pings) == 6)

        first.send_signal(signal.SIGTERM)
        assert first.wait(60) == 0
        house.publish(article("b"))
        await until(lambda: len(subscriber.got) == 6 and len(other_hub.pings) == 12)
        polled = await house.poll("/feeds/en.atom")
    told: dict[str, list[str]] = {}
    for got in subscriber.got:
        assert got.signed_by("x" * 40)
        told.setdefault(got.path, []).extend(got.ids)
    assert {tuple(sorted(ids)) for ids in told.values()} == {tuple(sorted(polled.ids))}
    assert len(subscriber.got) == 6
    assert all(other_hub.pings.count(topic) == 2 for topic in other_hub.pings)
