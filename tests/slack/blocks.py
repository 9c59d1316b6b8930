"""Block Kit as Slack judges it: what a message, a modal and a Home tab may hold.

The limits are those of the reference at docs.slack.dev; each comment names its page. Blocks
that this bot has no use for (video, file, cards, plans, charts) are refused as unknown.
"""

import json
from collections.abc import Container, Iterator
from typing import Any

from tests.slack.elements import (
    ACCESSORIES,
    ACTIONS,
    CONTEXT,
    INPUT,
    RICH_TEXT,
    image_fields,
    image_sources,
    plain,
    text,
)
from tests.slack.shapes import (
    Check,
    also,
    anything,
    array,
    at,
    at_least_one,
    both,
    distinct,
    exactly_one,
    flag,
    one_of,
    record,
    string,
    typed,
)


def block(required: dict[str, Check] | None = None, **optional: Check) -> Check:
    # “Blocks”: block_id at most 255 characters.
    return record({"type": anything, **(required or {})}, {"block_id": string(255), **optional})


# “Actions block”: 25 elements; “Block elements”: action_id unique in the containing block.
_actions = block({"elements": both(array(ACTIONS, 25), distinct("action_id"))})
# “Context block”: 10 elements.
_context = block({"elements": array(CONTEXT, 10)})
# “Header block”: 150 characters, plain_text only.
_header = block({"text": plain(150)})
# “Image block”: title 2000.
_image = also(
    record(image_fields, {"block_id": string(255), "title": plain(2000), **image_sources}),
    exactly_one("image_url", "slack_file"),
)
# “Input block”: label 2000, hint 2000.
_input = block(
    {"label": plain(2000), "element": INPUT},
    hint=plain(2000),
    optional=flag,
    dispatch_action=flag,
)
# “Section block”: text 3000; 10 fields of 2000; one of the two must be there.
_section = also(
    block(text=text(3000), fields=array(text(2000), 10), accessory=ACCESSORIES, expand=flag),
    at_least_one("text", "fields"),
)
_rich_text = block({"elements": array(RICH_TEXT)})
# “Table block”: 100 rows of 20 cells, 20 column settings; a cell is never empty.
_cell = typed(
    {
        "raw_text": record({"type": anything, "text": string()}),
        "raw_number": record({"type": anything, "value": anything, "text": string()}),
        "rich_text": _rich_text,
    }
)
_column = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})
_table = block(
    {"rows": array(array(_cell, 20), 100)},
    column_settings=array(lambda value, to: _column(value or {}, to), 20),
)

EVERYWHERE = {
    "actions": _actions,
    "context": _context,
    "divider": block(),
    "header": _header,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
    "section": _section,
}
# “Markdown block”, “Table block”: in messages only.
IN_MESSAGES = {
    **EVERYWHERE,
    "markdown": block({"text": string(12_000)}),
    "table": _table,
}

# “Blocks”: up to 50 in each message, 100 in modals and Home tabs; block_id unique in each.
_message = both(array(typed(IN_MESSAGES), 50, least=0), distinct("block_id"))
_surface = both(array(typed(EVERYWHERE), 100), distinct("block_id"))


def _files(value: Any, pointer: str) -> Iterator[tuple[Any, str]]:
    """The id of every file of Slack's that is shown, however deep, and where it is named."""
    if isinstance(value, dict):
        for key, content in value.items():
            if key == "slack_file" and isinstance(content, dict):
                yield content.get("id"), f"{pointer}/{key}"
            else:
                yield from _files(content, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _files(each, f"{pointer}/{index}")


def file_faults(blocks: Any, uploaded: Container[Any], pointer: str = "/blocks") -> list[str]:
    """Files that blocks show, and that are not there for whoever posts them.

    Slack's words, from slackapi/python-slack-sdk #1658.
    """
    shown = _files(blocks, pointer)
    return [at("invalid slack file", where) for id, where in shown if id not in uploaded]


def _texts(value: Any, name: str) -> Iterator[str]:
    """Every string in a field of this name, however deep."""
    if isinstance(value, dict):
        for key, content in value.items():
            if key == name and isinstance(content, str):
                yield content
            else:
                yield from _texts(content, name)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, name)


def _length(blocks: list[Any], kind: str) -> int:
    these = [each for each in blocks if isinstance(each, dict) and each.get("type") == kind]
    return sum(len(each) for each in _texts(these, "text"))


def message_faults(blocks: Any, pointer: str = "/blocks") -> list[str]:
    """What Slack finds wrong with the blocks of a message."""
    faults = list(_message(blocks, pointer))
    if isinstance(blocks, list):
        # “Markdown block”: 12,000 characters in all markdown blocks of one payload.
        if _length(blocks, "markdown") > 12_000:
            faults.append(at("markdown blocks must be less than 12001 characters", pointer))
        # “Table block”: 10,000 characters in all cells of one message.
        if _length(blocks, "table") > 10_000:
            faults.append(at("tables must be less than 10001 characters", pointer))
    return faults


def too_long(blocks: list[Any]) -> bool:
    """Whether Slack answers `msg_blocks_too_long`.

    The reference states no sum. Measured in slackapi/bolt-js #2509: one markdown block fits up
    to 13,297 characters, with a divider beside it up to 13,172: so 13,422 in all, of which each
    block takes 125 besides its text.
    """
    return sum(len(each) for each in _texts(blocks, "text")) + 125 * len(blocks) > 13_422


# “View object”: title, submit and close 24, private_metadata 3000, callback_id 255.
_view = {
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
    "private_metadata": string(3000, least=0),
}
_modal = record(
    {"type": anything, "title": plain(24), "blocks": _surface},
    {
        **_view,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)
# A Home tab has neither title nor buttons of its own.
_home = record({"type": anything, "blocks": _surface}, _view)


def _can_be_submitted(view: Any, pointer: str) -> Iterator[str]:
    # “Modals”: submit is required where there is an input block.
    blocks = view.get("blocks")
    typed_in = isinstance(blocks, list) and any(
        isinstance(each, dict) and each.get("type") == "input" for each in blocks
    )
    if view.get("type") == "modal" and typed_in and "submit" not in view:
        yield at("missing required field: submit", pointer)


_views = {"modal": also(_modal, _can_be_submitted), "home": _home}


def view_faults(view: Any, kind: str) -> list[str]:
    """What Slack finds wrong with a view that should be a “modal” or a “home”."""
    return list(typed({kind: _views[kind]})(view, "/view"))


# “Message metadata”: event_type and event_payload, both required, and nothing else.
_metadata = record({"event_type": string(255), "event_payload": record({})}, {"entities": anything})


def metadata_error(metadata: Any) -> str | None:
    """The error with which Slack refuses metadata, or None."""
    if not isinstance(metadata, dict):
        return "invalid_metadata_format"
    payload = metadata.get("event_payload")
    shape = {**metadata, "event_payload": {}} if isinstance(payload, dict) else metadata
    if list(_metadata(shape, "/metadata")):
        return "invalid_metadata_schema"
    if not metadata["event_type"].replace("_", "").isalnum():
        return "invalid_metadata_schema"
    # The method's page names `metadata_too_large` and no size; 8 kB is on the safe side.
    return "metadata_too_large" if len(json.dumps(payload)) > 8_000 else None
