"""The hooks, and every public name of ``newswire.api``, by their docstrings and signatures."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from newswire import api
from newswire import hooks as hookspecs
from reference.sources import declared, imports_of
from reference.wording import code, described, summary, table

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS = frozenset({"Args:", "Returns:", "Raises:", "Yields:"})


def hooks() -> str:
    """A table of the hooks.

    Raises:
        Gap: a hook has no docstring.
    """
    rows = []
    for name in hookspecs.__all__:
        hook = getattr(hookspecs, name)
        gives = str(inspect.signature(hook).return_annotation)
        rows.append((code(name), code(gives), summary(hook.__doc__, name)))
    return table(("hook", "gives", "for"), rows)


def contract() -> str:
    """Every name a plugin may import, in groups.

    Raises:
        Gap: a name has no description.
    """
    origins = imports_of(api.__name__)
    groups: dict[str, list[str]] = {"Outcomes and errors": [], "Classes": [], "Functions": [], "Types": []}
    for name in api.__all__:
        groups[_group(getattr(api, name))].append(name)
    lines: list[str] = []
    for heading, names in groups.items():
        lines += [f"## {heading}", ""]
        for name in names:
            value = getattr(api, name)
            lines += [f"### {name}", ""]
            if isinstance(value, type):
                lines += _class(name, value)
            elif heading == "Functions":
                lines += _function(name, value)
            else:
                lines += _alias(name, *origins[name])
    return "\n".join(lines)


def _group(value: Any) -> str:
    if isinstance(value, type):
        return "Outcomes and errors" if issubclass(value, Exception) else "Classes"
    return "Functions" if inspect.isfunction(inspect.unwrap(value)) else "Types"


def _class(name: str, value: type) -> Iterator[str]:
    yield from (_prose(described(inspect.getdoc(value), f"newswire.api.{name}")), "")
    attributes = [
        (code(member), code(re.sub(r"^ClassVar\[(.*)\]$", r"\1", one.annotation)), one.text or "")
        for member, one in declared(value.__module__, value.__name__).items()
        if member != "model_config"
    ]
    if attributes:
        yield from (table(("has", "of type", "which is"), attributes), "")
    methods = [(code(signature), told) for signature, told in _methods(value)]
    if methods:
        yield from (table(("does", "what"), methods), "")


def _methods(value: type) -> Iterator[tuple[str, str]]:
    """The public methods and properties that a class defines, each with the first paragraph of its docstring."""
    for name, member in vars(value).items():
        plain = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if name.startswith(("_", "model_")) or not (inspect.isfunction(plain) or isinstance(plain, property)):
            continue
        told = summary(inspect.getdoc(plain), f"newswire.api: {value.__name__}.{name}")
        asynchronous = "async " if inspect.iscoroutinefunction(plain) else ""
        yield (name if isinstance(plain, property) else f"{asynchronous}{name}{_arguments(plain)}", told)


def _function(name: str, value: Any) -> Iterator[str]:
    yield from ("```python", f"{name}{_arguments(inspect.unwrap(value))}", "```", "")
    yield from (_prose(described(inspect.getdoc(value), f"newswire.api.{name}")), "")


def _arguments(function: Any) -> str:
    signature = inspect.signature(function)
    own = [one for one in signature.parameters.values() if one.name not in {"self", "cls"}]
    return str(signature.replace(parameters=own)).replace("'", "")


def _alias(name: str, module: str, origin: str) -> Iterator[str]:
    one = declared(module)[origin]
    yield from ("```python", f"{name} = {one.annotation}", "```", "")
    yield from (_prose(described(one.text, f"newswire.api.{name}, {origin} in {module},")), "")


def _prose(text: str) -> str:
    """A docstring in Markdown; its sections are lists below a word."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        if line in SECTIONS:
            inside = True
            lines += [f"*{line}*", ""]
        elif inside and line.startswith("    "):
            lines.append(re.sub(r"^ {4}([*\w][\w.]*): ", r"- `\1`: ", line) if line[4:5].strip() else line)
        else:
            inside = inside and not line
            lines.append(line)
    return "\n".join(lines)
