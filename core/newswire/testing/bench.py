"""What the parts of the contract have in common: the platform, the failures, and how a part is run."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import SecretStr

from newswire import errors
from newswire.testing.services import RehearsalServices

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from newswire.channel import Abilities, Account, Channel, Options
    from newswire.errors import Outcome
    from newswire.testing.platform import Failure, Platform

T = TypeVar("T")
PAUSES = 20
"""More than any call of the contract has to wait in a row."""


class Bench:
    """What an author fills in, and what every part of the contract stands on."""

    failures: ClassVar[Sequence[Failure]] = ()
    """Everything that can go wrong on the platform. Each is driven through the dispatcher, once for each operation."""
    cannot: ClassVar[Mapping[type[Outcome], str]] = {}
    """Outcomes that the platform has no cause for, each with the reason."""
    send_timeout: ClassVar[timedelta] = timedelta(seconds=5)
    """How long, in real time, the stand-in may take to answer; less makes a failure that hangs a short one."""

    def platform(self) -> AbstractAsyncContextManager[Platform]:
        """A fresh stand-in for the platform, for the time of one test."""
        raise NotImplementedError("the contract needs a platform(): an async context manager that gives a Platform")

    def cases(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every test of the contract: the method's name and its arguments."""
        for name, method in inspect.getmembers(type(self), inspect.isfunction):
            if name.startswith("test_"):
                for arguments in self._arguments(inspect.signature(method).parameters):
                    yield name, arguments

    def _arguments(self, names: Iterable[str]) -> list[dict[str, Any]]:
        if "failure" not in names:
            return [{}]
        return [{"failure": failure, "doing": doing} for failure in self.failures for doing in failure.on]

    def verify(self) -> None:
        """Runs the whole contract, for those who do without pytest.

        Raises:
            ExceptionGroup: it is not kept; there is an error for each test that failed.
        """
        broken: list[Exception] = []
        for name, arguments in self.cases():
            try:
                getattr(self, name)(**arguments)
            except Exception as error:  # noqa: BLE001  # a plugin may raise anything; the other tests go on
                told = [getattr(value, "name", value) for value in arguments.values()]
                error.add_note(f"in {name} {told or ''}")
                broken.append(error)
        if broken:
            raise ExceptionGroup("the contract of a channel is not kept", broken)

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Gives pytest a test for each failure and operation."""
        if "failure" in metafunc.fixturenames:
            rows = self._arguments(["failure"])
            names = [f"{row['failure'].name}, {row['doing']}" for row in rows]
            metafunc.parametrize(("failure", "doing"), [tuple(row.values()) for row in rows], ids=names)

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[Platform, Account, Channel]]:
        """A platform, an account on it that has been started, and a channel of it; no room around them."""
        async with self.platform() as platform:
            account = connect(platform)
            try:
                await account.start()
                yield platform, account, open_channel(platform, account)
            finally:
                await account.aclose()


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs a part of the contract; no plugin of pytest's is needed for it."""
    return asyncio.run(coroutine)


def connect(platform: Platform) -> Account:
    """The plugin's account on a platform."""
    account: Account = platform.type.connect("account", options(platform), RehearsalServices(clock=platform.clock))
    return account


def options(platform: Platform) -> Options:
    """The account's options, as the config would give them."""
    model: type[Options] = platform.type.account_options
    return model.model_validate(dict(platform.account))


def open_channel(platform: Platform, account: Account) -> Channel:
    """A channel of an account."""
    model = platform.type.channel_options
    return platform.type.open(account, model.model_validate(dict(platform.channel)))


async def patiently(platform: Platform, make: Callable[[], Awaitable[T]]) -> T:
    """What a call gives, made again after each pause that is asked for: a plugin may keep ahead of limits.

    Raises:
        Outcome: what else it ends in, or still a pause after many.
    """
    for _ in range(PAUSES):
        try:
            return await make()
        except (errors.ChannelPaused, errors.LanePaused) as pause:
            platform.clock.forward(pause.after)
    return await make()


async def abilities_on(platform: Platform) -> Abilities:
    """What a channel says that it can do."""
    account = connect(platform)
    try:
        return open_channel(platform, account).abilities
    finally:
        await account.aclose()


def secrets_of(given: Options) -> list[str]:
    """The secrets that stand in options."""
    return [value.get_secret_value() for _, value in given if isinstance(value, SecretStr)]


def must(condition: object, complaint: str) -> None:
    """Complains.

    Raises:
        AssertionError: the condition does not hold.
    """
    if not condition:
        raise AssertionError(complaint)


def must_not(complaints: Iterable[str]) -> None:
    """Tells all complaints at once.

    Raises:
        AssertionError: there are some.
    """
    found = list(complaints)
    must(not found, "; ".join(found))


def must_be_equal(found: object, wanted: object, what: str) -> None:
    """Compares.

    Raises:
        AssertionError: they differ.
    """
    must(found == wanted, f"{what}: {found!r}, and should be {wanted!r}")
