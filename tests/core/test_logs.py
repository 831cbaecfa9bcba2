"""Logs: one stream, two formats, no secrets."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from newswire.logs import LogFormat, get_logger, setup_logging
from newswire.secrets import MASK, remember

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = '123456:AAH-the "token" of-a-bot'
LIBRARIES = ("httpx", "httpcore", "telegram.ext", "mastodon", "urllib3.connectionpool", "aiohttp.access")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("telegram", "aiohttp.access", *LIBRARIES)}
    remember(SECRET)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def written(level: str = "debug", format: LogFormat = "json") -> io.StringIO:  # noqa: A002  # as the function has it
    stream = io.StringIO()
    setup_logging(level, format, stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_lines_and_those_of_libraries_look_alike() -> None:
    stream = written()
    get_logger("newswire.dispatch").info("sent", channel="news-de", tries=2)
    logging.getLogger("library").warning("took %d s", 3, extra={"lane": "main"})
    ours, theirs = lines(stream)
    assert ours.pop("timestamp").endswith("Z")
    assert theirs.pop("timestamp").endswith("Z")
    assert ours == {"event": "sent", "logger": "newswire.dispatch", "level": "info", "channel": "news-de", "tries": 2}
    assert theirs == {"event": "took 3 s", "logger": "library", "level": "warning", "lane": "main"}


def test_lines_for_people() -> None:
    stream = written("info", "console")
    get_logger("newswire.dispatch").info("sent", channel="news-de")
    assert "[info     ] sent [newswire.dispatch] channel=news-de\n" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_what_is_bound_to_the_task_is_on_every_line() -> None:
    stream = written()
    with structlog.contextvars.bound_contextvars(channel="news-de"):
        get_logger("newswire.dispatch").info("sent")
        logging.getLogger("library").info("asked")
    assert [line["channel"] for line in lines(stream)] == ["news-de", "news-de"]


@pytest.mark.parametrize(("level", "expected"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_levels(level: str, expected: int) -> None:
    stream = written(level)
    log = get_logger("newswire.levels")
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)(name)
    assert len(lines(stream)) == expected


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_that_tell_every_request_are_kept_quiet(library: str) -> None:
    stream = written()
    logging.getLogger(library).info("POST https://api.telegram.org/bot%s/sendMessage", SECRET)
    assert stream.getvalue() == ""
    logging.getLogger(library).warning("no answer from /bot%s/sendMessage", SECRET)
    assert [line["event"] for line in lines(stream)] == [f"no answer from /bot{MASK}/sendMessage"]


def fail() -> None:
    try:
        int(SECRET)
    except ValueError as cause:
        raise RuntimeError(f"while asking /bot{SECRET}/") from cause


@pytest.mark.parametrize("format", ["json", "console"])
def test_no_secret_gets_through_by_any_way(format: LogFormat) -> None:  # noqa: A002  # as the function has it
    stream = written("debug", format)
    ours, theirs = get_logger("newswire.dispatch"), logging.getLogger("library")
    try:
        fail()
    except RuntimeError:
        ours.exception("failed", token=SECRET, nested={"deep": [SECRET], SECRET: 1}, some=object)
        theirs.exception("failed with %s", SECRET, extra={"headers": {"Authorization": f"Bearer {SECRET}"}})
    ours.info(f"in the message: {SECRET}", stack_info=True)
    theirs.info({"token": SECRET})
    with structlog.contextvars.bound_contextvars(token=SECRET):
        theirs.info("bound")
    text = stream.getvalue()
    assert text.count(MASK) >= 12
    assert "RuntimeError" in text
    assert "AAH" not in text
    assert "of-a-bot" not in text


def test_a_line_that_cannot_be_written_does_not_spill_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().handlers.clear()
    stream = written()
    logging.getLogger("library").info("%d", SECRET)
    assert "a line of library could not be written: TypeError" in stream.getvalue()
    assert "AAH" not in stream.getvalue() + capsys.readouterr().err


def test_setting_up_again_replaces_and_does_not_double() -> None:
    first = written("debug")
    second = written("warning", "console")
    get_logger("newswire.again").warning("once")
    get_logger("newswire.again").info("never")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1
    assert "never" not in second.getvalue()


def test_other_handlers_stay() -> None:
    other = logging.NullHandler()
    logging.getLogger().addHandler(other)
    written()
    assert other in logging.getLogger().handlers


def test_a_logger_used_before_setup_keeps_away_from_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    get_logger("newswire.early").warning("too early")
    assert capsys.readouterr().out == ""
