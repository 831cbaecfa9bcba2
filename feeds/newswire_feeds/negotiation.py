"""What a request's headers ask for: encoding, language, whether the reader has the document already. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

from newswire.api import closest
from newswire_feeds.joining import Encoding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_LONGEST = 500
"""Bytes of a list of preferences that are read: browsers send some 60."""
_PREFERRED: tuple[Encoding, ...] = get_args(Encoding)
# RFC 9110 section 12.4.2: a weight is from 0 to 1, with three decimals at most; a member with anything else is void.
_MEMBER = re.compile(r"([^\s;,]+)(?:[ \t]*;[ \t]*q[ \t]*=[ \t]*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?", re.IGNORECASE)
# Section 8.8.3: visible characters but the double quote, between double quotes. Blanks were allowed once, and a server
# that had our address before may have sent such a tag. Some readers lose the quotes; what cannot be misread is read.
_TAG = rb'(?:W/)?"[\x20\x21\x23-\x7e\x80-\xff]*"|[\x21\x23-\x2b\x2d-\x7e\x80-\xff]+'
_TAGS = re.compile(rb"[ \t,]*(?:(?:" + _TAG + rb")[ \t]*(?:,[ \t,]*|$))*")
_ONE_TAG = re.compile(rb'(?:W/)?("[^"]*")|([^\s,"]+)')
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH = "|".join(_MONTHS)
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
# Section 5.6.7: the one form in use, and the two that are obsolete and must be read all the same.
_DATES = tuple(
    re.compile(form)
    for form in (
        rf"[A-Z][a-z]{{2}}, (?P<day>\d\d) (?P<month>{_MONTH}) (?P<year>\d{{4}}) {_TIME} GMT",
        rf"[A-Z][a-z]+day, (?P<day>\d\d)-(?P<month>{_MONTH})-(?P<year>\d\d) {_TIME} GMT",
        rf"[A-Z][a-z]{{2}} (?P<month>{_MONTH}) (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
    )
)


@lru_cache(maxsize=256)
def encodings(accept: bytes) -> tuple[Encoding, ...]:
    """The encodings that are acceptable, the best first (RFC 9110 section 12.5.3); none where none is.

    Of those a reader likes as well as each other, the smaller one is the better. What names no encoding at all gets
    a plain document, though the rules would allow any: such a client can mostly read no other.

    Args:
        accept: the header ``Accept-Encoding``; empty where there is none.
    """
    weights = dict(_weighted(accept))
    weights.setdefault("gzip", weights.get("x-gzip", weights.get("*", 0.0)))  # section 8.4.1.3: x-gzip is gzip
    weights.setdefault("br", weights.get("*", 0.0))
    # A plain document is acceptable unless it is excluded; where it is not asked for, it is the last resort.
    weights.setdefault("identity", 0.0 if weights.get("*") == 0 else 1e-6)
    return tuple(sorted((name for name in _PREFERRED if weights[name] > 0), key=lambda name: -weights[name]))


def language(accept: bytes, available: Collection[str], default: str) -> str:
    """The language to speak to a reader.

    Args:
        accept: the header ``Accept-Language``; empty where there is none.
        available: the languages there are.
        default: the one for readers of none of these.
    """
    return _language(accept, tuple(available), default)


@lru_cache(maxsize=1024)
def _language(accept: bytes, available: tuple[str, ...], default: str) -> str:
    wanted = sorted(_weighted(accept), key=lambda item: -item[1])
    for tag, weight in wanted:
        if weight > 0 and tag != "*":
            try:
                found = closest(tag, available)
            except ValueError:  # what is no tag asks for nothing
                continue
            if found:
                return found
    return default


def _weighted(header: bytes) -> Iterator[tuple[str, float]]:
    text = header[: _LONGEST + 1].decode("latin-1")
    if len(text) > _LONGEST:
        text = text.rpartition(",")[0]
    for part in text.split(","):
        found = _MEMBER.fullmatch(part.strip(" \t"))
        if found:
            yield found[1].lower(), float(found[2] or 1)


def matches(if_none_match: bytes, tag: bytes) -> bool | None:
    """Whether the reader's copy is one of the document with this tag (RFC 9110 section 13.1.2).

    The comparison is the weak one: the mark ``W/``, which a proxy may add, does not count.

    Args:
        if_none_match: the header.
        tag: the document's entity tag.

    Returns:
        None where the header cannot be read.
    """
    if if_none_match == tag:
        return True
    wanted = if_none_match.strip(b" \t")
    if wanted == b"*":
        return True
    if not _TAGS.fullmatch(wanted):
        return None
    return any((quoted or b'"%b"' % bare) == tag for quoted, bare in _ONE_TAG.findall(wanted))


def unchanged_since(if_modified_since: bytes, changed: datetime) -> bool:
    """Whether nothing has changed since a date (RFC 9110 section 13.1.3).

    Args:
        if_modified_since: the header; section 13.1.3 asks that one which is no date be ignored.
        changed: when the document last changed.
    """
    since = _date(if_modified_since[:_LONGEST].decode("latin-1").strip(), changed.year)
    # The header's dates have whole seconds.
    return since is not None and changed.replace(microsecond=0) <= since


def _date(text: str, year_nearby: int) -> datetime | None:
    for form in _DATES:
        found = form.fullmatch(text)
        if found:
            year = int(found["year"])
            if len(found["year"]) == 2:  # noqa: PLR2004  # two digits
                # Section 5.6.7: a year that seems to be more than 50 years ahead is the one in the past.
                year += (year_nearby + 50 - year) // 100 * 100
            day, hour, minute, second = (int(found[part]) for part in ("day", "hour", "minute", "second"))
            try:
                return datetime(year, _MONTHS[found["month"]], day, hour, minute, second, tzinfo=UTC)
            except ValueError:
                return None
    return None
