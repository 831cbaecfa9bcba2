"""The dashboard: pages on which an admin sees how the room stands and settles by hand what only a person can settle.

They need no JavaScript. Nothing of the room is shown to anybody who has not logged in with a token of the scope
``admin``, and what is done here is done by the same functions as on the command line.
"""

from newswire.dashboard.app import Dashboard
from newswire.dashboard.desk import Desk
from newswire.dashboard.entrance import Entrance
from newswire.dashboard.sessions import Sessions

__all__ = ["Dashboard", "Desk", "Entrance", "Sessions"]
