from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from newswire.reading import describe
from newswire.site import Site

SITE: dict[str, Any] = {
    "name": "News",
    "url": "https://news.example/",
    "default_language": "en",
    "languages": ["en", "de"],
    "tag_authority": "news.example,2026",
}


def test_a_site_is_read_in_its_one_form() -> None:
    site = Site.model_validate(
        SITE | {"name": " The\nNews ", "default_language": "EN", "languages": ["en", "iw", "he", "en"]}
    )
    assert (site.name, site.default_language, site.languages, site.description) == ("The News", "en", ("en", "he"), "")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name": " "}, "name: must not be empty"),
    "no address": ({"url": "news.example"}, "url: must be an absolute http or https address"),
    "no languages": ({"languages": []}, "languages: must not be empty"),
    "an unknown language": ({"languages": ["en", "klingonish"]}, "languages.1: 'klingonish' is no language tag"),
    "a default elsewhere": ({"default_language": "fr"}, "article: default_language 'fr' is not among languages"),
    "an unknown key": ({"langauges": ["en"]}, "langauges: unknown key"),
    "too many languages": ({"languages": [f"en-x-{n}" for n in range(61)]}, "languages: "),
}


@pytest.mark.parametrize(("changes", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_a_site(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Site.model_validate(SITE | changes)
    assert describe(caught.value).startswith(message)


@pytest.mark.parametrize(
    "authority",
    ["news.example,2026", "news.example,2026-02", "a.b-c.example,2024-02-29", "news.xn--p1ai,2026", "1.example,1999"],
)
def test_a_tag_authority_is_a_domain_and_a_date(authority: str) -> None:
    assert Site.model_validate(SITE | {"tag_authority": authority}).tag_authority == authority


@pytest.mark.parametrize(
    "authority",
    [
        *("", "news.example", "example,2026", "News.example,2026", "https://news.example,2026", "news.example, 2026"),
        *(
            "news.example,26",
            "news.example,2026-13",
            "news.example,2026-02-30",
            "news.example,0000",
            "news.example,2026-1",
        ),
        *(
            "-a.example,2026",
            "a..example,2026",
            ".example,2026",
            "news.example,2026\n",
        ),
    ],
)
def test_what_is_no_tag_authority(authority: str) -> None:
    # It is part of every feed id for ever, and its date becomes a date in the feeds.
    with pytest.raises(ValidationError, match="tag_authority"):
        Site.model_validate(SITE | {"tag_authority": authority})
