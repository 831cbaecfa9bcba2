"""The contract of a channel, as tests."""

from __future__ import annotations

from newswire.testing.alone import Alone
from newswire.testing.discretion import Discretion
from newswire.testing.driven import Driven


class ChannelContract(Alone, Driven, Discretion):
    """What every kind of channel keeps; our own plugins keep it, too.

    Derive a class whose name begins with ``Test``, give it a `platform` and its `failures`, and let pytest find it; or
    call `verify`. The methods need no plugin of pytest's.

    ::

        class TestLogbook(ChannelContract):
            failures = (Failure(name="no folder", means=ChannelGone, script=LogbookPlatform.lose_folder, on=["post"]),)
            cannot = {LanePaused: "files ask nobody to wait"}

            @contextlib.asynccontextmanager
            async def platform(self):
                with tempfile.TemporaryDirectory() as folder:
                    yield LogbookPlatform(folder)
    """
