"""The translator: sends pieces to a service until all of an article is translated, or says why it cannot be."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson

from newswire.api import Outcome, Rejected, Retry, Translator, Unknown
from newswire_translate.batches import batches
from newswire_translate.judging import echoes, judge, wrong_script
from newswire_translate.manuscript import Manuscript
from newswire_translate.piece import Broken, to_text
from newswire_translate.protecting import Keeper, within
from newswire_translate.service import Garbled, Task, TooLong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newswire.api import Finding, Translation, TranslationDesk, TranslationRequest
    from newswire_translate.piece import Node, Piece
    from newswire_translate.service import Service

TRIES = 3
"""How often a piece is sent that comes back broken: with the others, then by itself."""


class ServiceTranslator(Translator):
    """Translates by a service.

    Args:
        service: the service.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def translate(self, request: TranslationRequest, desk: TranslationDesk) -> Translation:
        """Translates an article, all of it or nothing.

        Raises:
            Outcome: it was not, or perhaps not, translated.
        """
        terms = {} if self._service.takes_terms else request.glossary
        manuscript = Manuscript(request, Keeper(request.names, terms))
        task = Task(
            source=request.original.language,
            target=request.language,
            title=request.original.title,
            topics=request.topics,
            glossary=request.glossary if self._service.takes_terms else {},
        )
        pieces = manuscript.pieces
        read = await _Round(self._service, task, desk, pieces).all()
        told = [to_text(nodes, pieces[wire].marks) for wire, nodes in read.items()]
        wrong = wrong_script(told, request.language)
        if wrong is not None:
            raise Rejected(wrong)
        try:
            return manuscript.finished(read)
        except Broken as broken:
            raise Rejected(f"the markup of a paragraph is not kept: {broken}") from None

    async def check(self) -> Sequence[Finding]:
        """Looks whether the service answers."""
        try:
            return await self._service.check()
        except Garbled as garbled:
            raise Retry(str(garbled)) from None

    async def aclose(self) -> None:
        """Lets connections go."""
        await self._service.aclose()


class _Round:
    """All pieces of one article.

    Args:
        service: translates them.
        task: what it is told of the article.
        desk: the memory, and the keeping of accounts.
        pieces: the pieces by what the service is sent of each.
    """

    def __init__(self, service: Service, task: Task, desk: TranslationDesk, pieces: Mapping[str, Piece]) -> None:
        self._service = service
        self._task = task
        self._desk = desk
        self._pieces = pieces
        self._read: dict[str, Sequence[Node]] = {}
        self._why: dict[str, str] = {}
        self._garbled: set[str] = set()
        self._keys = {wire: self._key(wire) for wire in pieces}

    async def all(self) -> dict[str, Sequence[Node]]:
        """What was read of the service, of every piece.

        Raises:
            Outcome: not all of them were translated.
        """
        remembered = await self._desk.recall(self._keys.values())
        for wire, key in self._keys.items():
            if key in remembered:
                self._accept(wire, remembered[key])
        for batch in batches(self._missing, self._service.chunk):
            await self._send(batch)
        for _ in range(TRIES - 1):
            for wire in self._missing:
                await self._send([wire])
        for wire in self._missing:
            words = f"a paragraph is not translated, after {TRIES} attempts: {self._why.get(wire)}"
            # Answers that nobody can read are no fault of the article.
            raise Retry(words) if wire in self._garbled else Rejected(words)
        return {wire: self._read[wire] for wire in self._pieces}

    @property
    def _missing(self) -> list[str]:
        return [wire for wire in self._pieces if wire not in self._read]

    async def _send(self, batch: Sequence[str]) -> None:
        charge = await self._desk.charge(characters=sum(map(len, batch)), cost=self._service.most(batch, self._task))
        try:
            texts, cost = await self._service.ask(batch, self._task)
        except TooLong as error:
            if len(batch) == 1:
                raise Rejected(f"a paragraph is too long for the service: {error}") from None
            middle = len(batch) // 2
            await self._send(batch[:middle])
            await self._send(batch[middle:])
            return
        except Garbled as error:
            self._why |= dict.fromkeys(batch, str(error))
            self._garbled |= set(batch)
            return
        except Unknown:
            raise  # it may be paid for, so it stays booked
        except Outcome:
            await self._desk.settle(charge, 0.0)
            raise
        await self._desk.settle(charge, cost)
        self._garbled -= set(batch)
        good = {wire: text for wire, text in zip(batch, texts, strict=True) if text and self._accept(wire, text)}
        self._why |= {wire: "the service left it out" for wire, text in zip(batch, texts, strict=True) if not text}
        if echoes([(self._pieces[wire], self._read[wire]) for wire in good]):
            self._why |= dict.fromkeys(good, "most of it came back untranslated")
            for wire in good:
                del self._read[wire]
            return
        await self._desk.remember({self._keys[wire]: text for wire, text in good.items()})

    def _accept(self, wire: str, text: str) -> bool:
        piece = self._pieces[wire]
        try:
            nodes = piece.read(text)
            judge(piece, nodes)
        except Broken as broken:
            self._why[wire] = str(broken)
            return False
        self._read[wire] = nodes
        return True

    def _key(self, wire: str) -> str:
        """A hash of all that the translation of a piece depends on."""
        task, kept = self._task, self._pieces[wire].marks
        names = {number: mark.opening for number, mark in kept.items() if mark.is_text}
        parts = [
            self._service.identity,
            task.source,
            task.target,
            within(task.glossary, wire),
            sorted(names.items()),
            wire,
        ]
        return hashlib.blake2b(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=20).hexdigest()
