"""What stands below attributes and aliases in the source: descriptions that no object carries at work."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def imports_of(module: str) -> dict[str, tuple[str, str]]:
    """Where the names a module imports come from: the module and the name there, by the name here."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in _tree(module).body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


@dataclass(frozen=True, slots=True)
class Declared:
    """A name that is declared in a module or a class."""

    annotation: str
    """Its type as the source writes it, or the value of an alias."""
    text: str | None
    """What stands below it."""


def declared(module: str, kind: str | None = None) -> dict[str, Declared]:
    """The public names that a module, or a class of it, declares, in their order.

    Args:
        module: its name.
        kind: the name of a class at the module's top level.
    """
    body: Sequence[ast.stmt] = _tree(module).body
    if kind is not None:
        body = next((node.body for node in body if isinstance(node, ast.ClassDef) and node.name == kind), [])
    found: dict[str, Declared] = {}
    for node, below in zip(body, [*body[1:], None], strict=True):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = Declared(ast.unparse(value), _text(below))
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                found[name] = Declared(ast.unparse(annotation), _text(below))
    return {name: one for name, one in found.items() if not name.startswith("_")}


@cache
def _tree(module: str) -> ast.Module:
    file = import_module(module).__file__
    if file is None:
        raise ValueError(f"{module} has no source")
    return ast.parse(Path(file).read_text("utf-8"))


def _text(node: ast.stmt | None) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return None
