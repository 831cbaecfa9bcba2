"""Turns pages into HTML. All that is shown is escaped, and the browser is told to load nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from newswire.dashboard.visit import address
from newswire.durations import format_duration
from newswire.languages import direction
from newswire.secrets import mask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from newswire.dashboard.sessions import Session

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Pages:
    """The pages' templates."""

    def __init__(self) -> None:
        loader = jinja2.PackageLoader("newswire.dashboard")
        self._templates = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        style = files("newswire.dashboard").joinpath("templates/style.css").read_text("utf-8")
        self._templates.globals.update(
            style=Markup(style),  # noqa: S704  # a file of this package
            address=address,
            direction=direction,
            is_web=is_web,
        )
        self._templates.filters.update(moment=moment, machine=machine, ago=ago, duration=format_duration, mask=mask)
        self.headers = _headers(style)
        """What every answer carries."""

    def render(self, template: str, values: Mapping[str, object], *, now: datetime, session: Session | None) -> bytes:
        """A page in HTML."""
        found = self._templates.get_template(template)
        page = found.render({"here": "", **values, "now": now, "session": session})
        # A lone surrogate, which JSON of a platform can hold, is no UTF-8.
        return page.encode("utf-8", "replace")


def _headers(style: str) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        # CSP Level 3 (W3C): nothing but the page's own style, by its hash; no script at all; nobody frames a page, so
        # nobody lays it under another; forms go nowhere else.
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",  # RFC 7034, for browsers that do not know frame-ancestors
        "X-Content-Type-Options": "nosniff",
        # Fetch (WHATWG), "append a request Origin header": with no-referrer, our own forms would name no origin.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",  # RFC 9111, 5.2.2.5: no cache keeps what only an admin may see
        "X-Robots-Tag": "noindex, nofollow",
    }


def is_web(url: str | None) -> bool:
    """Whether an address may be a link: platforms and articles could name any scheme."""
    return url is not None and urlsplit(url).scheme in {"http", "https"}


def moment(value: datetime) -> str:
    """A time for people."""
    return f"{value:%Y-%m-%d %H:%M:%S} UTC"


def machine(value: datetime) -> str:
    """A time as HTML wants it in ``datetime``."""
    return f"{value:%Y-%m-%dT%H:%M:%SZ}"


def ago(value: datetime, now: datetime) -> str:
    """How long ago something was, or when it will be, in one unit."""
    seconds = (now - value).total_seconds()
    told = _coarse(timedelta(seconds=abs(seconds)))
    if told is None:
        return "just now" if seconds >= 0 else "in a moment"
    return f"{told} ago" if seconds >= 0 else f"in {told}"


def _coarse(length: timedelta) -> str | None:
    seconds = int(length.total_seconds())
    if seconds < _MINUTE:
        return None
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    return f"{seconds // _HOUR} h" if seconds < 2 * _DAY else f"{seconds // _DAY} days"
