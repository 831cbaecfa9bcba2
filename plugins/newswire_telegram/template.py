"""Templates: what an admin's own words make of a story, as text with tags. Pure.

Jinja2 with what a post needs and no more (`newswire_telegram.bounds`). Whatever a story says is escaped, so only the
template's own tags are tags, and what there is not is an error and never an empty place.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes

from newswire.api import ProblemInText
from newswire_telegram.bounds import FILTERS, Bounds, counting, environment, whole
from newswire_telegram.tags import TAGS, tags_in
from newswire_telegram.values import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jinja2 import Template

LONGEST_TEMPLATE = 20_000
"""Characters of a template."""
_FILE = "<template>"

_ALLOWED = {
    *("Template", "Output", "TemplateData", "Name", "Const", "List", "Tuple", "Getattr", "Getitem", "Slice", "Filter"),
    *("Test", "Call", "Keyword", "If", "For", "Assign", "CondExpr", "And", "Or", "Not", "Compare", "Operand"),
    *("Concat", "Scope", "Add", "Sub", "Mul", "Neg", "Pos"),
}
_CALLED = {
    "Macro": "macro", "CallBlock": "call", "FilterBlock": "filter", "AssignBlock": "set ... endset", "Import": "import",
    "FromImport": "import", "Include": "include", "Extends": "extends", "Block": "block", "With": "with",
    "ScopedEvalContextModifier": "autoescape", "Pow": "**", "Mod": "%", "Div": "/", "FloorDiv": "//", "Dict": "{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template that may be used."""

    template: Template
    names: frozenset[str]
    """What it asks of a story."""

    def render(self, values: Mapping[str, Any]) -> str:
        """The text with its tags.

        Raises:
            ProblemInText: something in it cannot be done with this story, or never ends.
        """
        try:
            with counting():
                return whole(self.template.generate(values))
        except Exception as error:  # noqa: BLE001  # an admin's template may ask for anything
            raise ProblemInText(_words(error), line=_line(error)) from None


@lru_cache(maxsize=64)
def compiled(source: str) -> CompiledTemplate:
    """A template, compiled.

    Raises:
        ProblemInText: it is no template, uses what there is not, or has tags that Telegram does not know.
    """
    if len(source) > LONGEST_TEMPLATE:
        raise ProblemInText(f"must be at most {LONGEST_TEMPLATE} characters")
    sandbox = environment()
    try:
        tree = sandbox.parse(source)
        _check_nodes(tree)
        _check_names(tree)
        _check_tags(tree)
        names = frozenset(meta.find_undeclared_variables(tree))
        tree = Bounds().visit(tree)
        code = sandbox.compile(tree, filename=_FILE)
    except TemplateSyntaxError as error:
        raise ProblemInText(error.message or "is no template", line=error.lineno) from None
    except RecursionError:
        raise ProblemInText("is nested too deeply") from None
    template = sandbox.template_class.from_code(sandbox, code, dict(sandbox.globals))
    return CompiledTemplate(template, names)


def _check_nodes(tree: nodes.Template) -> None:
    for node in tree.find_all(nodes.Node):
        kind = type(node).__name__
        if kind not in _ALLOWED:
            raise ProblemInText(f"{_CALLED.get(kind, kind)!r} cannot be used in a post's template", line=node.lineno)
        if isinstance(node, nodes.For) and node.recursive:
            raise ProblemInText("a recursive loop cannot be used in a post's template", line=node.lineno)
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise ProblemInText(f"there is no filter {node.name!r}{_near(node.name, FILTERS)}", line=node.lineno)


def _check_names(tree: nodes.Template) -> None:
    unknown = meta.find_undeclared_variables(tree) - set(NAMES) - {"range"}
    for node in tree.find_all(nodes.Name):
        if node.name in unknown:
            raise ProblemInText(f"there is no {node.name!r}{_near(node.name, NAMES)}", line=node.lineno)


def _check_tags(tree: nodes.Template) -> None:
    for node in tree.find_all(nodes.TemplateData):
        for line, tag in tags_in(node.data):
            if tag not in TAGS:
                shown = f"<{tag}>" if tag else "<"
                hint = "; a '<' that is no tag is written &lt;" if not tag else f"; there are {', '.join(sorted(TAGS))}"
                raise ProblemInText(f"{shown} is no tag that Telegram knows{hint}", line=node.lineno + line)


def _near(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(sorted(known))}"


def _words(error: Exception) -> str:
    if isinstance(error, TemplateError):
        return error.message or type(error).__name__
    return f"{type(error).__name__}: {error}"


def _line(error: Exception) -> int | None:
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
