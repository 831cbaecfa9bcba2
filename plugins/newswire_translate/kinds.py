"""The kinds of translators that the plugin offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from newswire.api import TranslatorType
from newswire_translate.libretranslate import LibreTranslate
from newswire_translate.openai import OpenAI
from newswire_translate.options import LibreTranslateOptions, OpenAIOptions
from newswire_translate.translator import ServiceTranslator

if TYPE_CHECKING:
    from newswire.api import Services, Translator


class OpenAIType(TranslatorType[OpenAIOptions]):
    """A chat endpoint that speaks as OpenAI's does."""

    kind: ClassVar[str] = "openai"
    options = OpenAIOptions

    def open(self, name: str, options: OpenAIOptions, services: Services) -> Translator:
        """Opens a translator."""
        del name, services
        return ServiceTranslator(OpenAI(options))


class LibreTranslateType(TranslatorType[LibreTranslateOptions]):
    """A LibreTranslate server."""

    kind: ClassVar[str] = "libretranslate"
    options = LibreTranslateOptions

    def open(self, name: str, options: LibreTranslateOptions, services: Services) -> Translator:
        """Opens a translator."""
        del name, services
        return ServiceTranslator(LibreTranslate(options))
