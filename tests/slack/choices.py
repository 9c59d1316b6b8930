"""What someone chose or typed, in the form in which Slack tells the app."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.slack.workspace import Json

# For each element: the field that carries a choice, and the one with which it starts.
_FIELDS = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
}


def elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that someone can use, with the block in which it stands."""
    for block in blocks:
        for element in (
            *(block.get("elements") or () if block["type"] == "actions" else ()),
            block.get("accessory"),
            block.get("element"),
        ):
            if element:
                yield block, element


def find(blocks: Sequence[Json], action_id: str) -> tuple[Json, Json]:
    """The element with this action_id, and its block; an error where nobody could see it."""
    for block, element in elements(blocks):
        if element.get("action_id") == action_id:
            return block, element
    there = [element.get("action_id") for _, element in elements(blocks)]
    raise LookupError(f"no element with action_id {action_id!r}; there are {there}")


def _option(element: Json, value: str) -> Json:
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    for option in (option for group in groups for option in group["options"]):
        if option["value"] == value:
            return option
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": value}, "value": value}
    raise LookupError(f"no option {value!r} in {element.get('action_id')}")


def chosen(element: Json, choice: Any) -> Json:
    """A choice as Slack sends it: options are named by their value; None keeps the initial."""
    field, initial = _FIELDS[element["type"]]
    if choice is None:
        return {field: element.get(initial)}
    if field == "selected_option":
        return {field: _option(element, choice)}
    if field == "selected_options":
        return {field: [_option(element, each) for each in choice]}
    return {field: choice}


def state(blocks: Sequence[Json], values: Json) -> Json:
    """The state of a view or a message; `values` go by action_id or by block_id."""
    known = {name for block, e in elements(blocks) for name in (block["block_id"], e["action_id"])}
    if strange := values.keys() - known:
        raise LookupError(f"nothing to fill in called {sorted(strange)}")
    filled: Json = {}
    for block, element in elements(blocks):
        if element["type"] in _FIELDS and element["type"] != "overflow":
            choice = values.get(element["action_id"], values.get(block["block_id"]))
            fields = {"type": element["type"], **chosen(element, choice)}
            filled.setdefault(block["block_id"], {})[element["action_id"]] = fields
    return {"values": filled}


def unfinished(blocks: Sequence[Json], filled: Json) -> list[str]:
    """The inputs for which Slack's own client would keep a form from being sent."""
    wanting = []
    for block, element in elements(blocks):
        if block["type"] != "input":
            continue
        fields = filled["values"][block["block_id"]][element["action_id"]]
        value = fields[_FIELDS[element["type"]][0]]
        short = isinstance(value, str) and len(value) < element.get("min_length", 0)
        long = isinstance(value, str) and len(value) > element.get("max_length", 3000)
        if (not value and not block.get("optional")) or (value and (short or long)):
            wanting.append(block["block_id"])
    return wanting
