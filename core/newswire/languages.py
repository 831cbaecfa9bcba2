"""Languages: BCP 47 tags, matching, direction and names.

Matching is by langcodes (CLDR data), never by string prefix: ``zh-TW`` finds ``zh-Hant``, ``pt`` finds ``pt-BR``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import langcodes
from babel import Locale, UnknownLocaleError
from langcodes.tag_parser import LanguageTagError

if TYPE_CHECKING:
    from collections.abc import Iterable

Direction = Literal["ltr", "rtl"]

# Scripts written from right to left (CLDR script metadata; "Aran" is Arabic in the Nastaliq style).
_RIGHT_TO_LEFT = frozenset(
    "Adlm Arab Aran Armi Avst Chrs Cprt Elym Hatr Hebr Hung Khar Lydi Mand Mani Mend Merc Mero Narb Nbat Nkoo Orkh "
    "Ougr Palm Phli Phlp Phnx Prti Rohg Samr Sarb Sogd Sogo Syrc Syre Syrj Syrn Thaa Yezi".split()
)

# langcodes' distance: regional variants of a language are within 10, an unlike script or language is beyond.
_NEAR = 10


@lru_cache(maxsize=1024)
def standardize(tag: str) -> str:
    """The canonical form of a BCP 47 tag: ``zh_hans_cn`` becomes ``zh-Hans-CN``, ``iw`` becomes ``he``.

    Raises:
        ValueError: the tag is not a valid one, or its language is not registered.
    """
    try:
        standard = langcodes.standardize_tag(tag.strip())
        if not standard.startswith(("und", "x-")) and langcodes.tag_is_valid(standard):
            return standard
    except LanguageTagError:
        pass
    raise ValueError(f"{tag[:40]!r} is no language tag; use a BCP 47 tag such as 'en', 'pt-BR' or 'zh-Hans'")


@lru_cache(maxsize=4096)
def _closest(wanted: str, available: tuple[str, ...]) -> str | None:
    if wanted in available:
        return wanted
    match = langcodes.closest_supported_match(wanted, list(available), max_distance=_NEAR)
    return match if match and _same_language(wanted, match) else None


def _same_language(one: str, other: str) -> bool:
    # CLDR counts some neighbours (Norwegian and Danish) as near: for news only the language itself will do.
    known = {_language(one).maximize().language, _language(other).maximize().language}
    return len(known) == 1 or known == {"no", "nb"}


def _language(tag: str) -> langcodes.Language:
    """A tag taken apart; what goes by the name of a larger language has that name: ``cmn`` is ``zh``."""
    return langcodes.Language.get(tag).prefer_macrolanguage()


def closest(wanted: str, available: Iterable[str]) -> str | None:
    """The tag among `available` that a reader of `wanted` would take, or None.

    A tag that is equal wins; else the nearest of the same language, in a script that its readers read as well:
    Serbian in either of its two, Chinese in one of its two only.
    """
    return _closest(wanted, tuple(sorted(available)))


@lru_cache(maxsize=1024)
def direction(tag: str) -> Direction:
    """The writing direction of a language; it comes from the tag, not from any markup."""
    script = langcodes.Language.get(tag).maximize().script
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=1024)
def locale(tag: str) -> Locale:
    """Babel's locale nearest to a tag, English where it knows none; for dates and names."""
    language = _language(tag)
    script = language.script or (language.maximize().script if language.territory else None)
    for parts in (
        (language.language, script, language.territory),
        (language.language, None, language.territory),
        (language.language, language.script, None),
        (language.language, None, None),
    ):
        try:
            return Locale(parts[0] or "en", territory=parts[2], script=parts[1])
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@lru_cache(maxsize=4096)
def name(tag: str, in_language: str) -> str:
    """The name of a language in another one: ``name("de", "fr")`` is ``allemand``."""
    display = locale(in_language)
    known = display.languages
    direct = known.get(tag.replace("-", "_"))
    if direct:
        return str(direct)
    spoken = locale(tag)
    language = _language(tag)
    described = spoken.get_display_name(display) if spoken.language == language.language else None
    return str(described or known.get(tag.split("-", 1)[0]) or language.display_name(in_language))


def autonym(tag: str) -> str:
    """The name of a language in itself: ``autonym("de")`` is ``Deutsch``."""
    return name(tag, tag)
