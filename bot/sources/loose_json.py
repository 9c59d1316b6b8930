"""JSON as publishers' templates write it: first as it should be, then with its usual faults."""

import html
import json
import re

_WRAPPING = re.compile(r"\s*(?:(?:/[/*]\s*)?(?:<!--|<!\[CDATA\[)(?:\s*\*/)?\s*)+")
_STRING_OR_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+")|,(?=\s*[}\]])', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ENTITY_QUOTED = re.compile(r"\s*[\[{]\s*&(?:quot|#34|#x22);")


def read_json(text: str) -> object:
    """The value that a JSON text holds.

    Repaired: trailing commas, raw line breaks and tabs in strings, wrong escapes, comment and
    CDATA marks before it, `&quot;` for every quote; what follows its end does not count. Raises
    `ValueError` for what remains unreadable, above all a text that breaks off.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    except ValueError:
        return _read_repaired(text)


def _read_repaired(text: str) -> object:
    wrapping = _WRAPPING.match(text)
    text = (text[wrapping.end() :] if wrapping else text).strip()
    if _ENTITY_QUOTED.match(text):
        text = html.unescape(text)
    text = _STRING_OR_COMMA.sub(lambda found: _mended(found[1] or ""), text)
    try:
        value: object = json.JSONDecoder(strict=False).raw_decode(text)[0]
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _mended(string: str) -> str:
    return _ESCAPE.sub(lambda found: found[0] if found[1] in '"\\/bfnrtu' else found[1], string)
