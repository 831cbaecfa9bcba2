"""The entry point: the translator types ``openai`` and ``libretranslate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import AnyTranslatorType


@hookimpl
def newswire_translator_types() -> Sequence[AnyTranslatorType]:
    """Hands over both kinds."""
    from newswire_translate.kinds import LibreTranslateType, OpenAIType  # noqa: PLC0415  # importing must cost nothing

    return [OpenAIType(), LibreTranslateType()]
