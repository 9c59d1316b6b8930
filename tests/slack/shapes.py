"""Small checks that make up the shape of a payload, and say what is wrong as Slack says it.

A check takes a value and the JSON pointer to it, and yields one sentence a fault.
"""

from collections.abc import Callable, Iterator
from typing import Any

Faults = Iterator[str]
Check = Callable[[Any, str], Faults]


def at(sentence: str, pointer: str) -> str:
    return f"{sentence} [json-pointer:{pointer}]"


def anything(_value: Any, _pointer: str) -> Faults:
    yield from ()


def flag(value: Any, pointer: str) -> Faults:
    if not isinstance(value, bool):
        yield at("must provide a boolean", pointer)


def number(least: int = 0, most: int | None = None) -> Check:
    def check(value: Any, pointer: str) -> Faults:
        if not isinstance(value, int) or isinstance(value, bool):
            yield at("must provide a number", pointer)
        elif value < least or (most is not None and value > most):
            yield at(f"must be between {least} and {most}", pointer)

    return check


def string(most: int | None = None, least: int = 1) -> Check:
    def check(value: Any, pointer: str) -> Faults:
        if not isinstance(value, str):
            yield at("must provide a string", pointer)
        elif len(value) < least:
            yield at(f"must be more than {least - 1} characters", pointer)
        elif most is not None and len(value) > most:
            yield at(f"must be less than {most + 1} characters", pointer)

    return check


def url(most: int = 3000) -> Check:
    def check(value: Any, pointer: str) -> Faults:
        yield from string(most)(value, pointer)
        if isinstance(value, str) and not value.startswith(("https://", "http://", "mailto:")):
            yield at("must be a valid URL", pointer)

    return check


def one_of(*words: str) -> Check:
    def check(value: Any, pointer: str) -> Faults:
        if value not in words:
            yield at(f"must be one of: {', '.join(words)}", pointer)

    return check


def array(item: Check, most: int | None = None, least: int = 1) -> Check:
    def check(value: Any, pointer: str) -> Faults:
        if not isinstance(value, list):
            yield at("must provide an array", pointer)
            return
        if len(value) < least:
            yield at(f"no fewer than {least} items allowed", pointer)
        if most is not None and len(value) > most:
            yield at(f"no more than {most} items allowed", pointer)
        for index, each in enumerate(value):
            yield from item(each, f"{pointer}/{index}")

    return check


def record(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """An object with these fields and no others: Slack refuses what it does not know."""
    known = required | (optional or {})

    def check(value: Any, pointer: str) -> Faults:
        if not isinstance(value, dict):
            yield at("must provide an object", pointer)
            return
        for name in required.keys() - value.keys():
            yield at(f"missing required field: {name}", pointer)
        for name, content in value.items():
            if name not in known:
                yield at(f"invalid additional property: {name}", pointer)
            else:
                yield from known[name](content, f"{pointer}/{name}")

    return check


def typed(kinds: dict[str, Check]) -> Check:
    """An object whose `type` says which of several shapes it has."""

    def check(value: Any, pointer: str) -> Faults:
        if not isinstance(value, dict):
            yield at("must provide an object", pointer)
        elif "type" not in value:
            yield at("missing required field: type", pointer)
        elif value["type"] not in kinds:
            yield at(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            yield from kinds[value["type"]](value, pointer)

    return check


def also(shape: Check, *rules: Check) -> Check:
    """A shape, and rules between its fields that make sense only once it is an object."""

    def check(value: Any, pointer: str) -> Faults:
        yield from shape(value, pointer)
        if isinstance(value, dict):
            for rule in rules:
                yield from rule(value, pointer)

    return check


def exactly_one(*names: str) -> Check:
    def check(value: Any, pointer: str) -> Faults:
        if sum(name in value for name in names) != 1:
            yield at(f"must provide exactly one of: {', '.join(names)}", pointer)

    return check


def at_least_one(*names: str) -> Check:
    def check(value: Any, pointer: str) -> Faults:
        if not any(name in value for name in names):
            yield at(f"must provide at least one of: {', '.join(names)}", pointer)

    return check


def distinct(name: str) -> Check:
    """A list whose members do not share the value of a field."""

    def check(values: Any, pointer: str) -> Faults:
        seen = set()
        for index, each in enumerate(values if isinstance(values, list) else ()):
            value = each.get(name) if isinstance(each, dict) else None
            if isinstance(value, str) and value in seen:
                yield at(f'`{name}` "{value}" already exists', f"{pointer}/{index}/{name}")
            elif isinstance(value, str):
                seen.add(value)

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, pointer: str) -> Faults:
        for each in checks:
            yield from each(value, pointer)

    return check
