"""The roles of a fleet, and how its processes learn of each other's work."""

from __future__ import annotations

import logging
import socket
import time
from typing import Any

import httpx
from sqlalchemy import create_engine, text

log = logging.getLogger(__name__)


def test_what_another_process_publishes_is_out_at_once_even_after_an_outage(fleet: Any, postgres: Any) -> None:
    fleet.dispatcher(NEWSWIRE_DISPATCH__LEASE="60s")  # so it looks by itself every 5 s only
    took = []
    for number in range(6):
        fleet.publish(f"a{number}")
        title = f"Title a{number}"
        took.append(fleet.until(lambda title=title: title in fleet.posted("@news_one"), "it is not out"))
        time.sleep(0.1)
    log.info("out after %s s", [round(seconds, 3) for seconds in took])
    assert max(took) < 3  # far below the 5 s after which it would have looked by itself

    administrator = create_engine(postgres.url("postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {fleet.database} ALLOW_CONNECTIONS false"))
        victims = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(victims), {"name": fleet.database})
        time.sleep(1.5)
        connection.execute(text(f"ALTER DATABASE {fleet.database} ALLOW_CONNECTIONS true"))
    administrator.dispose()
    fleet.publish("after")
    fleet.until(lambda: "Title after" in fleet.posted("@news_one"), "it did not survive the outage")
    assert fleet.processes[0].poll() is None
    fleet.until(fleet.settled, "something is stuck")
    assert fleet.check([*(f"Title a{number}" for number in range(6)), "Title after"]) == []


def test_each_process_does_its_part_and_no_more(fleet: Any) -> None:
    folder = fleet.folder / "articles"
    (folder / "en").mkdir(parents=True)
    with (fleet.folder / "config.toml").open("a") as config:
        config.write(
            '[[intakes]]\nname = "articles"\ntype = "markdown"\npath = "articles"\npattern = ["{lang}/{key}.md"]\n'
            'url = "https://news.example/{lang}/{key}"\n'
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    nothing = dict.fromkeys(("TEST_TELEGRAM_TOKEN", "TEST_MASTODON_TOKEN"), "")
    before = fleet.fingerprints()
    desk = fleet.start("--only", "serve", "--only", "intake", NEWSWIRE_HTTP__BIND=bind, **nothing)
    fleet.until(lambda: _status(f"http://{bind}/readyz") == 200, "the web app is not up")
    front = "---\ntitle: Title one\nsummary: About it.\ndate: 2026-11-20T08:00:00Z\n---\nBody.\n"
    (folder / "en" / "one.md").write_text(front, "utf-8")
    fleet.until(lambda: "Title one" in httpx.get(f"http://{bind}/feeds/en.rss").text, "it is not in the feed")
    assert fleet.posted("@news_one") == []
    assert fleet.owners() == {0}
    assert fleet.fingerprints() == before  # a process without the secrets lifts nobody's pause
    assert set(fleet.states().values()) == {"pending"}

    fleet.dispatcher()
    fleet.until(lambda: fleet.posted("@news_one") == ["Title one"], "it is not out")
    fleet.until(fleet.settled, "something is stuck")
    desk.terminate()
    assert desk.wait(timeout=10) == 0


def _status(address: str) -> int | None:
    try:
        return httpx.get(address).status_code
    except httpx.TransportError:
        return None
