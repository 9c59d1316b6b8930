"""What the stand-in refuses of Block Kit, limit by limit, and what it lets through."""

import pytest

from tests.slack.blocks import message_faults, metadata_error, too_long, view_faults


def plain(length: int) -> dict:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> dict:
    return {"type": "mrkdwn", "text": "x" * length}


def section(**fields) -> dict:
    return {"type": "section", "text": mrkdwn(1), **fields}


def button(**fields) -> dict:
    return {"type": "button", "text": plain(1), "action_id": "a", **fields}


def actions(*elements: dict) -> dict:
    return {"type": "actions", "elements": list(elements)}


def menu(count: int, **fields) -> dict:
    options = [{"text": plain(1), "value": str(number)} for number in range(count)]
    return {"type": "static_select", "action_id": "m", "options": options, **fields}


IMAGE = {"type": "image", "image_url": "https://news.example/swing.png", "alt_text": "Swing"}
TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [{"type": "text", "text": "x", "style": {"bold": True}}],
        }
    ],
}

AT_THE_LIMIT = {
    "section": [section(text=mrkdwn(3000))],
    "fields": [{"type": "section", "fields": [mrkdwn(2000)] * 10}],
    "header": [{"type": "header", "text": plain(150)}],
    "button": [actions(button(text=plain(75), action_id="a" * 255, value="v" * 2000))],
    "elements": [actions(*(button(action_id=str(number)) for number in range(25)))],
    "same action in two blocks": [actions(button()), actions(button())],
    "context": [{"type": "context", "elements": [mrkdwn(9), *[IMAGE] * 9]}],
    "menu": [section(accessory=menu(100))],
    "image": [{**IMAGE, "alt_text": "x" * 2000, "title": plain(2000)}],
    "blocks": [{"type": "divider"}] * 50,
    "markdown": [{"type": "markdown", "text": "x" * 12_000}],
    "table": [{**TABLE, "rows": [TABLE["rows"][0] * 20] * 100}],
    "rich text": [RICH],
    "input": [{"type": "input", "label": plain(2000), "element": menu(1)}],
}


@pytest.mark.parametrize("name", AT_THE_LIMIT)
def test_up_to_the_limit_all_is_well(name):
    assert message_faults(AT_THE_LIMIT[name]) == []


BEYOND = {
    "must be less than 3001 characters [json-pointer:/blocks/0/text/text]": [
        section(text=mrkdwn(3001))
    ],
    "must be more than 0 characters [json-pointer:/blocks/0/text/text]": [section(text=mrkdwn(0))],
    "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]": [
        section(fields=[mrkdwn(2001)])
    ],
    "no more than 10 items allowed [json-pointer:/blocks/0/fields]": [
        section(fields=[mrkdwn(1)] * 11)
    ],
    "must provide at least one of: text, fields [json-pointer:/blocks/0]": [{"type": "section"}],
    "must be less than 151 characters [json-pointer:/blocks/0/text/text]": [
        {"type": "header", "text": plain(151)}
    ],
    "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]": [
        {"type": "header", "text": mrkdwn(1)}
    ],
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]": [
        actions(button(text=plain(76)))
    ],
    "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]": [
        actions(button(action_id="a" * 256))
    ],
    "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]": [
        actions(button(value="v" * 2001))
    ],
    "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]": [
        actions(button(url="https://" + "x" * 3000))
    ],
    "no more than 25 items allowed [json-pointer:/blocks/0/elements]": [
        actions(*(button(action_id=str(number)) for number in range(26)))
    ],
    '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]': [
        actions(button(), button())
    ],
    '`block_id` "b" already exists [json-pointer:/blocks/1/block_id]': [
        {"type": "divider", "block_id": "b"},
        section(block_id="b"),
    ],
    "no more than 10 items allowed [json-pointer:/blocks/0/elements]": [
        {"type": "context", "elements": [mrkdwn(1)] * 11}
    ],
    "no more than 100 items allowed [json-pointer:/blocks/0/accessory/options]": [
        section(accessory=menu(101))
    ],
    "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]": [
        section(accessory=menu(6, type="overflow"))
    ],
    "must be less than 151 characters [json-pointer:/blocks/0/accessory/options/0/value]": [
        section(accessory=menu(0, options=[{"text": plain(75), "value": "v" * 151}]))
    ],
    "must be less than 76 characters [json-pointer:/blocks/0/accessory/options/0/text/text]": [
        section(accessory=menu(0, options=[{"text": plain(76), "value": "v"}]))
    ],
    "missing required field: alt_text [json-pointer:/blocks/0]": [
        {"type": "image", "image_url": "https://news.example/swing.png"}
    ],
    "must be a valid URL [json-pointer:/blocks/0/image_url]": [{**IMAGE, "image_url": "swing.png"}],
    "unsupported type: chart [json-pointer:/blocks/0/type]": [{"type": "chart"}],
    "invalid additional property: colour [json-pointer:/blocks/0]": [section(colour="red")],
    "no more than 50 items allowed [json-pointer:/blocks]": [{"type": "divider"}] * 51,
    "markdown blocks must be less than 12001 characters [json-pointer:/blocks]": [
        {"type": "markdown", "text": "x" * 6_001}
    ]
    * 2,
    "tables must be less than 10001 characters [json-pointer:/blocks]": [
        {**TABLE, "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]}
    ],
    "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]": [
        {**TABLE, "rows": [TABLE["rows"][0] * 21]}
    ],
    "missing required field: url [json-pointer:/blocks/0/elements/0/elements/0]": [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "link"}]}],
        }
    ],
    "must provide an object [json-pointer:/blocks/0/text]": [section(text="bare")],
    "initial options must be among the options "
    "[json-pointer:/blocks/0/accessory/initial_options]": [
        section(
            accessory=menu(2, type="checkboxes", initial_options=[{"text": plain(1), "value": "9"}])
        )
    ],
    "must be one of: im, mpim, private, public "
    "[json-pointer:/blocks/0/accessory/filter/include/0]": [
        section(accessory={"type": "conversations_select", "filter": {"include": ["all"]}})
    ],
}


@pytest.mark.parametrize("fault", BEYOND)
def test_beyond_the_limit_it_says_what_and_where(fault):
    assert message_faults(BEYOND[fault]) == [fault]


def test_blocks_that_fit_one_by_one_may_be_too_long_together():
    assert not too_long([section(text=mrkdwn(2500))] * 5)
    assert too_long([section(text=mrkdwn(2600))] * 5)
    assert not too_long([{"type": "markdown", "text": "x" * 13_297}])
    assert too_long([{"type": "markdown", "text": "x" * 13_298}])


def modal(**fields) -> dict:
    return {"type": "modal", "title": plain(24), "blocks": [{"type": "divider"}], **fields}


INPUT = {"type": "input", "label": plain(9), "element": {"type": "plain_text_input"}}


@pytest.mark.parametrize(
    ("view", "fault"),
    [
        (modal(), None),
        (modal(blocks=[INPUT], submit=plain(24), private_metadata="x" * 3000), None),
        (modal(title=plain(25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(close=plain(25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (modal(blocks=[INPUT]), "missing required field: submit [json-pointer:/view]"),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (
            modal(callback_id="x" * 256),
            "must be less than 256 characters [json-pointer:/view/callback_id]",
        ),
        (
            modal(blocks=[{"type": "divider"}] * 101),
            "no more than 100 items allowed [json-pointer:/view/blocks]",
        ),
        (
            modal(blocks=[{"type": "markdown", "text": "x"}]),
            "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        ),
        (modal(id="V1"), "invalid additional property: id [json-pointer:/view]"),
    ],
)
def test_modals(view, fault):
    assert view_faults(view, "modal") == ([fault] if fault else [])


def test_a_home_tab_has_no_title():
    assert view_faults({"type": "home", "blocks": [section()]}, "home") == []
    assert view_faults(modal(type="home"), "home") == [
        "invalid additional property: title [json-pointer:/view]"
    ]


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "teller_entry", "event_payload": {"id": 1}}, None),
        ("teller", "invalid_metadata_format"),
        ({"event_type": "teller"}, "invalid_metadata_schema"),
        ({"event_type": "teller!", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "teller", "event_payload": []}, "invalid_metadata_schema"),
        ({"event_type": "t", "event_payload": {"x": "x" * 8000}}, "metadata_too_large"),
    ],
)
def test_metadata(metadata, error):
    assert metadata_error(metadata) == error
