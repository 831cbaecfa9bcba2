"""The web app: health addresses of its own, everything else from plugins."""

from newswire.web.app import WebApp
from newswire.web.server import event_loop, serve

__all__ = ["WebApp", "event_loop", "serve"]
