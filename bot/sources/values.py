"""What stands in a parsed document under a key, whatever the document says it is."""

from collections.abc import Mapping
from typing import Any

from bot.sources.text import sound

Node = Mapping[str, Any]


def string(node: Node, key: str) -> str:
    """The text under a key; "" for anything else."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def name(node: Node, key: str) -> str:
    """The text or whole number under a key, as an id is given; "" for anything else."""
    value = node.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return sound(value).strip() if isinstance(value, str) else ""


def node(value: Node, key: str) -> Node:
    """The object under a key; an empty one where there is none."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def nodes(value: Node, key: str) -> list[Node]:
    """The objects in the list under a key."""
    found = value.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def flag(value: Node, key: str) -> bool:
    """Whether a mark is set; some write it as text."""
    found = value.get(key)
    return found is True or (isinstance(found, str) and found.strip().lower() == "true")
