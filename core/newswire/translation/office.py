"""The translation office: everything of a process that has to do with translating, put together from the config."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from newswire.dispatch import guard
from newswire.logs import get_logger
from newswire.translation.attending import TranslatorRunner
from newswire.translation.rules import TranslationRules
from newswire.translation.work import Order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from newswire.config import Config
    from newswire.dispatch.dispatcher import World
    from newswire.extension import Follower
    from newswire.offering import RoomServices
    from newswire.publisher import Publisher
    from newswire.store import Store

log = get_logger(__name__)


class TranslationOffice:
    """Asks for what the rules of the config want, and has the translators work.

    Args:
        config: the translators, the rules and the glossary.
        store: where articles and requests are.
        services: what plugins are offered.
        publisher: takes in what is translated.
        world: time and chance.
        owner: who this process is; unique among all on the store.
    """

    def __init__(  # noqa: PLR0917  # put together in one place
        self,
        config: Config,
        store: Store,
        services: RoomServices,
        publisher: Publisher,
        world: World,
        owner: str,
    ) -> None:
        self._config = config
        self._services = services
        self._owner = owner
        self._rules = TranslationRules(store, services.asking, config.filters, config.translation.max_age, world.clock)
        self._order = Order(
            store=store,
            publisher=publisher,
            taxonomy=config.taxonomy,
            glossary=config.glossary,
            languages=config.site.languages,
            url=config.translation.url,
            clock=world.clock,
            random=world.random,
        )
        self.runners: Sequence[TranslatorRunner] = ()
        self.published = False
        """Whether anything was published since it ran last."""

    def followers(self) -> Sequence[Follower]:
        """What follows the event log: the rules, where anything translates. Blocking."""
        self.prepare()
        return [self._rules] if self._config.enabled_translators else []

    def prepare(self) -> None:
        """Lets rules begin with what comes from now on, unless they did before. Blocking."""
        if self._config.enabled_translators:
            self._rules.prepare()

    async def run(self, stop: asyncio.Event, told: Callable[[], None], patience: timedelta | None = None) -> None:
        """Has every enabled translator work; with `patience` only until nothing is due within that time.

        Args:
            stop: set when it is to stop.
            told: called when something was published.
            patience: how long to wait for what is due soon; None: for ever.
        """

        def tell() -> None:
            self.published = True
            told()

        self.published = False
        self.runners = self._open(tell)
        await asyncio.gather(*(runner.run(stop, patience=patience) for runner in self.runners))
        if patience is None:
            await stop.wait()

    def wake(self) -> None:
        """Tells the translators that there may be something to do."""
        for runner in self.runners:
            runner.wake.set()

    def _open(self, told: Callable[[], None]) -> list[TranslatorRunner]:
        """The enabled translators, opened; one that cannot be opened stops no other."""
        runners = []
        remember = self._config.translation.remember
        for configured in self._config.enabled_translators:
            make = partial(configured.type.open, configured.name, configured.options, self._services)
            try:
                opened = guard.made(make)
            except guard.PluginFailed:
                log.exception("a translator cannot be opened", translator=configured.name)
                continue
            owner = f"{self._owner}:{configured.name}"
            runners.append(TranslatorRunner(configured, opened, self._order, owner=owner, remember=remember, told=told))
        return runners
