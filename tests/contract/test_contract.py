"""The contract catches those who do not keep it, and lets those pass who do."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from newswire.api import (
    Abilities,
    Account,
    AccountRefused,
    Channel,
    ChannelGone,
    ChannelMoved,
    ChannelPaused,
    ChannelType,
    Finding,
    LanePaused,
    Options,
    Outcome,
    Post,
    PostGone,
    Receipt,
    Rejected,
    Retry,
    Secret,
    Services,
    Story,
    Unknown,
)
from newswire.testing import (
    ChannelContract,
    Failure,
    Platform,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence

TOKEN = "a-token-nobody-may-see"
log = logging.getLogger("memory")


# A kind of channel that keeps the contract: a platform in memory, with keys, edits, deletions and a search.


class MemoryAccountOptions(Options):
    token: Secret


class MemoryOptions(Options):
    place: str = "here"


class MemoryAccount(Account):
    def __init__(self, platform: MemoryPlatform) -> None:
        self.platform = platform

    async def check(self) -> Sequence[Finding]:
        return [Finding("ok", "the account is there")]


class MemoryChannel(Channel):
    abilities: ClassVar[Abilities] = Abilities(finds=True, same_key=timedelta(hours=1))

    def __init__(self, platform: MemoryPlatform, place: str) -> None:
        self.platform = platform
        self.place = place

    def compose(self, story: Story) -> Post:
        return Post(text=f"{story.title} {story.url}", language=story.language, link=story.url)

    async def post(self, post: Post, *, key: str) -> Receipt:
        with self.platform.call(self.place):
            number = self.platform.keys.setdefault(key, str(len(self.platform.keys) + 1))
            self.platform.out.setdefault(number, post.text)
        return self.receipt(number)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        with self.platform.call(self.place):
            self.platform.require(receipt)
            self.platform.out[receipt.remote_id] = post.text
        return self.receipt(receipt.remote_id)

    async def delete(self, receipt: Receipt) -> None:
        with self.platform.call(self.place):
            self.platform.out.pop(receipt.remote_id, None)

    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        out = [one for one in self.platform.out if one not in taken]
        found = [one for one in out if self.platform.out[one].endswith(f" {post.link}")]
        return self.receipt(found[-1]) if found else None

    def receipt(self, number: str) -> Receipt:
        return Receipt(remote_id=number, at=self.platform.clock())


class MemoryType(ChannelType[MemoryAccountOptions, MemoryOptions, MemoryAccount]):
    kind = "memory"
    account_options = MemoryAccountOptions
    channel_options = MemoryOptions

    def __init__(
        self, platform: MemoryPlatform, channel: type[MemoryChannel], account: type[MemoryAccount] = MemoryAccount
    ) -> None:
        self.platform, self.channel, self.account = platform, channel, account

    def connect(self, name: str, options: MemoryAccountOptions, services: Services) -> MemoryAccount:
        del name, options, services
        return self.account(self.platform)

    def open(self, account: MemoryAccount, options: MemoryOptions) -> Channel:
        return self.channel(account.platform, options.place)


class MemoryPlatform(Platform):
    secrets = (TOKEN,)

    def __init__(self, channel: type[MemoryChannel], account: type[MemoryAccount]) -> None:
        super().__init__()
        self.type = MemoryType(self, channel, account)
        self.out: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.before: Exception | None = None
        self.after: Exception | None = None
        self.moved = False

    @property
    def account(self) -> Mapping[str, Any]:
        return {"token": TOKEN}

    def shown(self) -> Sequence[str]:
        return list(self.out.values())

    def heal(self) -> None:
        self.before = self.after = None
        self.moved = False

    def require(self, receipt: Receipt) -> None:
        if receipt.remote_id not in self.out:
            raise PostGone("there is no such post")

    @contextlib.contextmanager
    def call(self, place: str) -> Any:
        if self.moved and place != "there":
            raise ChannelMoved("it is there now", address={"place": "there"})
        before, self.before = self.before, None
        if before is not None:
            raise before
        yield
        after, self.after = self.after, None
        if after is not None:
            raise after


def raises(error: Outcome, **more: Any) -> Failure:
    name = "after" if more.get("taken") else "before"
    return Failure(
        name=f"{type(error).__name__} {name}",
        means=type(error),
        script=lambda platform: setattr(platform, name, error),
        **more,
    )


MOMENT = timedelta(seconds=20)
FAILURES = (
    raises(Retry("hiccup")),
    raises(ChannelPaused("slow down", after=MOMENT)),
    raises(LanePaused("slow down", after=MOMENT)),
    raises(AccountRefused("no such token")),
    raises(ChannelGone("no such place")),
    Failure(name="moved", means=ChannelMoved, script=lambda platform: setattr(platform, "moved", True)),
    raises(Rejected("never")),
    Failure(name="gone", means=PostGone, script=lambda platform: platform.out.clear(), on=["edit"]),
    raises(Unknown("cut")),
    raises(Unknown("cut"), taken=True),
)


class Memory(ChannelContract):
    failures: ClassVar[Sequence[Failure]] = FAILURES
    channel: ClassVar[type[MemoryChannel]] = MemoryChannel
    account: ClassVar[type[MemoryAccount]] = MemoryAccount

    @contextlib.asynccontextmanager
    async def platform(self) -> AsyncIterator[MemoryPlatform]:
        yield MemoryPlatform(self.channel, self.account)


class TestMemory(Memory):
    """It keeps the contract, and pytest finds every test of it."""


def contract_of(channel: type[MemoryChannel], account: type[MemoryAccount] = MemoryAccount) -> Memory:
    return type("Tried", (Memory,), {"channel": channel, "account": account})()  # type: ignore[no-any-return]


class Impure(MemoryChannel):
    def compose(self, story: Story) -> Post:
        return replace(super().compose(story), text=f"{story.title} {self.platform.clock()} {story.url}")


class Picky(MemoryChannel):
    def compose(self, story: Story) -> Post:
        return replace(super().compose(story), details={"first": story.topics[0].label})


class Talkative(MemoryChannel):
    def compose(self, story: Story) -> Post:
        socket.create_connection(("127.0.0.1", 9), timeout=0.1).close()
        return super().compose(story)


class Blank(MemoryChannel):
    def compose(self, story: Story) -> Post:
        return replace(super().compose(story), text=" ")


class Clumsy(MemoryChannel):
    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        del receipt
        return await self.post(post, key=f"again {len(self.platform.keys)}")


class Careless(MemoryChannel):
    async def delete(self, receipt: Receipt) -> None:
        self.platform.require(receipt)
        await super().delete(receipt)


class Reviving(MemoryChannel):
    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        self.platform.out[receipt.remote_id] = post.text
        return self.receipt(receipt.remote_id)


class Boastful(MemoryChannel):
    async def post(self, post: Post, *, key: str) -> Receipt:
        return await super().post(post, key=f"{key} {len(self.platform.keys)}")


class Blind(MemoryChannel):
    async def find(self, *_: object, **__: object) -> Receipt | None:
        return None


class Guessing(MemoryChannel):
    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        del post, taken
        return self.receipt(next(iter(self.platform.out))) if self.platform.out else None


class Literal(MemoryChannel):
    async def find(self, post: Post, *, taken: Collection[str] = ()) -> Receipt | None:
        found = [number for number, text in self.platform.out.items() if text == post.text and number not in taken]
        return self.receipt(found[-1]) if found else None


class Timeless(MemoryChannel):
    def receipt(self, number: str) -> Receipt:
        return Receipt(remote_id=number, at=datetime(2026, 11, 23))  # noqa: DTZ001  # that is what is wrong with it


class Unstorable(MemoryChannel):
    def receipt(self, number: str) -> Receipt:
        return replace(super().receipt(number), details={"places": (1, 2)})  # type: ignore[dict-item]


class Meddling(MemoryChannel):
    async def check(self) -> Sequence[Finding]:
        self.platform.out.clear()
        return ()


class OneShot(MemoryAccount):
    async def aclose(self) -> None:
        del self.platform


class Chatty(MemoryChannel):
    async def post(self, post: Post, *, key: str) -> Receipt:
        log.debug("posting with %s", TOKEN)
        return await super().post(post, key=key)


class Blurting(MemoryChannel):
    async def delete(self, receipt: Receipt) -> None:
        try:
            await super().delete(receipt)
        except Retry as error:
            raise Retry("hiccup") from ConnectionError(f"GET /bot{TOKEN}: {error}")


class Open(MemoryAccount):
    def __repr__(self) -> str:
        return f"<account with {TOKEN}>"


BROKEN: list[tuple[str, Memory, str]] = [
    ("test_composing_is_pure", contract_of(Impure), "another post"),
    ("test_composing_is_pure", contract_of(Blank), "the text is"),
    ("test_composing_is_pure", contract_of(Picky), "compose failed for 'plain': IndexError"),
    ("test_opening_and_composing_talk_to_nobody", contract_of(Talkative), "must not use the network"),
    ("test_edits_and_deletions_may_be_repeated", contract_of(Clumsy), "posts that followers see: 5"),
    ("test_edits_and_deletions_may_be_repeated", contract_of(Careless), "there is no such post"),
    ("test_edits_and_deletions_may_be_repeated", contract_of(Reviving), "must raise PostGone"),
    ("test_abilities_are_true", contract_of(Boastful), "the post of the same key"),
    ("test_abilities_are_true", contract_of(Blind), "does not find a post that is out"),
    ("test_abilities_are_true", contract_of(Guessing), "the post that was found"),
    ("test_abilities_are_true", contract_of(Literal), "corrected since"),
    ("test_every_story_is_taken", contract_of(Timeless), "a time with a zone"),
    ("test_every_story_is_taken", contract_of(Unstorable), "not the same after JSON"),
    ("test_looking_changes_nothing", contract_of(Meddling), "posts after a check"),
    ("test_closing_may_be_repeated", contract_of(MemoryChannel, OneShot), "platform"),
    ("test_no_secret_is_told", contract_of(Chatty), "secret"),
    ("test_no_secret_is_told", contract_of(Blurting), "secret"),
    ("test_no_secret_is_told", contract_of(MemoryChannel, Open), "secret"),
    ("test_what_followers_see", contract_of(Clumsy), "posts of the article"),
]


@pytest.mark.parametrize(
    ("name", "contract", "words"), BROKEN, ids=[f"{one.channel.__name__}, {name}" for name, one, _ in BROKEN]
)
def test_who_does_not_keep_the_contract_is_caught(name: str, contract: Memory, words: str) -> None:
    with pytest.raises((AssertionError, AttributeError, PostGone), match=re.escape(words)):
        getattr(contract, name)()


def calls_it(means: type[Outcome], error: Exception, *, taken: bool = False) -> Failure:
    name = "after" if taken else "before"
    return Failure(name="x", means=means, script=lambda one: setattr(one, name, error), taken=taken)


MISJUDGED = [
    (calls_it(Unknown, Retry("cut"), taken=True), "one should be Unknown"),
    (calls_it(LanePaused, Retry("429")), "the account is not paused"),
    (calls_it(ChannelPaused, LanePaused("429", after=MOMENT)), "the channel is not paused"),
    (calls_it(ChannelGone, Rejected("403")), "the channel is active"),
    (calls_it(Rejected, Retry("400")), "and should be dead"),
    (calls_it(Retry, ValueError("a bug")), "one should be Retry"),
    (calls_it(Rejected, Rejected("")), "the outcome has no words"),
    (replace(calls_it(Retry, Retry("a lie"), taken=True), taken=False), "followers see 1 posts of the article"),
]


@pytest.mark.parametrize(("failure", "words"), MISJUDGED, ids=[words for _, words in MISJUDGED])
def test_who_misjudges_a_failure_is_caught(failure: Failure, words: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(words)):
        Memory().test_a_failure_leads_where_it_should(failure, "post")


def test_an_outcome_that_is_left_out_is_missed() -> None:
    class Forgetful(Memory):
        failures = tuple(one for one in FAILURES if one.means is not LanePaused)

    with pytest.raises(AssertionError, match="LanePaused"):
        Forgetful().test_every_outcome_is_driven()

    class Excused(Forgetful):
        cannot: ClassVar[Mapping[type[Outcome], str]] = {LanePaused: "it never asks to wait"}

    Excused().test_every_outcome_is_driven()

    class Overcautious(Memory):
        cannot: ClassVar[Mapping[type[Outcome], str]] = {LanePaused: "it never asks to wait"}

    with pytest.raises(AssertionError, match="LanePaused"):
        Overcautious().test_every_outcome_is_driven()


def test_verify_tells_all_that_is_not_kept() -> None:
    class Short(ChannelContract):
        channel = Blind

        @contextlib.asynccontextmanager
        async def platform(self) -> AsyncIterator[MemoryPlatform]:
            yield MemoryPlatform(Blind, OneShot)

    with pytest.raises(ExceptionGroup) as broken:
        Short().verify()
    notes = "".join(note for error in broken.value.exceptions for note in error.__notes__)
    assert {"test_closing_may_be_repeated", "test_abilities_are_true", "test_every_outcome_is_driven"} <= set(
        re.findall(r"test_\w+", notes)
    )


def test_a_contract_without_a_platform_says_so() -> None:
    with pytest.raises(NotImplementedError, match="platform"):
        ChannelContract().test_composing_is_pure()
