"""The web app: health addresses of its own, everything else from plugins."""

from newswire.web.app import WebApp
from newswire.web.server import serve

__all__ = ["WebApp", "serve"]
