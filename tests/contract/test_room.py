"""A room in small: several channels of one account, what each takes, and a config that changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newswire.testing import DeliveryState, RehearsalRoom, RehearsedChannel


async def test_a_room_with_several_channels(scene: Any) -> None:
    place = {"chat": scene.chat.id}
    channels = [
        RehearsedChannel(name="german", options=place, languages=["de"], fallback="skip"),
        RehearsedChannel(name="law", options=place, topics="law"),
        RehearsedChannel(name="old", options=place, max_age=timedelta(days=1)),
    ]
    account = replace(scene.telegram(), channels=channels)
    async with RehearsalRoom(account, clock=scene.clock) as room:
        room.publish("a", topics=["law"])
        with pytest.raises(KeyError):
            room.delivery("a")
        await room.deliver()
        room.add_edition("a", "de", title="Titel")
        await room.deliver()
        assert room.delivery("a", "german").state is DeliveryState.DONE
        assert room.delivery("a", "law").have == 2
        assert [one.outcome for one in room.attempts("a", "law")] == ["sent", "sent"]
        assert room.attempts("a", "law")[1].words == "nothing changes for its followers"
        room.publish("b")
        room.forward(days=2)
        await room.restart()
        await room.deliver()
        assert room.delivery("b", "old").state is DeliveryState.SUPPRESSED
        assert room.channel("law").active
        await room.restart(replace(account, channels=channels[:1]))
        assert not room.channel("law").active
