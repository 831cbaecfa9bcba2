"""The kit for testing plugins: stories, clock and services are what they should be."""

from __future__ import annotations

import inspect
import logging
import re
import socket
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newswire import testing
from newswire.api import (
    ConfigError,
    Options,
    Retry,
    Secret,
    Services,
    standardize,
)
from newswire.model import Edition
from newswire.testing import (
    ChannelContract,
    Failure,
    RehearsalClock,
    RehearsalServices,
    a_story,
    sample_stories,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).parents[2] / "docs/testing-plugins.md"
TOKEN = "a-token-nobody-may-see"


class Place(Options):
    place: str = "here"


class Needy(Options):
    token: Secret


log = logging.getLogger("memory")


# Stories, clock, services and room.


@pytest.mark.parametrize("name", sample_stories())
def test_every_sample_story_is_possible(name: str) -> None:
    whole = sample_stories()[name]
    for story in whole.digest or (whole,):
        edition = Edition(
            language=story.language, title=story.title, summary=story.summary, url=story.url, body=story.body
        )
        assert (edition.title, edition.summary, edition.language) == (story.title, story.summary, story.language)
        assert edition.body == story.body
        assert standardize(story.reader_language) == story.reader_language


def test_sample_stories_are_awkward() -> None:
    stories = sample_stories().values()
    assert len(stories) >= 30
    assert {"rtl", "ltr"} == {story.direction for story in stories}
    assert max(len(story.topics) for story in stories) == 40
    assert max(len(story.title) for story in stories) == 1000
    assert any(story.notice for story in stories)
    assert any(not story.summary for story in stories)
    assert any(story.urgent for story in stories)
    assert {0, 1, 5, 50} == {len(story.digest) for story in stories}
    assert any('<b>&"' in story.title for story in stories)
    assert any("\u200d" in story.title for story in stories)


def test_a_story_follows_its_language() -> None:
    story = a_story(language="ar", title="عنوان")
    assert (story.direction, story.reader_language, story.title) == ("rtl", "ar", "عنوان")
    assert a_story(language="ar", reader_language="en").reader_language == "en"


def test_the_clock_goes_forwards_only() -> None:
    clock = RehearsalClock()
    before = clock()
    clock.forward(timedelta(hours=1))
    clock.forward_to(before)
    assert clock() == before + timedelta(hours=1)
    assert clock.timestamp() == clock().timestamp()
    with pytest.raises(ValueError, match="forwards"):
        clock.forward(timedelta(seconds=-1))


def test_services_are_complete() -> None:
    services: Services = RehearsalServices()
    library = services.library
    assert (library.latest(), library.entries("en"), library.stories(["a"], "en")) == (0, (), {})
    with library.snapshot():
        assert library.latest() == 0
    assert (library.topics(), library.sources(), library.departures("en"), library.changed("en")) == ({}, {}, (), None)
    assert (library.months("en"), library.month("en", date(2026, 5, 1)), library.touched(0, 1)) == (set(), (), set())
    assert (library.languages_of(), library.has_topic("a"), library.source_name("a")) == (set(), False, None)
    assert set(library.languages()) == set(services.site.languages)
    state = services.state("mine")
    state.set("a", 1)
    state.set("b", 2)
    state.set("a", None)
    assert (state.get("a"), state.all(), services.state("mine").get("b")) == (None, {"b": 2}, 2)
    state.update({"b": None, "c": 3, "d": None})
    assert state.all() == {"c": 3}
    assert services.state("another").all() == {}
    assert services.settings(Place).place == "here"
    assert RehearsalServices(settings=[Place(place="there")]).settings(Place).place == "there"
    with pytest.raises(ConfigError, match="Needy"):
        services.settings(Needy)


# The module itself.


def test_names_are_documented_and_in_the_guide() -> None:
    assert all(hasattr(testing, name) for name in testing.__all__)
    guide = DOCS.read_text("utf-8")
    for name in testing.__all__:
        offered = getattr(testing, name)
        if inspect.isclass(offered) or inspect.isfunction(offered):
            assert inspect.getdoc(offered), name
            assert f"`{name}`" in guide or name == "Operation", name


class Driven(ChannelContract):
    failures = (Failure(name="hiccup", means=Retry, script=lambda platform: platform),)


def test_every_test_of_the_contract_is_in_the_guide() -> None:
    told = set(re.findall(r"^\| `(test_\w+)` \|", DOCS.read_text("utf-8"), re.MULTILINE))
    assert told == {name for name, _ in Driven().cases()}


def test_the_guides_code_runs() -> None:
    first, *others = re.findall(r"^```python\n(.*?)^```$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    exec(compile(first, DOCS.name, "exec"), {})  # the guide's own assertions
    for block in others:
        compile(block, DOCS.name, "exec")


def test_it_needs_no_pytest() -> None:
    script = "import sys, newswire.testing; print('pytest' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "False"


def test_listening_leaves_loggers_as_they_were() -> None:
    from newswire.testing.secrecy import everything_logged  # noqa: PLC0415  # it is not offered, and yet has to be right

    before = (log.level, logging.getLogger().level, list(logging.getLogger().handlers))
    with everything_logged(but=["noise"]) as said:
        log.debug("with %s", TOKEN)
        logging.getLogger("noise.below").debug("unheard")
    assert (log.level, logging.getLogger().level, list(logging.getLogger().handlers)) == before
    assert any(TOKEN in one for one in said)
    assert not any("unheard" in one for one in said)


def test_without_a_network_nobody_connects_and_then_everybody_may() -> None:
    from newswire.testing.network import no_network  # noqa: PLC0415  # as above

    with socket.create_server(("127.0.0.1", 0)) as server:
        place = server.getsockname()
        attempts: list[Callable[[], object]] = [
            lambda: socket.create_connection(place),
            lambda: socket.getaddrinfo("localhost", 80),
        ]
        with no_network():
            for attempt in attempts:
                with pytest.raises(AssertionError, match="network"):
                    attempt()
        socket.create_connection(place, timeout=5).close()
