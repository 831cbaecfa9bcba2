"""The golden file: all that is said of a config in which everything is wrong.

After a wanted change of the words: ``NEWSWIRE_UPDATE_GOLDEN=1 pytest tests/core/config/test_broken.py``, then read the
difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newswire.config import load_config
from newswire.errors import ConfigError

if TYPE_CHECKING:
    from newswire.plugins import Plugins

FOLDER = Path(__file__).parent
UPDATE = bool(os.environ.get("NEWSWIRE_UPDATE_GOLDEN"))
ENVIRONMENT = {
    "NEWSWIRE_STOER__URL": "sqlite:///y.db",
    "NEWSWIRE_HTTP__PUBLIC_URL": "wire.example",
    "NEWSWIRE_LOGGING__FROMAT": "json",
    "NEWSWIRE_CHANNELS__0__NAME": "zero",
    "NEWSWIRE_OFFICE__SAFE": "env:NOWHERE",
}


@pytest.fixture
def complaint(plugins: Plugins, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(FOLDER)
    monkeypatch.delenv("POST_TOKEN", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load_config(Path("broken.toml"), plugins=plugins)
    return str(caught.value) + "\n"


def test_every_problem_is_told_in_one_go(complaint: str) -> None:
    golden = FOLDER / "broken.txt"
    if UPDATE:
        golden.write_text(complaint, "utf-8")
    assert complaint == golden.read_text("utf-8")


def test_problems_come_in_the_order_of_their_lines(complaint: str) -> None:
    lines = [int(line) for line in re.findall(r"^broken\.toml:(\d+): ", complaint, re.MULTILINE)]
    assert len(lines) > 40
    assert lines == sorted(lines)


def test_no_secret_is_told(complaint: str) -> None:
    assert "hunter2" not in complaint
