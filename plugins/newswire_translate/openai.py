"""Any chat endpoint that speaks as OpenAI's does (POST /chat/completions)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson

from newswire.api import Finding, Rejected, shorten
from newswire_translate.prompt import SCHEMA, WORDS, system_prompt, user_prompt
from newswire_translate.service import Garbled, Service, TooLong
from newswire_translate.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire_translate.options import OpenAIOptions
    from newswire_translate.service import Task

_MILLION = 1_000_000
_BYTES_A_TOKEN = 4
_FORMATS: dict[str, dict[str, Any]] = {
    "object": {"response_format": {"type": "json_object"}},
    "schema": {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "translations", "strict": True, "schema": SCHEMA},
        }
    },
    "off": {},
}


class OpenAI(Service):
    """A chat model.

    Args:
        options: where it is, and what it is told.
    """

    takes_terms = True

    def __init__(self, options: OpenAIOptions) -> None:
        self._options = options
        self.chunk = options.chunk
        rest = orjson.dumps([options.instructions, options.parameters], option=orjson.OPT_SORT_KEYS)
        self.identity = f"openai {WORDS} {options.model} {hashlib.blake2b(rest, digest_size=8).hexdigest()}"
        key = options.key.get_secret_value() if options.key is not None else ""
        self._session = Session(options.url, {"Authorization": f"Bearer {key}"} if key else {}, options.timeout)

    def most(self, wires: Sequence[str], task: Task) -> float:
        """As if every character were a token, and the translation as long again."""
        sent = len(system_prompt(task, self._options.instructions)) + len(user_prompt(wires, task))
        made = 2 * sum(map(len, wires))
        return self._cost(sent, made)

    def _cost(self, sent: float, made: float) -> float:
        return (sent * self._options.price_input + made * self._options.price_output) / _MILLION

    async def ask(self, wires: Sequence[str], task: Task) -> tuple[list[str | None], float]:
        """Has pieces translated."""
        system, user = system_prompt(task, self._options.instructions), user_prompt(wires, task)
        body = {
            **self._options.parameters,
            "model": self._options.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            **_FORMATS[self._options.json_mode],
        }
        answer = await self._session.ask("/chat/completions", body)
        content = _content(answer)
        return _translations(content, len(wires)), self._bill(answer, system + user, content)

    def _bill(self, answer: Any, sent: str, made: str) -> float:
        """What the service counted; where it does not say, tokens are taken for four bytes each."""
        usage = answer.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
        if isinstance(read, int) and isinstance(written, int) and min(read, written) >= 0:
            return self._cost(read, written)
        return self._cost(len(sent.encode()) / _BYTES_A_TOKEN, len(made.encode()) / _BYTES_A_TOKEN)

    async def check(self) -> Sequence[Finding]:
        """Looks whether the service knows the model; few servers do not list their models."""
        answer = await self._session.ask("/models")
        listed = answer.get("data") if isinstance(answer, dict) else None
        known = {one.get("id") for one in listed if isinstance(one, dict)} if isinstance(listed, list) else set()
        if known and self._options.model not in known:
            return [Finding("warning", f"the service does not list the model {self._options.model!r}")]
        return [Finding("ok", f"the service answers; the model is {self._options.model}")]

    async def aclose(self) -> None:
        """Lets connections go."""
        await self._session.aclose()


def _content(answer: Any) -> str:
    """What the model said.

    Raises:
        Garbled: the answer has another form.
        TooLong: the model did not get to the end.
        Rejected: it does not want to.
    """
    try:
        choice = answer["choices"][0]
        message = choice["message"]
        content, refusal = message.get("content"), message.get("refusal")
        reason = choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise Garbled("the answer is no chat completion") from None
    if refusal or reason == "content_filter":
        raise Rejected(f"the model refuses: {shorten(str(refusal or 'content filter'), 200)}")
    if reason == "length":
        raise TooLong("the model did not get to the end")
    if not isinstance(content, str) or not content.strip():
        raise Garbled("the model said nothing")
    return content


def _translations(content: str, number: int) -> list[str | None]:
    """The pieces by their numbers; a model may wrap JSON in a fence, and leave pieces out.

    Raises:
        Garbled: it is no JSON of the form that was asked for.
    """
    begin, end = content.find("{"), content.rfind("}")
    try:
        found = orjson.loads(content[begin : end + 1])
        items = found["translations"]
        told = {item["id"]: item["text"] for item in items}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise Garbled(f"the model did not answer as asked: {shorten(' '.join(content.split()), 80)!r}") from None
    texts = [told.get(place + 1) for place in range(number)]
    return [text if isinstance(text, str) else None for text in texts]
