"""What Slack refuses of a message, written down a second time and apart from the code."""

import json
import re
from collections.abc import Container, Iterator
from typing import Any

from slack_sdk.models.blocks import Block

from bot.platforms.slack.blocks import SlackMessage
from tests.slack.blocks import message_faults, too_long, view_faults

# Our own tokens: an instant, and a link with its name.
TOKEN = re.compile(r"<!date\^\d+\^[^<>|]+\|[^<>|]+>|<https?://[^<>|\s]+\|[^<>]+>")
LENGTHS = {"header": 150, "button": 75, "alt_text": 2000, "image_url": 3000, "url": 3000}
# In an address a name calls nobody.
ADDRESS = re.compile(r"<https?://[^<>|\s]+\|")
CALL = re.compile(r"(?<!\w)@(?:here|channel|everyone)\b", re.IGNORECASE)
CALLS = {"user", "usergroup", "channel", "team", "broadcast"}


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a payload."""
    if isinstance(value, dict):
        yield value
        for content in value.values():
            yield from walk(content)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each)


def of(blocks: Any, *types: str) -> list[dict[str, Any]]:
    return [each for each in walk(blocks) if each.get("type") in types]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def mrkdwn(shown: SlackMessage) -> list[str]:
    """Every string that Slack reads marks in."""
    return [shown.text, *(each["text"] for each in of(shown.blocks, "mrkdwn"))]


def rich_words(block: dict[str, Any]) -> str:
    return "".join(each["text"] for each in of(block, "text", "link"))


def header(shown: SlackMessage) -> str:
    return shown.blocks[0]["text"]["text"]


def footer(shown: SlackMessage) -> str:
    """The line that has the time."""
    return next(each["text"] for each in of(shown.blocks, "mrkdwn") if "<!date" in each["text"])


def check_view(view: dict[str, Any], kind: str, channels: Container[str] = ()) -> None:
    """Fail on a view that Slack would refuse, or in which it would take words for a call."""
    json.dumps(view, ensure_ascii=False).encode()
    assert view_faults(view, kind) == []
    for each in walk(view):
        assert each.get("type") not in CALLS or each.get("channel_id") in channels
        if each.get("type") == "mrkdwn":
            assert not set("<>") & set(TOKEN.sub("", each["text"])), each
        if each.get("type") in {"mrkdwn", "plain_text", "text"}:
            assert not CALL.search(ADDRESS.sub("", each["text"]))
            assert units(each["text"]) <= 3000
    for name in ("title", "submit", "close"):
        assert units(view.get(name, {}).get("text", "")) <= 24
    assert units(view.get("private_metadata", "")) <= 3000


def check(shown: SlackMessage, channels: Container[str] = ()) -> None:
    """Fail on whatever Slack would refuse, or would take for a mark or a call.

    Of channels, these may be shown by their names.
    """
    json.dumps(shown.payload(), ensure_ascii=False).encode()
    assert 0 < units(shown.text) <= 3000
    assert len(shown.blocks) <= 50
    for block in shown.blocks:
        if block["type"] == "rich_text":
            assert units(rich_words(block)) <= 3000
        assert len(block.get("elements", [None])) > 0
    assert sum(units(rich_words(each)) for each in of(shown.blocks, "rich_text")) <= 3800
    for each in walk(shown.blocks):
        assert each.get("type") not in CALLS or each.get("channel_id") in channels
        if "text" in each and isinstance(each["text"], str):
            assert each["text"], each
            assert units(each["text"]) <= 3000
        for name in LENGTHS.keys() & each.keys():
            assert units(each[name]) <= LENGTHS[name]
        if each.get("type") in LENGTHS:
            assert units(each["text"]["text"]) <= LENGTHS[each["type"]]
        assert not each.get("image_url", "https://").startswith("http://")
    actions = [each["action_id"] for each in of(shown.blocks, "button")]
    assert len(actions) == len(set(actions))
    assert len(actions) <= 26
    for field in mrkdwn(shown):
        bare = TOKEN.sub("", field)
        assert "<" not in bare, field
        assert ">" not in bare, field
        assert not re.search(r"&(?!(?:amp|lt|gt);)", bare), field
    for each in walk(shown.blocks):
        assert not CALL.search(ADDRESS.sub("", str(each.get("text", ""))))
    assert not CALL.search(ADDRESS.sub("", shown.text))
    assert message_faults(shown.blocks) == []
    assert not too_long(shown.blocks)
    assert len(json.dumps(shown.blocks, ensure_ascii=False)) <= 12_500
    # The SDK's models know the same blocks, lose nothing of them, and find them sound.
    parsed = Block.parse_all(shown.blocks)
    assert [block.type for block in parsed] == [block["type"] for block in shown.blocks]
    for model, block in zip(parsed, shown.blocks, strict=True):
        model.validate_json()
        assert json.loads(json.dumps(model.to_dict())) == json.loads(json.dumps(block))
