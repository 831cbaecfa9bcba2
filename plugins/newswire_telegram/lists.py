"""Lists: bullets, numbers and the boxes of tasks. Pure."""

from __future__ import annotations

from newswire.api import Element

_BULLETS = "•◦▪"
_BOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}

Nodes = tuple[Element | str, ...]


def bullet(depth: int) -> str:
    """What an item of an unordered list begins with.

    Args:
        depth: how many lists it lies in besides its own.
    """
    return _BULLETS[min(depth, len(_BULLETS) - 1)] + " "


def numbers(node: Element) -> tuple[int, int]:
    """The first number of an ordered list, and the step to the next."""
    start = node.attributes.get("start", "")
    items = sum(isinstance(child, Element) for child in node.children)
    if "reversed" in node.attributes:
        return (int(start) if start.isdecimal() else items), -1
    return (int(start) if start.isdecimal() else 1), 1


def task(nodes: Nodes) -> tuple[str, Nodes]:
    """The box of a task, in place of its bullet, and what the task is; no box where the item is none."""
    for place, node in enumerate(nodes):
        before, after = nodes[:place], nodes[place + 1 :]
        if isinstance(node, str):
            if not node.strip():
                continue
            sign = _BOXES.get(node.lstrip()[:4])
            return (sign, (*before, node.lstrip()[4:], *after)) if sign else ("", nodes)
        sign, children = task(node.children) if node.tag == "p" else ("", ())
        return (sign, (*before, Element("p", {}, children), *after)) if sign else ("", nodes)
    return "", nodes
