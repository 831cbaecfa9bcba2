"""Entity tags and conditions (RFC 9110, sections 8.8.3 and 13): nobody overwrites what he has not seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire.http_api.problems import CHANGED, MALFORMED, Problem

if TYPE_CHECKING:
    from starlette.datastructures import Headers

# RFC 9110, 8.8.3: entity-tag = [ weak ] DQUOTE *etagc DQUOTE.
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_TAGS = re.compile(rf"[ \t,]*(?:{_TAG.pattern})(?:[ \t]*,[ \t,]*(?:{_TAG.pattern}))*[ \t,]*")
ANY = ("*",)


class NotModified(Exception):
    """The client has what it asks for.

    Args:
        etag: the entity tag of that, which the answer carries again (RFC 9110, 15.4.5).
    """

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a request says must hold."""

    if_match: tuple[str, ...] | None = None
    if_none_match: tuple[str, ...] | None = None

    @property
    def pinned(self) -> bool:
        """Whether the request names the state that it changes."""
        return self.if_match is not None

    def check(self, current: str | None, *, reading: bool = False) -> None:
        """Makes sure that the conditions hold, in the order of RFC 9110, 13.2.2.

        Args:
            current: the entity tag of what is there; None where nothing is.
            reading: whether the request only reads (GET, HEAD).

        Raises:
            Problem: one does not hold.
            NotModified: the client that reads has this state already.
        """
        # 13.1.1: If-Match compares strongly, so a weak tag equals nothing. 13.1.2: If-None-Match compares weakly.
        if self.if_match is not None and (current is None or (self.if_match != ANY and current not in self.if_match)):
            there = f"its ETag is {current} now" if current else "there is nothing here"
            raise Problem(CHANGED, f"If-Match does not hold: {there}; read it again", headers=_tagged(current))
        if self.if_none_match is None or current is None:
            return
        if self.if_none_match == ANY or current in {tag.removeprefix("W/") for tag in self.if_none_match}:
            if reading:
                raise NotModified(current)
            raise Problem(
                CHANGED, f"If-None-Match does not hold: it is there, with the ETag {current}", headers=_tagged(current)
            )


def _tagged(current: str | None) -> dict[str, str]:
    return {"ETag": current} if current else {}


def conditions(headers: Headers) -> Conditions:
    """What a request's header says must hold.

    Raises:
        Problem: it cannot be read.
    """
    return Conditions(_tags(headers, "If-Match"), _tags(headers, "If-None-Match"))


def _tags(headers: Headers, name: str) -> tuple[str, ...] | None:
    values = headers.getlist(name)
    if not values:
        return None
    value = ", ".join(values).strip(" \t")
    if value == "*":
        return ANY
    if not _TAGS.fullmatch(value):
        raise Problem(MALFORMED, f'{name} is * or a list of entity tags, each between double quotes: "3-1f0a"')
    return tuple(_TAG.findall(value))
