"""A service of Apprise, as it is used here."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType, OverflowMode
from apprise.manager_plugins import NotificationManager

from newswire.api import AccountRefused
from newswire_apprise.listening import listening
from newswire_apprise.outcomes import classify

if TYPE_CHECKING:
    from apprise import NotifyBase

    from newswire.api import Outcome, Site
    from newswire_apprise.options import AppriseAccountOptions

Form = Literal["html", "markdown", "text"]
_RICHEST_FIRST: tuple[Form, ...] = ("html", "markdown", "text")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service takes."""

    title: int
    """Characters of a title; 0 where it has none, and the title stands above the text."""
    body: int
    """Characters of a text."""
    together: bool
    """Whether the title counts as part of the text."""


class Service:
    """One service, reached by an address. Every method blocks.

    Args:
        options: the account's.
        site: names itself to the service.

    Raises:
        AccountRefused: Apprise cannot make anything of the address.
    """

    def __init__(self, options: AppriseAccountOptions, site: Site) -> None:
        self._url = options.url
        # No picture of Apprise beside the news, nothing written to the disk, and no redirect: a POST that is
        # redirected becomes a GET, whose answer would look like success.
        asset = AppriseAsset(
            app_id=site.name,
            app_desc=site.name,
            app_url=site.url,
            image_url_mask="",
            image_url_logo="",
            storage_mode="memory",
            http_redirects=False,
            allow_templates=False,
            interpret_emojis=False,
        )
        url = options.url.get_secret_value()
        with listening():
            made = Apprise.instantiate(url, asset=asset)
        if made is None:
            raise AccountRefused(_why_not(url))
        self._made: NotifyBase = made
        self.rest = max(float(made.request_rate_per_sec), 0.0)
        """Seconds that Apprise would let pass between two messages, asleep; here the room waits instead."""
        made.request_rate_per_sec = 0
        made.socket_connect_timeout = options.connect_timeout
        made.socket_read_timeout = options.read_timeout
        self.name = str(made.service_name)
        """What Apprise calls it."""
        self.targets = len(made)
        """How many recipients the address names."""
        self.limits = Limits(
            title=max(int(made.title_maxlen), 0),
            body=int(made.body_maxlen),
            together=bool(made.overflow_amalgamate_title),
        )

    def form(self, wanted: Form | Literal["auto"]) -> Form:
        """What a message to it is to be written in."""
        if wanted != "auto":
            return wanted
        taken = (form for form in _RICHEST_FIRST if self._made.resolve_format(form) == NotifyFormat(form))
        return next(taken, "text")

    def send(self, title: str, body: str, form: Form) -> Outcome | None:
        """Sends a message; None where the service took it, else why it did not."""
        with listening() as said:
            try:
                # It must not be split: of two halves one might be sent twice.
                taken = self._made.notify(
                    title=title,
                    body=body,
                    body_format=NotifyFormat(form),
                    notify_type=NotifyType.INFO,
                    overflow=OverflowMode.TRUNCATE,
                )
            except Exception:  # noqa: BLE001  # services fail in their own ways; what was said before tells more
                taken = False
        if taken:
            return None
        return classify(said, targets=self.targets, url=self._url.get_secret_value())


def _why_not(url: str) -> str:
    """What is wrong with an address, and what it should look like; nothing of it but the name of the service."""
    scheme, separator, _ = url.partition("://")
    if not separator:
        return "the account's url is not known here, so nobody can tell what its service takes"
    services: Any = NotificationManager()  # type: ignore[no-untyped-call]  # unlike the rest of Apprise
    if scheme.lower() not in services:
        near = get_close_matches(scheme.lower(), services.schemas(), n=1)
        return f"Apprise knows no service '{scheme}://'" + (f"; did you mean '{near[0]}://'?" if near else "")
    shapes = " or ".join(shape.replace("{schema}", scheme) for shape in services[scheme.lower()].templates[:3])
    return f"Apprise cannot read the address; that of this service looks like {shapes}"
