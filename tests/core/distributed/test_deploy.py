"""compose.yaml, the Dockerfile and the systemd unit run commands that exist, with options that exist."""

from __future__ import annotations

import http.server
import json
import re
import shlex
import shutil
import socketserver
import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from newswire.cli import COMMANDS, program
from newswire.config import load_config

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
UNIT = (ROOT / "deploy/newswire.service").read_text("utf-8")
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "newswire"}


def _commands() -> list[tuple[str, list[str]]]:
    found = [(name, service["command"]) for name, service in OURS.items()]
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
        bind = service["environment"].get("NEWSWIRE_METRICS__BIND")
        # The image's own health check asks the web app, or what answers in its place.
        assert (bind == "0.0.0.0:8300") == ("serve" not in service["command"])
        assert "healthcheck" not in service
    assert "http://127.0.0.1:8300/readyz" in DOCKERFILE


def test_only_what_sends_has_the_tokens() -> None:
    for service in OURS.values():
        tokens = {name for name in service["environment"] if name.endswith("_TOKEN")}
        assert bool(tokens) == ("dispatch" in service["command"])


def test_nothing_runs_as_root() -> None:
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, re.MULTILINE)
    assert all(service["cap_drop"] == ["ALL"] and service["read_only"] for service in OURS.values())
    for setting in ("DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert f"\n{setting}\n" in UNIT


def test_what_is_copied_into_the_image_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert names
    assert [name for name in names if not (ROOT / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored  # what the builder is sent is what the Dockerfile copies, and nothing more
    assert sorted(line.removeprefix("!") for line in ignored if line.startswith("!")) == sorted(names)


def test_the_image_has_the_tested_versions() -> None:
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    tested, image = (_pinned(ROOT / name) for name in ("requirements.lock", "deploy/requirements.lock"))
    assert image.items() <= tested.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    needed = {canonicalize_name(Requirement(line).name) for line in lines}
    assert needed - image.keys() == set(), "make lock"


def _pinned(lock: Path) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", lock.read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def test_what_the_image_sets_reaches_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = dict(re.findall(r"(NEWSWIRE_\w+)=(\S+)", DOCKERFILE))
    for service in OURS.values():
        settings |= {name: value for name, value in service["environment"].items() if name.startswith("NEWSWIRE_")}
    for name, value in settings.items():
        monkeypatch.setenv(name, value.replace("${POSTGRES_PASSWORD:?set it in .env}", "a-password"))
    path = tmp_path / "config.toml"
    path.write_bytes((ROOT / "config.example.toml").read_bytes())
    config = load_config(path)
    assert config.warnings == ()
    assert config.http.host == "0.0.0.0"  # or nobody outside of the container reaches it
    assert config.store.url.startswith("postgresql")
    assert re.search(rf"^VOLUME {config.store.archive_folder.parent}$", DOCKERFILE, re.MULTILINE)


def test_the_health_of_the_image_is_that_of_the_web_app(tmp_path: Path) -> None:
    found = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found
    program, *words = json.loads(found[1])
    assert program == "python"
    with socketserver.TCPServer(("127.0.0.1", 0), _Ready) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = [word.replace(":8300", f":{server.server_address[1]}") for word in words]
        for ready, code in ((True, 0), (False, 1)):
            _Ready.ready = ready
            asked = subprocess.run([sys.executable, *here], cwd=tmp_path, capture_output=True, check=False)
            assert asked.returncode == code
        server.shutdown()


class _Ready(http.server.BaseHTTPRequestHandler):
    """A web app that is ready, or is not."""

    ready = True

    def do_GET(self) -> None:  # http.server calls it so
        self.send_response(200 if self.ready and self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server calls it so
        """Says nothing."""


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="hadolint is not installed")
def test_hadolint_finds_nothing() -> None:
    found = subprocess.run(["hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_unit_and_calls_it_safe(tmp_path: Path) -> None:
    unit = tmp_path / "newswire.service"
    program = Path(sys.executable).with_name("newswire")
    unit.write_text(UNIT.replace("/opt/newswire/bin/newswire", str(program)), "utf-8")
    looked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (looked.returncode, looked.stderr) == (0, "")
    # "Exposure" is 0 (locked in) to 10; up to 2.0 systemd calls it OK or better.
    security = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(unit)]
    assert subprocess.run(security, capture_output=True, check=False).returncode == 0


def test_stopping_takes_as_long_as_a_send_may() -> None:
    from newswire.config.tables import DispatchSettings  # noqa: PLC0415  # only this test is about it

    longest = DispatchSettings().send_timeout.total_seconds()
    assert {service["stop_grace_period"] for service in OURS.values()} == {"75s"}
    assert re.search(r"^TimeoutStopSec=75$", UNIT, re.MULTILINE)
    assert longest < 75
