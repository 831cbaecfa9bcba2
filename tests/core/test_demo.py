from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

PROGRAM = str(Path(sys.executable).with_name("newswire"))
pytestmark = pytest.mark.timeout(180)


def test_the_demo_plays_through_and_sums_up() -> None:
    result = subprocess.run(
        [PROGRAM, "demo", "--once", "--json"], capture_output=True, text=True, check=False, timeout=150
    )
    assert result.returncode == 0, result.stderr
    summary = json.loads(result.stdout)
    assert summary["articles"] >= 14
    channels = {row["channel"]: row for row in summary["channels"]}
    assert set(channels) == {"telegram-de", "telegram-ar", "telegram-machines", "mastodon-de", "mastodon-ja"}
    for row in channels.values():
        assert row["out"] > 0
        assert set(row["states"]) == {"done"}, row
    assert channels["mastodon-de"]["withdrawn"] == channels["telegram-de"]["withdrawn"] == 1
    assert channels["telegram-machines"]["edited"] >= 1
    assert channels["mastodon-de"]["edited"] >= 1
    assert result.stderr == ""


def test_the_demo_says_where_to_look_and_stays_until_it_is_stopped() -> None:
    with subprocess.Popen(
        [PROGRAM, "demo", "--bind", "127.0.0.1:8311", "--sandbox-port", "8411"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        _log_in(*re.findall(r"(http://\S+/dashboard/) +\(log in with (newswire_\S+)\)", lines.pop())[0])
        addresses = re.findall(r"http://\S+", "".join(lines))
        assert addresses[0] == "http://127.0.0.1:8311/"
        assert addresses[-1] == "http://127.0.0.1:8411/"
        for address in addresses:
            assert _answer(address).status_code == 200, address
        assert "اقرأ المزيد" in _until(addresses[-1], "اقرأ المزيد")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def _answer(address: str) -> httpx.Response:
    for _ in range(100):
        try:
            return httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"nobody answers at {address}")


def _log_in(address: str, token: str) -> None:
    with httpx.Client(base_url=address, headers={"Origin": address.removesuffix("/dashboard/")}) as client:
        key = re.findall(r'name="key" value="([^"]+)"', client.get("login").text)
        assert client.post("login", data={"key": key[0], "token": token}).status_code == 303
        assert "News Example" in client.get("").text


def _until(address: str, words: str) -> str:
    for _ in range(100):
        text = httpx.get(address).text
        if words in text:
            return text
        time.sleep(0.1)
    return text
