"""compose.yaml, the Dockerfile and the systemd unit run commands that exist, with options that exist."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from newswire.cli import COMMANDS, program

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
UNIT = (ROOT / "deploy/newswire.service").read_text("utf-8")
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "newswire"}


def _commands() -> list[tuple[str, list[str]]]:
    found = [(name, service["command"]) for name, service in OURS.items()]
    found += [
        (f"{name}'s health", service["healthcheck"]["test"][2:])
        for name, service in OURS.items()
        if "healthcheck" in service
    ]
    found += [("Dockerfile", json.loads(words)) for words in re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)]
    for line in re.findall(r"^ExecStart=(.*)$", UNIT, re.MULTILINE):
        words = shlex.split(line)
        assert Path(words[0]).name == "newswire"
        found.append(("unit", words[1:]))
    return found


@pytest.mark.parametrize(("place", "words"), _commands(), ids=lambda value: str(value)[:60])
def test_every_command_and_option_is_there(place: str, words: list[str]) -> None:
    name, *options = words
    assert name in COMMANDS, place
    command = program.get_command(program.make_context("newswire", [name], resilient_parsing=True), name)
    assert command is not None
    command.make_context(name, options)  # says so when an option, or its value, is not there


def test_a_fleet_has_two_dispatchers_and_one_of_everything_else() -> None:
    roles = [
        word for service in OURS.values() for word in service["command"] if word in {"dispatch", "serve", "intake"}
    ]
    assert sorted(roles) == ["dispatch", "dispatch", "intake", "serve"]


def test_every_service_has_a_health_and_waits_for_the_database() -> None:
    assert "healthcheck" in COMPOSE["services"]["postgres"]
    for service in OURS.values():
        assert service["depends_on"] == {"postgres": {"condition": "service_healthy"}}
        serves = "serve" in service["command"]
        assert serves != ("healthcheck" in service)  # the image's own asks the web app
    assert "/readyz" in DOCKERFILE


def test_only_what_sends_has_the_tokens() -> None:
    for service in OURS.values():
        tokens = {name for name in service["environment"] if name.endswith("_TOKEN")}
        assert bool(tokens) == ("dispatch" in service["command"])


def test_nothing_runs_as_root() -> None:
    assert re.search(r"^USER newswire$", DOCKERFILE, re.MULTILINE)
    assert all(service["cap_drop"] == ["ALL"] and service["read_only"] for service in OURS.values())
    for setting in ("DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert f"\n{setting}\n" in UNIT


def test_what_is_copied_into_the_image_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    assert copied
    assert all((ROOT / name).exists() for line in copied for name in line.split())


def test_stopping_takes_as_long_as_a_send_may() -> None:
    from newswire.config.tables import DispatchSettings  # noqa: PLC0415  # only this test is about it

    longest = DispatchSettings().send_timeout.total_seconds()
    assert {service["stop_grace_period"] for service in OURS.values()} == {"75s"}
    assert re.search(r"^TimeoutStopSec=75$", UNIT, re.MULTILINE)
    assert longest < 75
