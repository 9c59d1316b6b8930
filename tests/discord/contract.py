"""Requests against Discord's own OpenAPI description, where that is at hand."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
FILE = "fixtures/contracts/discord-openapi.json"
NOT_HERE = (
    "Discord's OpenAPI description is not at hand: put discord-openapi.json (from "
    "github.com/discord/discord-api-spec) somewhere and name it in DISCORD_OPENAPI."
)

Json = dict[str, Any]
# What discord.py sends of its own accord with every embed, edit and command: always nothing.
OF_THE_LIBRARY = re.compile(r"body(\.tts|\.embeds\[\d+\]\.flags|\[\d+\]\.nsfw)")


@cache
def description() -> Json | None:
    """The description, from DISCORD_OPENAPI or beside this repository; None without one."""
    named = os.environ.get("DISCORD_OPENAPI")
    places = [Path(named)] if named else [up / "shared" / FILE for up in HERE.parents]
    found = next((place for place in places if place.is_file()), None)
    return None if found is None else json.loads(found.read_text("utf-8"))


def faults(method: str, path: str, query: Mapping[str, str], body: Any) -> list[str]:
    """What of a request is not as Discord describes it; nothing where there is no description.

    `path` begins after the version, as in `/users/@me`.
    """
    whole = description()
    if whole is None:
        return []
    template, values = _template(whole, path)
    if template is None:
        return [f"{method} {path}: no such path"]
    item = whole["paths"][template]
    operation = item.get(method.lower())
    if operation is None:
        return [f"{method} {template}: no such method"]
    parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
    found: list[str] = []
    for place, given in (("path", values), ("query", dict(query))):
        known = {each["name"]: each for each in parameters if each["in"] == place}
        found += [f"{place}.{name}: unknown" for name in given if name not in known]
        for name, each in known.items():
            if name in given:
                value = _typed(each["schema"], given[name])
                found += _check(whole, each["schema"], value, f"{place}.{name}")
            elif each.get("required"):
                found.append(f"{place}.{name}: missing")
    wanted = operation.get("requestBody")
    if wanted is None:
        found += [] if body is None else ["body: none is taken"]
    elif body is not None:
        found += _check(whole, wanted["content"]["application/json"]["schema"], body, "body")
    elif wanted.get("required"):
        found.append("body: missing")
    return [f"{method} {template}: {each}" for each in found]


def _template(whole: Json, path: str) -> tuple[str | None, dict[str, str]]:
    # The one with the fewest places to fill in fits best: `@me` is also somebody's id.
    for template in sorted(whole["paths"], key=lambda each: each.count("{")):
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))
        if match := re.fullmatch(pattern, path):
            return template, match.groupdict()
    return None, {}


def _typed(schema: Json, text: str) -> Any:
    """A value of the query as what it stands for."""
    kinds = schema.get("type", [])
    if "integer" in ([kinds] if isinstance(kinds, str) else kinds) and text.lstrip("-").isdigit():
        return int(text)
    if text in ("true", "false", "1", "0") and "boolean" in kinds:
        return text in ("true", "1")
    return text


_KINDS: dict[str, Any] = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
}
_BOUNDS: tuple[tuple[str, Any], ...] = (
    ("minimum", lambda value, bound: value >= bound),
    ("maximum", lambda value, bound: value <= bound),
    ("minLength", lambda value, bound: len(value) >= bound),
    ("maxLength", lambda value, bound: len(value) <= bound),
    ("minItems", lambda value, bound: len(value) >= bound),
    ("maxItems", lambda value, bound: len(value) <= bound),
    ("pattern", lambda value, bound: re.search(bound, value) is not None),
)
_OF = {"minimum": "number", "maximum": "number", "minLength": "string", "maxLength": "string"}
_OF |= {"minItems": "array", "maxItems": "array", "pattern": "string"}


def _check(whole: Json, schema: Json, value: Any, where: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from _check(whole, _at(whole, schema["$ref"]), value, where)
        return
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if schema.get("format") == "snowflake" and isinstance(value, int):
        return  # Discord takes its ids as numbers too, and discord.py has some of them as such
    if kinds and not any(_KINDS[kind](value) for kind in kinds):
        yield f"{where}: {value!r} is no {' or '.join(kinds)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    for name, holds in _BOUNDS:
        if name in schema and _KINDS[_OF[name]](value) and not holds(value, schema[name]):
            yield f"{where}: {name} {schema[name]} does not hold"
    for each in schema.get("allOf", []):
        yield from _check(whole, each, value, where)
    for several in ("oneOf", "anyOf"):
        yield from _one_of(whole, schema.get(several, []), value, where)
    if isinstance(value, dict):
        yield from _members(whole, schema, value, where)
    if isinstance(value, list) and "items" in schema:
        for number, each in enumerate(value):
            yield from _check(whole, schema["items"], each, f"{where}[{number}]")


def _one_of(whole: Json, schemas: list[Json], value: Any, where: str) -> Iterator[str]:
    tried = [list(_check(whole, each, value, where)) for each in schemas]
    if tried and all(tried):
        # The one that comes nearest says best what is wrong.
        yield from min(tried, key=len)


def _members(whole: Json, schema: Json, value: Json, where: str) -> Iterator[str]:
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}.{name}: missing"
    known = schema.get("properties", {})
    others = schema.get("additionalProperties")
    for name, each in value.items():
        if name in known:
            yield from _check(whole, known[name], each, f"{where}.{name}")
        elif isinstance(others, dict):
            yield from _check(whole, others, each, f"{where}.{name}")
        elif known and others is not True and not OF_THE_LIBRARY.fullmatch(f"{where}.{name}"):
            yield f"{where}.{name}: unknown"


def _at(whole: Json, reference: str) -> Json:
    found: Any = whole
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found
