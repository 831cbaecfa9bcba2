"""Translations of an article: asking a machine, looking what became of it, letting it be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.errors import Refused, UnknownArticle
from newswire.http_api import problems
from newswire.http_api.articles import stored_article
from newswire.http_api.call import answer
from newswire.http_api.changing import no_article
from newswire.http_api.problems import Problem
from newswire.http_api.records import TranslationList, TranslationRecord
from newswire.store import translations
from newswire.store.translations import OPEN
from newswire.translation.asking import Wish
from newswire.translation.caps import MILLION

if TYPE_CHECKING:
    from starlette.responses import Response

    from newswire.http_api.call import Call, Desk
    from newswire.store.translations import RequestedTranslation

WHY = "HTTP API"


async def list_translations(desk: Desk, call: Call) -> Response:
    """GET of an article's translations."""
    return answer(await desk.store.look(_all, desk, call.places["id"]))


async def read_translation(desk: Desk, call: Call) -> Response:
    """GET of one."""
    found = await desk.store.look(_one, desk, call.places["id"], call.places["language"])
    return answer(_record(found))


async def ask_for_translation(desk: Desk, call: Call) -> Response:
    """PUT of one: it is asked for, unless it was already."""
    article_id, language = call.places["id"], call.places["language"]
    found = await desk.store.run(_ask, desk, article_id, language)
    desk.wake()
    return answer(_record(found), status=202 if found.state in OPEN else 200)


async def cancel_translation(desk: Desk, call: Call) -> Response:
    """DELETE of one: a translation that is not done yet is let be."""
    article_id, language = call.places["id"], call.places["language"]
    return answer(_record(await desk.store.run(_cancel, desk, article_id, language)))


def _all(desk: Desk, article_id: str) -> TranslationList:
    stored_article(desk, article_id)
    with desk.store.read() as connection:
        found = translations.of_article(connection, article_id).values()
    return TranslationList(translations=tuple(map(_record, found)))


def _one(desk: Desk, article_id: str, language: str) -> RequestedTranslation:
    stored_article(desk, article_id)
    with desk.store.read() as connection:
        found = translations.of_article(connection, article_id).get(language)
    if found is None:
        raise Problem(problems.UNKNOWN, f"nobody asked for the article {article_id!r} in {language}")
    return found


def _ask(desk: Desk, article_id: str, language: str) -> RequestedTranslation:
    try:
        return desk.asking.ask(article_id, language, Wish(WHY))
    except UnknownArticle:
        raise no_article(article_id) from None
    except Refused as refused:
        raise Problem(problems.CONFLICT, str(refused)) from None


def _cancel(desk: Desk, article_id: str, language: str) -> RequestedTranslation:
    found = _one(desk, article_id, language)
    try:
        return desk.asking.cancel(found.id, f"cancelled by the {WHY}")
    except Refused as refused:
        raise Problem(problems.CONFLICT, str(refused)) from None


def _record(found: RequestedTranslation) -> TranslationRecord:
    return TranslationRecord(
        id=found.id,
        language=found.language,
        translator=found.translator,
        state=found.state.value,
        stale=found.stale,
        why=found.why,
        asked=found.asked,
        due=found.due,
        changed=found.changed,
        attempt=found.attempt,
        requests=found.requests,
        characters=found.characters,
        cost=found.cost / MILLION,
        reason=found.reason,
    )
