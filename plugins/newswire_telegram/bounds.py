"""What a template may do, and how much of it: Jinja2's sandbox with counters. Pure but for the count.

Nothing in a template can go on without end or grow without bound: turns of loops and calls are counted, numbers are
the only things that are reckoned with, and every text that is put together has a longest.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2.runtime import Context

LONGEST_TEXT = 100_000
"""Characters of anything that a template puts together; a post has at most 4096."""
MOST_STEPS = 10_000
"""Turns of loops and calls while one post is made."""
_LARGEST = 10**9
_TOO_LONG = f"makes a text of more than {LONGEST_TEXT} characters"

FILTERS = (
    "capitalize default first join last length list lower reject rejectattr reverse select selectattr sort "
    "title trim unique upper"
).split()
_METHODS = set(
    "capitalize endswith isdigit lower lstrip removeprefix removesuffix rstrip split startswith strip upper".split()
)
_steps: ContextVar[list[int]] = ContextVar("steps")


class Stopped(TemplateError):
    """The template does more than one post needs."""


def _count(steps: int = 1) -> None:
    left = _steps.get()
    left[0] -= steps
    if left[0] < 0:
        raise Stopped(f"takes more than {MOST_STEPS} steps: is there a loop without end?")


@contextmanager
def counting() -> Iterator[None]:
    """While it lasts, a template is rendered: it may take so many steps and no more."""
    token = _steps.set([MOST_STEPS])
    try:
        yield
    finally:
        _steps.reset(token)


def whole(pieces: Iterable[str]) -> str:
    """What a template puts out, as long as there is no more of it than anybody can want.

    Raises:
        Stopped: there is.
    """
    told: list[str] = []
    length = 0
    for piece in pieces:
        told.append(piece)
        length += len(piece)
        if length > LONGEST_TEXT:
            raise Stopped(_TOO_LONG)
    return "".join(told)


def _bounded(text: Any) -> Any:
    if isinstance(text, str) and len(text) > LONGEST_TEXT:
        raise Stopped(_TOO_LONG)
    return text


def _counted(items: Any) -> Iterator[Any]:
    """What a loop goes through, with every turn counted."""
    for item in items:
        _count()
        yield item


def _together(parts: Iterable[Any]) -> Markup:
    """The parts of ``a ~ b``, escaped and in one."""
    whole = Markup()
    for part in parts:
        whole = _bounded(whole + escape(part))
    return whole


def _join(items: Iterable[Any], between: str = "") -> Markup:
    """All items in one, escaped, with something between them."""
    whole = Markup()
    for number, item in enumerate(items):
        whole = _bounded(whole + between + escape(item) if number else whole + escape(item))
    return whole


def _range(*bounds: int) -> range:
    if any(abs(bound) > MOST_STEPS for bound in bounds):
        raise Stopped(f"counts beyond {MOST_STEPS}")
    return range(*bounds)


class Environment(SandboxedEnvironment):
    """The sandbox, with fewer things in it."""

    intercepted_binops = frozenset({"+", "-", "*"})
    intercepted_unops = frozenset({"-", "+"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Reckons with numbers only."""
        if not all(type(each) in {int, float} and abs(each) <= _LARGEST for each in (left, right)):
            raise Stopped(f"{operator} is for numbers; texts are joined by ~")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Counts every call."""
        _count()
        return _bounded(super().call(context, obj, *args, **kwargs))

    def wrap_str_format(self, value: Any) -> None:
        """Gives no way around for ``str.format``, whose texts have no longest."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Of texts only what makes no longer ones, of everything else no methods but a story's own data."""
        if isinstance(obj, str):
            return attr in _METHODS
        return super().is_safe_attribute(obj, attr, value) and not callable(value)


class Bounds(NodeTransformer):
    """Puts the counters in: around what loops go through, around what ``~`` joins, and around every filter."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802  # jinja2 calls it by the name of the node
        """Counts the turns of a loop."""
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "_counted", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802
        """Bounds what is joined."""
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, "_together", [], [], None, None, lineno=node.lineno)

    def visit_Filter(self, node: nodes.Filter) -> nodes.Filter:  # noqa: N802
        """Bounds what a filter makes."""
        self.generic_visit(node)
        return nodes.Filter(node, "_bounded", [], [], None, None, lineno=node.lineno)


def environment() -> Environment:
    """Where templates are compiled."""
    made = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    filters = {name: made.filters[name] for name in FILTERS}
    made.filters = {**filters, "join": _join, "_counted": _counted, "_together": _together, "_bounded": _bounded}
    made.globals = {"range": _range}
    return made
