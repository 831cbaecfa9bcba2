"""Scripted faults: which call, and what goes wrong with it.

A fault is put in line with `Faults.add`; the first one that matches a call is taken and used up. What it does to the
call is decided here (`Fault.answer`), and done in `exchange.py`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from fnmatch import fnmatchcase
from typing import Any, Literal, Self, get_args

from newswire.sandbox.calls import Call, Platform
from newswire.sandbox.clock import iso_microseconds

Effect = Literal["status", "rate_limit", "cut", "hang", "garbage", "html", "delay"]
When = Literal["before", "after"]

LONGEST_HANG = 60.0
"""Seconds after which a hanging call is cut, lest a forgotten one keeps a test from ending."""


_TYPES: dict[str, Any] = {
    **dict.fromkeys(("skip", "status", "retry_after"), int),
    "count": int | None,
    "seconds": int | float,
    "body": str | dict,
    "headers": dict,
}
"""The types of the fields that are no text."""


class FaultError(ValueError):
    """The description of a fault makes no sense; the text says why."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer made up by a fault."""

    status: int
    body: str | dict[str, Any]
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with the calls it matches.

    Attributes:
        effect: `status` answers `status` with `body` and `headers`; `rate_limit` is the platform's own 429 with
            `retry_after`; `cut` closes the TCP connection without an answer; `hang` keeps silent for `seconds` and then
            cuts; `garbage` is a 200 whose body is no JSON; `html` is a proxy's error page (`status`, else 502);
            `delay` waits `seconds` and then goes on as if nothing had been.
        when: `before` acceptance, so that the call has no effect, or `after`, so that it has one and only its answer
            is lost. A `hang` without a word on it is `after`.
        platform: `telegram`, `mastodon`, or none for both.
        server: The Mastodon server's name; empty for any.
        method: The Bot API method or the HTTP method, in any case; empty for any.
        path: The path below the platform's base, as a glob (`/api/v1/statuses*`); empty for any.
        account: The account's name; empty for any.
        chat: The `chat_id` as it was sent; empty for any.
        skip: How many matching calls pass unharmed first.
        count: How many calls it strikes; none for every one.
        status: The HTTP status of `status` and `html`.
        body: The body of `status` (text, or an object sent as JSON) and of `garbage`; empty for the platform's usual.
        headers: Added to the answer of `status`.
        retry_after: Seconds, for `rate_limit`.
        seconds: For `hang` and `delay`, in real time.
    """

    effect: Effect
    when: When | None = None
    platform: Platform | None = None
    server: str = ""
    method: str = ""
    path: str = ""
    account: str = ""
    chat: str = ""
    skip: int = 0
    count: int | None = 1
    status: int = 0
    body: str | dict[str, Any] = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: int = 5
    seconds: float = LONGEST_HANG

    @classmethod
    def from_json(cls, given: Any) -> Self:
        """Read a fault from JSON.

        Raises:
            FaultError: It is no object, has an unknown key, or no known effect.
        """
        if not isinstance(given, dict):
            raise FaultError("a fault is an object")
        known = {one.name for one in fields(cls)}
        unknown = sorted(set(given) - known)
        if unknown:
            raise FaultError(f"unknown key '{unknown[0]}'; known are {', '.join(sorted(known))}")
        if given.get("effect") not in get_args(Effect):
            raise FaultError(f"effect is one of {', '.join(get_args(Effect))}")
        if given.get("when") not in (None, *get_args(When)):
            raise FaultError("when is 'before' or 'after'")
        for name, value in given.items():
            if not isinstance(value, _TYPES.get(name, str | None)) or isinstance(value, bool):
                raise FaultError(f"{name} has the wrong type")
        return cls(**given)

    @property
    def after_acceptance(self) -> bool:
        """Whether the call has its effect all the same."""
        if self.effect == "delay":
            return False
        return self.when == "after" or (self.when is None and self.effect == "hang")

    def matches(self, call: Call) -> bool:
        """Say whether this fault is meant for this call."""
        return (
            self.platform in (None, call.platform)
            and self.server in ("", call.server)
            and self.method.lower() in ("", call.method.lower())
            and self.account in ("", call.account)
            and self.chat in ("", call.chat)
            and (not self.path or fnmatchcase(call.path, self.path))
        )

    def answer(self, call: Call, now: float) -> Said | None:
        """Give the answer this fault makes up for a call, or none when it gives no answer at all."""
        if self.effect == "status":
            status = self.status or 500
            return Said(status, self.body or usual_error(call.platform, status), headers=self.headers)
        if self.effect == "rate_limit":
            return too_many_requests(call.platform, self.retry_after, now)
        if self.effect == "garbage":
            return Said(self.status or 200, self.body or '{"ok": tr')
        if self.effect == "html":
            page = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
            return Said(self.status or 502, self.body or page, content_type="text/html")
        return None


def usual_error(platform: Platform, status: int) -> dict[str, Any]:
    """Give an error body in the platform's own form."""
    if platform == "telegram":
        return {"ok": False, "error_code": status, "description": f"Internal Server Error: scripted {status}"}
    return {"error": f"scripted {status}"}


def too_many_requests(platform: Platform, retry_after: int, now: float) -> Said:
    """Give the platform's own 429.

    Source: telegram-bot-api, Query.cpp (`Too Many Requests: retry after N`, parameters) and HttpConnection.cpp
    (`Retry-After`); Mastodon, rack_attack.rb (headers, no `Retry-After`) and the locale's `errors.429`.
    """
    if platform == "telegram":
        body = {
            "ok": False,
            "error_code": 429,
            "description": f"Too Many Requests: retry after {retry_after}",
            "parameters": {"retry_after": retry_after},
        }
        return Said(429, body, headers={"Retry-After": str(retry_after)})
    headers = {
        "X-RateLimit-Limit": "300",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": iso_microseconds(now + retry_after),
    }
    return Said(429, {"error": "Too many requests"}, headers=headers)


@dataclass(slots=True)
class _Waiting:
    fault: Fault
    number: int
    skip: int
    left: int | None


class Faults:
    """The faults in line, in the order they were added."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._last = 0

    def add(self, fault: Fault) -> int:
        """Put a fault in line and give its number."""
        self._last += 1
        self._waiting.append(_Waiting(fault, self._last, fault.skip, fault.count))
        return self._last

    def take(self, call: Call) -> Fault | None:
        """Give the fault that strikes this call, if one does, and use it up."""
        for waiting in self._waiting:
            if not waiting.fault.matches(call):
                continue
            if waiting.skip > 0:
                waiting.skip -= 1
                continue
            if waiting.left is not None:
                waiting.left -= 1
                if waiting.left <= 0:
                    self._waiting.remove(waiting)
            return waiting.fault
        return None

    def remove(self, number: int) -> bool:
        """Take a fault out of the line; say whether it was there."""
        before = len(self._waiting)
        self._waiting = [waiting for waiting in self._waiting if waiting.number != number]
        return len(self._waiting) < before

    def clear(self) -> None:
        """Take all faults out of the line."""
        self._waiting.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """List the faults in line, with what is left of each."""
        return [
            {"number": one.number, **asdict(replace(one.fault, skip=one.skip, count=one.left))} for one in self._waiting
        ]
