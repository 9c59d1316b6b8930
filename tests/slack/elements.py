"""Block Kit's composition objects and elements: what may stand inside a block.

The limits are those of the reference at docs.slack.dev; each comment names its page.
"""

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
    number,
    one_of,
    record,
    string,
    typed,
    url,
)

# “Text object”: 1 to 3000 characters; emoji only in plain_text, verbatim only in mrkdwn.
TEXT = 3000


def plain(most: int = TEXT) -> Check:
    """Text without formatting; mrkdwn in its place is refused."""
    return typed({"plain_text": record({"type": anything, "text": string(most)}, {"emoji": flag})})


def mrkdwn(most: int = TEXT) -> Check:
    return typed({"mrkdwn": record({"type": anything, "text": string(most)}, {"verbatim": flag})})


def text(most: int = TEXT) -> Check:
    """Text of either sort."""

    def check(value, pointer):
        is_plain = isinstance(value, dict) and value.get("type") == "plain_text"
        return (plain if is_plain else mrkdwn)(most)(value, pointer)

    return check


# “Confirmation dialog object”: title 100, text 300, confirm 30, deny 30.
confirm = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)

# “Option object”: text 75, value 150, description 75; url (3000) in overflow menus only.
_option = {"text": text(75), "value": string(150)}
option = record(_option, {"description": text(75)})
overflow_option = record(_option, {"description": plain(75), "url": url()})

# “Select menu element”: at most 100 options. “Option group object”: label 75, 100 options.
options = both(array(option, 100), distinct("value"))
option_groups = array(record({"label": plain(75), "options": options}), 100)

# “Slack file object”: the id or the URL of an uploaded file.
slack_file = also(record({}, {"id": string(), "url": url()}), exactly_one("id", "url"))

# “Image element”, “Image block”: alt_text is required (2000), image_url 3000.
image_fields = {"type": anything, "alt_text": string(2000, least=0)}
image_sources = {"image_url": url(), "slack_file": slack_file}
image = also(record(image_fields, image_sources), exactly_one("image_url", "slack_file"))

# “Block elements”: action_id 255, placeholder 150.
_action = {"action_id": string(255)}
_typing = {"placeholder": plain(150), "focus_on_load": flag}
_dispatch = record(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"))}
)


def element(required: dict[str, Check] | None = None, **optional: Check) -> Check:
    return record({"type": anything, **(required or {})}, {**_action, **optional})


# “Button element”: text 75, plain_text only; url 3000, value 2000, accessibility_label 75.
button = element(
    {"text": plain(75)},
    url=url(),
    value=string(2000, least=0),
    style=one_of("primary", "danger"),
    confirm=confirm,
    accessibility_label=string(75),
)


def _initially_among_options(value, pointer):
    offered = value.get("options") or [
        each for group in value.get("option_groups", ()) for each in group.get("options", ())
    ]
    if "initial_option" in value and value["initial_option"] not in offered:
        yield at("initial option must be one of the options", f"{pointer}/initial_option")
    # “Multi-select menu element”, “Checkboxes element”: initial_options match options exactly.
    initial = value.get("initial_options")
    if isinstance(initial, list) and any(each not in offered for each in initial):
        yield at("initial options must be among the options", f"{pointer}/initial_options")


def select(**own: Check) -> Check:
    return element({}, confirm=confirm, **_typing, **own)


def multiple(**own: Check) -> Check:
    return select(max_selected_items=number(1), **own)


_static = {"options": options, "option_groups": option_groups}
_asked = {"min_query_length": number(0)}
# “Conversation filter object”: at least one field; include names what there is, and is not empty.
_filter = also(
    record(
        {},
        {
            "include": array(one_of("im", "mpim", "private", "public")),
            "exclude_external_shared_channels": flag,
            "exclude_bot_users": flag,
        },
    ),
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
_default = {"default_to_current_conversation": flag, "filter": _filter}
_answerable = {"response_url_enabled": flag}
_strings = array(string())

SELECTS = {
    "static_select": also(
        select(**_static, initial_option=option),
        exactly_one("options", "option_groups"),
        _initially_among_options,
    ),
    "external_select": select(**_asked, initial_option=option),
    "users_select": select(initial_user=string()),
    "conversations_select": select(**_default, **_answerable, initial_conversation=string()),
    "channels_select": select(**_answerable, initial_channel=string()),
}
MULTIPLE_SELECTS = {
    "multi_static_select": also(
        multiple(**_static, initial_options=options),
        exactly_one("options", "option_groups"),
        _initially_among_options,
    ),
    "multi_external_select": multiple(**_asked, initial_options=options),
    "multi_users_select": multiple(initial_users=_strings),
    "multi_conversations_select": multiple(**_default, initial_conversations=_strings),
    "multi_channels_select": multiple(initial_channels=_strings),
}
# “Checkboxes element”, “Radio button group element”: at most 10 options.
_few = both(array(option, 10), distinct("value"))
CHOICES = {
    "checkboxes": also(
        element({"options": _few}, initial_options=_few, confirm=confirm, focus_on_load=flag),
        _initially_among_options,
    ),
    "radio_buttons": also(
        element({"options": _few}, initial_option=option, confirm=confirm, focus_on_load=flag),
        _initially_among_options,
    ),
}
PICKERS = {
    "datepicker": element(initial_date=string(10, 10), confirm=confirm, **_typing),
    "timepicker": element(initial_time=string(5, 5), timezone=string(), confirm=confirm, **_typing),
    "datetimepicker": element(
        initial_date_time=number(10**9, 10**10 - 1), confirm=confirm, focus_on_load=flag
    ),
}
# “Overflow menu element”: 1 to 5 options.
overflow = element({"options": array(overflow_option, 5)}, confirm=confirm)

# “Plain-text input element”: min_length and max_length within 3000.
_written = {"dispatch_action_config": _dispatch, **_typing}
INPUTS = {
    "plain_text_input": element(
        initial_value=string(3000, least=0),
        multiline=flag,
        min_length=number(0, 3000),
        max_length=number(1, 3000),
        **_written,
    ),
    "number_input": element(
        {"is_decimal_allowed": flag},
        initial_value=string(),
        min_value=string(),
        max_value=string(),
        **_written,
    ),
    "email_text_input": element(initial_value=string(), **_written),
    "url_text_input": element(initial_value=string(), **_written),
    "rich_text_input": element({"action_id": string(255)}, initial_value=anything, **_written),
    # “File input element”: 1 to 10 files.
    "file_input": element(filetypes=_strings, max_files=number(1, 10)),
}

# The “Works with” line of each element's page says in which blocks it may stand.
_anywhere = {"button": button, "overflow": overflow, **SELECTS, **MULTIPLE_SELECTS, **CHOICES}
ACCESSORIES = typed(
    {
        **_anywhere,
        "image": image,
        "datepicker": PICKERS["datepicker"],
        "timepicker": PICKERS["timepicker"],
    }
)
ACTIONS = typed({**_anywhere, **PICKERS})
CONTEXT = typed({"image": image, "plain_text": plain(), "mrkdwn": mrkdwn()})
INPUT = typed({**INPUTS, **SELECTS, **MULTIPLE_SELECTS, **CHOICES, **PICKERS})


# “Rich text block”: sections, lists, preformatted text and quotes, of these parts.
_style = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))


def _part(required: dict[str, Check], **optional: Check) -> Check:
    return record({"type": anything, **required}, {"style": _style, **optional})


_parts = typed(
    {
        "text": _part({"text": string()}),
        "link": _part({"url": url()}, text=string(), unsafe=flag),
        "emoji": _part({"name": string()}, unicode=string(), skin_tone=number(1, 6)),
        "user": _part({"user_id": string()}),
        "usergroup": _part({"usergroup_id": string()}),
        "channel": _part({"channel_id": string()}),
        "team": _part({"team_id": string()}),
        "broadcast": _part({"range": one_of("here", "channel", "everyone")}),
        "color": _part({"value": string()}),
        "date": _part({"timestamp": number(0), "format": string()}, url=url(), fallback=string()),
    }
)
_border = {"border": number(0, 1)}
_section = record({"type": anything, "elements": array(_parts, least=0)})
RICH_TEXT = typed(
    {
        "rich_text_section": _section,
        "rich_text_quote": record({"type": anything, "elements": array(_parts, least=0)}, _border),
        "rich_text_preformatted": record(
            {"type": anything, "elements": array(_parts, least=0)},
            {**_border, "language": string()},
        ),
        "rich_text_list": record(
            {
                "type": anything,
                "style": one_of("bullet", "ordered"),
                "elements": array(typed({"rich_text_section": _section})),
            },
            {**_border, "indent": number(0, 8), "offset": number(0)},
        ),
    }
)
