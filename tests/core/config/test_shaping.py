from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest

from newswire.config import Config, masked
from newswire.hours import Cadence, QuietHours

Load = Callable[..., Config]
Problems = Callable[..., str]
CHANNEL = """
[[accounts]]
name = "main"
type = "post"
token = "secret"

[[channels]]
name = "one"
account = "main"
languages = ["en"]
box = 1
"""


def test_a_channel_that_says_nothing_is_not_shaped(load: Load) -> None:
    (channel,) = load(CHANNEL).channels
    assert channel.shaping is None


def test_everything_that_can_be_said(load: Load) -> None:
    config = load(
        CHANNEL
        + """
max_per_hour = 10
max_per_day = 60
overflow = "digest"
min_interval = "5m"
quiet_hours = "22:00-7:00"
digest = "weekly friday 18:00"
timezone = "Europe/Berlin"
"""
    )
    shaping = config.channels[0].shaping
    assert shaping is not None
    assert (shaping.max_per_hour, shaping.max_per_day, shaping.overflow) == (10, 60, "digest")
    assert (shaping.min_interval, shaping.zone.key) == (timedelta(minutes=5), "Europe/Berlin")
    assert shaping.quiet_hours == QuietHours(time(22), time(7))
    assert shaping.digest == Cadence("weekly", time(18), 4)
    shown = masked(config)["channels"][0]
    assert (shown["quiet_hours"], shown["digest"]) == ("22:00-07:00", "weekly friday 18:00")
    assert (shown["min_interval"], shown["timezone"]) == ("5m", "Europe/Berlin")


def test_the_time_zone_is_the_sites_unless_the_channel_has_another(load: Load) -> None:
    site = """
[site]
name = "The Wire"
url = "https://news.example"
default_language = "en"
languages = ["en"]
tag_authority = "news.example,2026"
timezone = "Asia/Tokyo"
"""
    shaping = load(CHANNEL + 'digest = "daily"', site=site).channels[0].shaping
    assert shaping is not None
    assert shaping.zone.key == "Asia/Tokyo"
    assert shaping.only_digests


def test_off_is_no_digest(load: Load) -> None:
    assert load(CHANNEL + 'digest = "off"').channels[0].shaping is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('quiet_hours = "22-7"', "channels[0].quiet_hours: '22' is no time of day such as '22:00'"),
        ('quiet_hours = "22:00-22:00"', "channels[0].quiet_hours: begins and ends at the same time"),
        ('quiet_hours = "night"', "channels[0].quiet_hours: must be two times of day such as '22:00-07:00'"),
        ('digest = "monthly"', "channels[0].digest: must be 'hourly', 'daily', 'daily 18:00', 'weekly'"),
        (
            'timezone = "Europe/Berln"',
            "channels[0].timezone: no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?",
        ),
        ('timezone = "Europe"', "channels[0].timezone: no time zone 'Europe'"),
        ('timezone = "../../etc/passwd"', "channels[0].timezone: no time zone '../../etc/passwd'"),
        ("max_per_hour = 0", "channels[0].max_per_hour"),
        ('min_interval = "soon"', "channels[0].min_interval: must be a duration"),
        ('overflow = "digest"\nmax_per_day = 1', "channels[0]: overflow is 'digest', but nothing says when"),
        ('overflow = "drop"', "channels[0]: overflow is 'drop', but there is no cap: add max_per_hour or max_per_day"),
        ('overflow = "hold"', "channels[0].overflow"),
    ],
)
def test_problems_say_where_and_how_to_mend_them(problems: Problems, text: str, problem: str) -> None:
    assert problem in problems(CHANNEL + text)
