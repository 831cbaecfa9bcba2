"""LibreTranslate: POST /translate with a list of HTML texts, in which tags are kept (its README, "API")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newswire.api import Finding, Rejected, closest, standardize
from newswire_translate.service import Garbled, Service
from newswire_translate.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire_translate.options import LibreTranslateOptions
    from newswire_translate.service import Task

_MILLION = 1_000_000
_WHOLE = re.compile(r'<x id="(\d+)"/>')
# Codes of its older versions that are no language tags (its locales: "pb", "zt").
_OLD_CODES = {"pb": "pt-BR", "zt": "zh-Hant", "zh": "zh-Hans"}


class LibreTranslate(Service):
    """A LibreTranslate server.

    Args:
        options: where it is.
    """

    takes_terms = False

    def __init__(self, options: LibreTranslateOptions) -> None:
        self._options = options
        self._key = options.key
        self._codes: dict[str, frozenset[str]] = {}
        self.chunk = options.chunk
        self.identity = f"libretranslate 1 {options.url}"
        self._session = Session(options.url, {}, options.timeout)

    def most(self, wires: Sequence[str], task: Task) -> float:
        """By characters."""
        del task
        return sum(map(len, wires)) * self._options.price / _MILLION

    async def ask(self, wires: Sequence[str], task: Task) -> tuple[list[str | None], float]:
        """Has pieces translated."""
        source, target = await self._pair(task.source, task.target)
        # An element with translate="no" is left alone (HTML Standard, 3.2.6.2); an empty one of a single tag, as ours
        # are on the wire, is read by HTML parsers as one that never ends.
        texts = [_WHOLE.sub(r'<x id="\1" translate="no"></x>', wire) for wire in wires]
        body: dict[str, Any] = {"q": texts, "source": source, "target": target, "format": "html"}
        if self._key is not None:
            body["api_key"] = self._key.get_secret_value()
        answer = await self._session.ask("/translate", body)
        found = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(found, list) or len(found) != len(wires):
            raise Garbled("the server did not translate as many texts as it was sent")
        return [text if isinstance(text, str) else None for text in found], self.most(wires, task)

    async def _pair(self, source: str, target: str) -> tuple[str, str]:
        """What the server calls two languages.

        Raises:
            Rejected: it cannot translate from one to the other.
        """
        codes = await self._languages()
        here = _code(source, codes)
        there = _code(target, codes[here]) if here is not None else None
        if here is None or there is None:
            self._codes = {}  # perhaps a model is installed until the next time
            raise Rejected(f"the server does not translate from {source} into {target}")
        return here, there

    async def _languages(self) -> dict[str, frozenset[str]]:
        if not self._codes:
            answer = await self._session.ask("/languages")
            try:
                self._codes = {one["code"]: frozenset(one.get("targets") or ()) for one in answer}
            except (KeyError, TypeError, AttributeError):
                raise Garbled("the server's list of languages cannot be read") from None
            everything = frozenset(self._codes)
            self._codes = {code: targets or everything for code, targets in self._codes.items()}
        return self._codes

    async def check(self) -> Sequence[Finding]:
        """Looks whether the server answers."""
        codes = await self._languages()
        return [Finding("ok", f"the server translates from {', '.join(sorted(codes))}")]

    async def aclose(self) -> None:
        """Lets connections go."""
        await self._session.aclose()


def _code(tag: str, codes: Sequence[str] | frozenset[str] | dict[str, frozenset[str]]) -> str | None:
    known: dict[str, str] = {}
    for code in sorted(codes):
        try:
            known.setdefault(standardize(_OLD_CODES.get(code, code)), code)
        except ValueError:
            continue
    found = closest(tag, known)
    return known[found] if found is not None else None
