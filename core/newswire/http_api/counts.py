"""How much is published: per language, and in it by topic, source and month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.http_api.articles import read_language
from newswire.http_api.call import answer
from newswire.http_api.records import CountList, Counts
from newswire.store import tallies

if TYPE_CHECKING:
    from starlette.responses import Response

    from newswire.http_api.call import Call, Desk


async def count_articles(desk: Desk, call: Call) -> Response:
    """GET of the counts."""
    language = read_language(desk, call.query.get("language"))
    return answer(await desk.store.look(_counts, desk, [language] if language else desk.site.languages))


def _counts(desk: Desk, languages: tuple[str, ...] | list[str]) -> CountList:
    with desk.store.read() as connection:
        everything, topics, sources, months = (
            tallies.counted(connection, kind)
            for kind in (tallies.EVERYTHING, tallies.TOPICS, tallies.SOURCES, tallies.MONTHS)
        )
    return CountList(
        languages={
            language: Counts(
                articles=sum(everything.get(language, {}).values()),
                topics=topics.get(language, {}),
                sources=sources.get(language, {}),
                months=dict(sorted(months.get(language, {}).items(), reverse=True)),
            )
            for language in languages
        }
    )
