"""An article taken apart for a translator, and the translation put together again. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from newswire.api import Question, Rejected, Translation
from newswire_translate.html import HtmlDocument
from newswire_translate.markdown import MarkdownDocument
from newswire_translate.piece import from_text, to_text
from newswire_translate.structure import difference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newswire.api import TranslationRequest
    from newswire_translate.document import Document
    from newswire_translate.piece import Node, Piece
    from newswire_translate.protecting import Keeper


class Manuscript:
    """What is to be translated of an article.

    Args:
        request: the article.
        keeper: finds what stays in its text.
    """

    def __init__(self, request: TranslationRequest, keeper: Keeper) -> None:
        original, teaser = request.original, request.teaser
        self._request = request
        self._keeper = keeper
        self._lines: dict[str, Piece] = {}
        lines = [question.question for question in original.questions]
        if teaser is None:
            lines += [original.title, original.summary, original.image_alt or ""]
        for line in lines:
            self._lines[line] = from_text(line).protect(keeper.find)
        self._body = _document(original.body or "", original.body_format)
        self._answers = [MarkdownDocument(question.answer) for question in original.questions]
        self._protected = {
            id(document): [piece.protect(keeper.find) for piece in document.pieces]
            for document in (self._body, *self._answers)
        }

    @property
    def pieces(self) -> dict[str, Piece]:
        """Every piece by what the service is sent of it, in the order in which it is read."""
        title = self._request.original.title
        first = sorted(self._lines.values(), key=lambda piece: piece is not self._lines.get(title))
        rest = [piece for pieces in self._protected.values() for piece in pieces]
        return {piece.wire: piece for piece in (*first, *rest) if piece.wanted}

    def finished(self, read: Mapping[str, Sequence[Node]]) -> Translation:
        """The translation.

        Args:
            read: what was read of the service, by what it was sent.

        Raises:
            Broken: the markup of a piece does not come out as it was.
            Rejected: the body has not the structure of the original.
        """
        original, teaser = self._request.original, self._request.teaser
        answers = [self._written(document, read) for document in self._answers]
        questions = tuple(
            Question(question=self._line(question.question, read), answer=answer)
            for question, answer in zip(original.questions, answers, strict=True)
        )
        for before, after in zip(original.questions, answers, strict=True):
            _compare(before.answer, after, "markdown", "an answer")
        body = None
        if original.body is not None:
            body = self._written(self._body, read)
            _compare(original.body, body, original.body_format, "the body")
        return Translation(
            title=teaser.title if teaser else self._line(original.title, read),
            summary=teaser.summary if teaser else self._line(original.summary, read),
            image_alt=None if teaser or not original.image_alt else self._line(original.image_alt, read),
            body=body,
            body_format=original.body_format,
            questions=questions,
        )

    def _line(self, text: str, read: Mapping[str, Sequence[Node]]) -> str:
        piece = self._lines[text]
        return to_text(read[piece.wire], piece.marks) if piece.wanted else text

    def _written(self, document: Document, read: Mapping[str, Sequence[Node]]) -> str:
        pieces = self._protected[id(document)]
        return document.written([read.get(piece.wire, piece.nodes) for piece in pieces], pieces)


def _document(text: str, form: Literal["markdown", "html"]) -> Document:
    return HtmlDocument(text) if form == "html" else MarkdownDocument(text)


def _compare(before: str, after: str, form: Literal["markdown", "html"], what: str) -> None:
    found = difference(before, after, form)
    if found is not None:
        raise Rejected(f"the structure of {what} is not kept: {found}")
