"""Services that translate by turning words into others, on real sockets, with the faults that real ones have."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from newswire.api import Charge, Edition, LanePaused, TranslationRequest
from newswire_translate.kinds import LibreTranslateType, OpenAIType
from newswire_translate.options import LibreTranslateOptions, OpenAIOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Mapping

    from newswire.api import Translator

TAG = re.compile(r"(<[^>]*>|&\w+;)")
KEY = "sk-a-key-that-nobody-may-see"


def german(text: str) -> str:
    """Words of a language that nobody speaks: each gets an ending."""
    return re.sub(r"[^\W\d_]+", lambda word: f"{word[0]}um", text)


def japanese(text: str) -> str:
    return re.sub(r"[^\W\d_]+ ?", "訳語", text)


def arabic(text: str) -> str:
    return re.sub(r"[^\W\d_]+", "كلمة", text)


def turned(wire: str, turn: Callable[[str], str]) -> str:
    """A piece with its words turned and its tags as they were; what is not to be translated is left alone."""
    out, verbatim = [], False
    for part in TAG.split(wire):
        if TAG.fullmatch(part):
            verbatim = 'translate="no"' in part
            out.append(part)
        else:
            out.append(part if verbatim else turn(part))
    return "".join(out)


FAILURES: dict[str, tuple[Any, ...]] = {
    "429": (429, {"error": {"message": "Slow down"}}, {"Retry-After": "7"}),
    "401": (401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}),
    "402": (402, {"error": "Payment required"}),
    "500": (500, "<html>oops</html>"),
    "400": (400, {"error": {"message": "no such model"}}),
    "redirect": (302, "", {"Location": "https://elsewhere.example/"}),
    "malformed": (200, '{"choices": [{"mess'),
    "huge": (200, "x" * 5_000_000),
}
SPOILED: dict[str, Callable[[str], str]] = {
    "lost mark": lambda text: re.sub(r"<x [^>]*>(?:</x>)?", "", text),
    "doubled mark": lambda text: re.sub(r"(<x [^>]*>)", r"\1\1", text),
    "opened mark": lambda text: text.replace("</g>", ""),
    "wrong language": lambda text: turned(text, lambda words: re.sub(r"[^\W\d_]", "ж", words)),
    "address": lambda text: f"{text} https://evil.example/",
    "long": lambda text: text * 50,
    "empty": lambda _: "",
}


@dataclass
class FakeService:
    """What both stand-ins have: the words they make, the faults they are told to have, what they were asked."""

    turn: Callable[[str], str] = german
    faults: list[str] = field(default_factory=list)
    """Told in order, one a request."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    usage: bool = True
    url: str = ""

    @property
    def sent(self) -> str:
        """Everything that it was sent."""
        return json.dumps(self.asked, ensure_ascii=False)

    async def fault(self) -> web.Response | None:
        """Does what goes wrong with a whole answer, if anything."""
        told = self.faults[0] if self.faults else ""
        if told == "hang":
            await asyncio.sleep(30)
        return self._failing(*FAILURES[told]) if told in FAILURES else None

    def _failing(self, status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
        self.faults.pop(0)
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(status=status, text=text, headers=headers, content_type="application/json")

    def broken(self, texts: list[str]) -> list[str]:
        """Texts with what goes wrong with a piece."""
        spoil = SPOILED.get(self.faults.pop(0) if self.faults else "")
        return [spoil(text) for text in texts] if spoil is not None else texts


class FakeOpenAI(FakeService):
    """A chat endpoint."""

    async def complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append({"key": request.headers.get("Authorization"), **body})
        failed = await self.fault()
        if failed is not None:
            return failed
        if self.faults[:1] == ["cut"]:
            self.faults.pop(0)
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        document = json.loads(body["messages"][1]["content"])
        segments = document["segments"]
        finish, refusal, echo = "stop", None, False
        match self.faults[0] if self.faults else "":
            case "truncated":
                finish = "length"
            case "refusal":
                refusal = "I cannot translate this."
            case "echo":
                echo = True
        if finish != "stop" or refusal or echo:
            self.faults.pop(0)
        turn = (lambda text: text) if echo else self.turn
        texts = self.broken([turned(one["text"], turn) for one in segments])
        told = [{"id": one["id"], "text": text} for one, text in zip(segments, texts, strict=True) if text]
        content = json.dumps({"translations": told}, ensure_ascii=False)
        message = {"role": "assistant", "content": None if refusal else f"```json\n{content}\n```", "refusal": refusal}
        answer: dict[str, Any] = {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}
        if self.usage:
            answer["usage"] = {"prompt_tokens": 1000, "completion_tokens": 500}
        return web.json_response(answer)

    async def models(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"data": [{"id": "gpt-test"}]})


class FakeLibreTranslate(FakeService):
    """A LibreTranslate server: HTML is read by a real parser, as its own is."""

    languages: tuple[str, ...] = ("en", "de", "ja", "ar", "zt")

    async def translate(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        failed = await self.fault()
        if failed is not None:
            return failed
        if body.get("api_key") == "wrong":
            return web.json_response({"error": "Invalid API key"}, status=403)
        if any(len(text) > 400 for text in body["q"]):
            return web.json_response({"error": "Invalid request: request (500) exceeds text limit (400)"}, status=400)
        assert body["format"] == "html"
        return web.json_response({"translatedText": self.broken([turned(text, self.turn) for text in body["q"]])})

    async def list_languages(self, request: web.Request) -> web.Response:
        del request
        return web.json_response([{"code": code, "name": code, "targets": self.languages} for code in self.languages])


@contextlib.asynccontextmanager
async def serving(service: FakeOpenAI | FakeLibreTranslate) -> AsyncIterator[None]:
    app = web.Application(client_max_size=10_000_000)
    if isinstance(service, FakeOpenAI):
        app.router.add_post("/v1/chat/completions", service.complete)
        app.router.add_get("/v1/models", service.models)
    else:
        app.router.add_post("/translate", service.translate)
        app.router.add_get("/languages", service.list_languages)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    service.url = f"http://127.0.0.1:{port}" + ("/v1" if isinstance(service, FakeOpenAI) else "")
    try:
        yield
    finally:
        await runner.cleanup()


class MemoryDesk:
    """A desk that keeps everything in memory."""

    def __init__(self) -> None:
        self.pieces: dict[str, str] = {}
        self.booked: list[float] = []
        self.characters = 0
        self.room = 10**9

    async def recall(self, keys: Collection[str]) -> Mapping[str, str]:
        return {key: self.pieces[key] for key in keys if key in self.pieces}

    async def remember(self, pieces: Mapping[str, str]) -> None:
        self.pieces.update(pieces)

    async def charge(self, *, characters: int, cost: float = 0.0) -> Charge:
        if len(self.booked) >= self.room:
            raise LanePaused("the cap is reached", after=timedelta(hours=1))
        self.characters += characters
        self.booked.append(cost)
        return Charge("test", len(self.booked) - 1, cost)

    async def settle(self, charge: Charge, cost: float) -> None:
        self.booked[charge.hour] = cost


@pytest.fixture
async def openai() -> AsyncIterator[FakeOpenAI]:
    service = FakeOpenAI()
    async with serving(service):
        yield service


@pytest.fixture
async def libre() -> AsyncIterator[FakeLibreTranslate]:
    service = FakeLibreTranslate()
    async with serving(service):
        yield service


@pytest.fixture
async def model(openai: FakeOpenAI) -> AsyncIterator[Callable[..., Translator]]:
    """Opens a translator at the chat endpoint."""
    opened: list[Translator] = []

    def make(**options: Any) -> Translator:
        values = {"url": openai.url, "model": "gpt-test", "key": KEY, "timeout": 5.0} | options
        translator = OpenAIType().open("llm", OpenAIOptions.model_validate(values), None)  # type: ignore[arg-type]  # it needs no services
        opened.append(translator)
        return translator

    yield make
    for translator in opened:
        await translator.aclose()


@pytest.fixture
async def server(libre: FakeLibreTranslate) -> AsyncIterator[Callable[..., Translator]]:
    """Opens a translator at the LibreTranslate server."""
    opened: list[Translator] = []

    def make(**options: Any) -> Translator:
        values = {"url": libre.url, "timeout": 5.0} | options
        made = LibreTranslateOptions.model_validate(values)
        translator = LibreTranslateType().open("libre", made, None)  # type: ignore[arg-type]  # as above
        opened.append(translator)
        return translator

    yield make
    for translator in opened:
        await translator.aclose()


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


@pytest.fixture
def wanted() -> Callable[..., TranslationRequest]:
    """Makes a request."""

    def make(body: str | None = "A paragraph of some words.", language: str = "de", **changes: Any) -> Any:
        edition = {
            "language": "en",
            "title": "The title of it",
            "summary": "A short summary",
            "url": "https://news.example/en/a",
            "body": body,
        }
        request = {name: changes.pop(name) for name in ("teaser", "glossary", "names", "topics") if name in changes}
        original = Edition.model_validate(edition | changes)
        return TranslationRequest(article_id="a", original=original, language=language, **request)

    return make


@pytest.fixture
def turning() -> dict[str, Callable[[str], str]]:
    return {"de": german, "ja": japanese, "ar": arabic}


@pytest.fixture
def turn_piece() -> Callable[[str, Callable[[str], str]], str]:
    return turned


@pytest.fixture
def secret() -> str:
    return KEY
