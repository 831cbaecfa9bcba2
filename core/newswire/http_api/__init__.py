"""The HTTP API: publish, read and withdraw articles from anywhere, by bearer token.

What comes in belongs to the intake ``api``. The addresses are in `routes`, what they take and give in `records`, and
the document that describes both to programs, ``/api/openapi.json``, is made of the two.
"""

from newswire.http_api.app import HttpApi
from newswire.http_api.call import Desk
from newswire.http_api.changing import Changer
from newswire.http_api.gate import Gate
from newswire.http_api.rates import Rates

__all__ = ["Changer", "Desk", "Gate", "HttpApi", "Rates"]
