"""Metrics: two formats that a parser which is not ours takes, numbers that are right, and nobody else's business."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as strictly
from prometheus_client.parser import text_string_to_metric_families as plainly

from newswire import errors
from newswire.alerts.alert import Kind
from newswire.metrics import families
from newswire.metrics.exposition import MEDIA_TYPES, accepted, name_of, write
from newswire.metrics.families import FAMILIES, Family, Samples
from newswire.store import tokens
from newswire.store.tokens import TokenScope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prometheus_client.metrics_core import Metric

ROOT = Path(__file__).parents[3]


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and its labels' values."""
    return _samples(plainly(text))


def parsed_strictly(text: str) -> list[Metric]:
    """OpenMetrics, by the reference parser, which takes nothing that the standard does not."""
    return list(strictly(text))  # type: ignore[no-untyped-call]  # the library has no types here


def _samples(metrics: Iterable[Metric]) -> dict[tuple[str, ...], float]:
    return {(one.name, *one.labels.values()): one.value for metric in metrics for one in metric.samples}


def texts(watched: Any) -> tuple[str, str]:
    found = watched.room.meter.read()
    return write(found, "prometheus").decode(), write(found, "openmetrics").decode()


async def test_both_formats_say_the_same_and_the_truth(watched: Any, an_article: Callable[..., Any]) -> None:
    texts(watched)  # from now on it counts
    watched.publish(an_article("a"))
    await watched.deliver()
    watched.board.fails["news"] = errors.Unknown("cut off")
    watched.publish(an_article("b"))
    await watched.deliver()
    watched.board.fails["news"] = errors.ChannelGone("gone")
    watched.publish(an_article("c"))
    await watched.deliver()
    watched.lookout.look()
    plain, strict = texts(watched)
    found = numbers(plain)
    own = {name for name, *_ in found if name.startswith("process_")}
    ends = ("cpu_seconds_total", "resident_memory_bytes", "start_time_seconds", "open_fds")
    assert own == {f"process_{end}" for end in ends}
    assert {key: value for key, value in _samples(parsed_strictly(strict)).items() if key[0] not in own} == {
        key: value for key, value in found.items() if key[0] not in own
    }
    expected = {
        ("newswire_events_total",): 3,
        ("newswire_editions", "en"): 3,
        ("newswire_account_held", "wire"): 0,
        ("newswire_account_paused", "wire"): 0,
        ("newswire_channels", "wire", "suspended"): 1,
        ("newswire_channels", "house", "active"): 1,
        ("newswire_deliveries_pending", "wire"): 1,
        ("newswire_deliveries_doubt", "wire"): 1,
        ("newswire_deliveries_dead", "wire"): 0,
        ("newswire_attempts_total", "wire", "post", "sent"): 1,
        ("newswire_attempts_total", "wire", "post", "unknown"): 1,
        ("newswire_attempts_total", "wire", "post", "channelgone"): 1,
        ("newswire_attempt_duration_seconds_count", "wire", "post"): 3,
        ("newswire_channel_posts_total", "news"): 1,
        ("newswire_channel_active", "news"): 0,
        ("newswire_channel_pending", "news"): 1,
        ("newswire_channels_left_out",): 0,
        ("newswire_alerts", "channel_suspended"): 1,
        ("newswire_alerts", "channel_silent"): 0,
        ("newswire_alerts_watched",): 1,
    }
    assert {key: found.get(key) for key in expected} == expected


def test_whatever_a_name_holds_the_text_is_well_formed() -> None:
    odd = Family("odd", "gauge", 'a "word" \\ and\na line', ("name",))
    names = ['a"b', "a\\b", "a\nb", "ünïcode", "a\\nb"]
    samples = [Samples(odd, [((name,), number) for number, name in enumerate(names)])]
    for form, parse in (("prometheus", plainly), ("openmetrics", parsed_strictly)):
        (metric,) = parse(write(samples, form).decode())  # type: ignore[arg-type]
        assert [sample.labels["name"] for sample in metric.samples] == names
        assert metric.documentation == odd.help


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "prometheus"),
        ("*/*", "prometheus"),
        ("text/plain", "prometheus"),
        ("application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "openmetrics"),
        ("text/plain;q=0.9,application/openmetrics-text;q=0.1", "prometheus"),
        ("application/openmetrics-text;q=0", "prometheus"),
        ("application/openmetrics-text;q=nonsense", "prometheus"),
    ],
)
def test_the_format_is_the_one_that_is_asked_for(accept: str, form: str) -> None:
    assert accepted(accept) == form


async def test_many_channels_have_no_series_of_their_own(make_watched: Callable[..., Any], an_article: Any) -> None:
    watched = make_watched(channel_names=tuple(f"c{number:02}" for number in range(20)))
    watched.publish(an_article("a"))
    bounded = watched.room.config.metrics.model_copy(update={"most_channels": 10})
    object.__setattr__(watched.room.config, "metrics", bounded)
    plain, _ = texts(watched)
    assert numbers(plain)["newswire_channels_left_out",] == 22
    assert numbers(plain)["newswire_deliveries_pending", "wire"] == 21
    assert not re.search("c07", plain)


async def test_counting_goes_on_where_it_ended(watched: Any, an_article: Callable[..., Any]) -> None:
    for number in range(3):
        watched.publish(an_article(f"a{number}"))
        await watched.deliver()
        plain, _ = texts(watched)
        # The first was there before anybody counted.
        assert numbers(plain)["newswire_channel_posts_total", "news"] == number


@pytest.fixture
def ask(watched: Any) -> Callable[..., Any]:
    """Asks the web app of a room, or the address for metrics of a process."""
    from newswire.http_api import Gate, Rates  # noqa: PLC0415  # only here
    from newswire.metrics import MetricsApp  # noqa: PLC0415
    from newswire.web import WebApp  # noqa: PLC0415

    room = watched.room

    async def ask(path: str, *, guarded: bool = True, method: str = "GET", **headers: str) -> httpx.Response:
        gate = Gate(room.store, Rates(lambda: 0.0), room.world.clock) if guarded else None
        app = WebApp([MetricsApp(room.meter, room.store, gate)], room.services, room._ready)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await client.request(method, path, headers=headers)

    return ask


def _token(watched: Any, *scopes: TokenScope) -> str:
    with watched.store.write() as connection:
        name = "-".join(scopes)
        return tokens.create(connection, name, scopes, rate=100, expires=None, now=watched.clock.now)


async def test_the_web_app_shows_metrics_to_whoever_may_see_them(watched: Any, ask: Callable[..., Any]) -> None:
    assert (await ask("/metrics")).status_code == 401
    assert (await ask("/metrics")).headers["www-authenticate"].startswith("Bearer ")
    assert (await ask("/metrics", authorization=f"Bearer {_token(watched, TokenScope.READ)}")).status_code == 403
    seen = await ask("/metrics", authorization=f"Bearer {_token(watched, TokenScope.METRICS)}")
    assert (seen.status_code, seen.headers["content-type"]) == (200, MEDIA_TYPES["prometheus"])
    assert seen.headers["cache-control"] == "no-store"
    assert "newswire_account_held" in seen.text


async def test_the_address_of_a_process_shows_them_to_everybody(ask: Callable[..., Any]) -> None:
    seen = await ask("/metrics", guarded=False, accept="application/openmetrics-text; version=1.0.0")
    assert (seen.status_code, seen.headers["content-type"]) == (200, MEDIA_TYPES["openmetrics"])
    assert len(parsed_strictly(seen.text)) > 15
    assert (await ask("/metrics", guarded=False, method="HEAD")).text == ""
    assert (await ask("/metrics", guarded=False, method="POST")).status_code == 405
    assert (await ask("/healthz", guarded=False)).json() == {"alive": True}


async def test_ready_is_whose_workers_take_turns(watched: Any, ask: Callable[..., Any]) -> None:
    assert (await ask("/readyz")).json() == {"ready": True, "reason": None}
    dispatcher = watched.room.dispatcher()
    answer = await ask("/readyz")
    assert (answer.status_code, answer.json()["reason"]) == (
        503,
        "an account's worker stands still; the log tells more",
    )
    stop = asyncio.Event()
    working = asyncio.create_task(dispatcher.run(stop))
    while any(worker.turned is None for worker in dispatcher.workers):  # noqa: ASYNC110  # it says nothing itself
        await asyncio.sleep(0.01)
    assert (await ask("/readyz")).status_code == 200
    stop.set()
    await working
    watched.clock.forward(minutes=2)  # none has taken a turn since
    assert (await ask("/readyz")).status_code == 503


async def test_a_database_of_another_version_is_not_ready(watched: Any, ask: Callable[..., Any]) -> None:
    with watched.store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    answer = await ask("/readyz")
    assert answer.status_code == 503
    assert "the database has schema 9999" in answer.json()["reason"]


def test_names_keep_to_the_rules() -> None:
    for family in FAMILIES:
        assert re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", family.name)
        assert family.help.endswith(".")
        assert not family.unit or family.name.endswith(f"_{family.unit}")
        assert not family.name.endswith(("_total", "_info", "_sum", "_count"))
        assert not set(family.labels) & {"instance", "job", "le", "quantile"}
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)


def test_every_metric_is_in_the_docs_and_nothing_else() -> None:
    text = (ROOT / "docs/metrics.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \| ([^|]*) \|$", text, re.MULTILINE)
    expected = [
        (name_of(family), family.kind, ", ".join(f"`{label}`" for label in family.labels), family.help)
        for family in FAMILIES
    ]
    assert rows == expected
    assert all(f"`{kind.value}`" in (ROOT / "docs/alerts.md").read_text("utf-8") for kind in Kind)


def test_the_dashboard_asks_for_metrics_that_exist() -> None:
    board = json.loads((ROOT / "examples/grafana/newswire.json").read_text("utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    assert len(asked) >= 10
    known = {name_of(family): set(family.labels) for family in FAMILIES}
    for family in FAMILIES:
        if family.kind == "summary":
            known |= {f"{family.name}_{end}": set(family.labels) for end in ("sum", "count")}
    for expression in asked:
        names = set(re.findall(r"\b(?:newswire|process)_\w+", expression))
        assert names, expression
        assert names <= known.keys(), expression
        labels = {name for listed in re.findall(r"\bby \(([^)]*)\)", expression) for name in re.split(r",\s*", listed)}
        assert labels <= set().union(*(known[name] for name in names)) | {"instance", "job"}, expression
    used = {name for expression in asked for name in re.findall(r"\bnewswire_\w+", expression)}
    assert {name_of(families.ALERTS), name_of(families.PENDING), name_of(families.OLDEST)} <= used
