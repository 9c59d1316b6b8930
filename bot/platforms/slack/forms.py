"""Forms as modals, and what was filled in as values. Pure: nothing is sent here.

Limits: https://docs.slack.dev/reference/views/modal-views and
https://docs.slack.dev/reference/block-kit/block-elements.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from bot.chat.form import Field, FieldKind, Form, Option, Values
from bot.chat.reply import Reply
from bot.platforms.slack.blocks import Block, answer, literal
from bot.platforms.words import cut, safe, size, typed

View = dict[str, Any]

MAX_TITLE, MAX_LABEL, MAX_HINT, MAX_PLACEHOLDER, MAX_OPTION = 24, 2_000, 2_000, 150, 75
MAX_VALUE, MAX_TYPED, MAX_FAULT, MAX_ASK = 150, 3_000, 500, 3_000
# So many options in a menu, or in each of its groups.
MENU, GROUPS, FEW_BUTTONS, FEW_BOXES = 100, 100, 4, 8
# With a fault below each and the lines around them: within the 100 blocks of a modal.
MAX_FIELDS = 44
CHANNEL = "channel"
_VALUE, _FIELD, _FAULT = "value", "field:", "fault"
# For each element that we use: what it says was chosen, and what it opens with.
_CHOSEN = {
    "radio_buttons": ("selected_option", "initial_option"),
    "static_select": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "plain_text_input": ("value", "initial_value"),
}


def modal(form: Form, *, ask: str = "", channel: str | None = None) -> View:
    """A form as it opens, with a field more: the channel that it changes.

    `ask` is the question that the form stands for, `channel` the id of the one it is opened in.
    """
    fields = [block for field in form.fields[:MAX_FIELDS] if (block := _input(field))]
    return {
        **_framed(form.title, "Cancel"),
        "callback_id": f"form:{form.name}",
        "submit": literal(_words(form.submit, "Save"), MAX_TITLE),
        # Half of a question is another one.
        "private_metadata": question if size(question := typed(ask)) <= MAX_ASK else "",
        "blocks": [*fields, _channel(channel)],
    }


def notice(reply: Reply, *, title: str = "Teller") -> View:
    """A modal that only says something."""
    return {**_framed(title, "Close"), "blocks": answer(reply).blocks or [_line("Nothing to say.")]}


def filled_in(view: View) -> tuple[Values, str | None]:
    """What a submitted modal holds: its values, and the id of the channel."""
    values: dict[str, tuple[str, ...]] = {}
    channel: str | None = None
    for block_id, element in _states(view).items():
        if block_id == CHANNEL:
            channel = element.get("selected_conversation")
        elif block_id.startswith(_FIELD):
            values[block_id.removeprefix(_FIELD)] = tuple(_chosen(element))
    return values, channel


def faults_at(view: View, faults: Mapping[str, str]) -> dict[str, str] | None:
    """The faults by the ids of their blocks; None where they cannot be shown beside the fields."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    found = {_block_id(name): _words(fault, "Not taken.") for name, fault in faults.items()}
    shown_before = any(block["block_id"].startswith(_FAULT) for block in view["blocks"])
    if not found or found.keys() - inputs or shown_before:
        return None
    return {block_id: cut(fault, MAX_FAULT) for block_id, fault in found.items()}


def again(view: View, faults: Mapping[str, str], why: Reply | None = None) -> View:
    """A submitted modal as it stood, all that was filled in still there, under what is wrong.

    That is a sentence for each field at fault, or a reply.
    """
    states = _states(view)
    left = {_block_id(name): fault for name, fault in faults.items()}
    fields: list[Block] = []
    for block in view["blocks"]:
        block_id = block["block_id"]
        if block_id.startswith(_FAULT):
            continue
        if block["type"] == "input" and block_id in states:
            block = block | {"element": _filled(block["element"], states[block_id])}
        fields.append(block)
        if fault := left.pop(block_id, None):
            fields.append(_line_of_fault(fault, f"{_FAULT}:{block_id}"))
    if why is not None and (said := answer(why).blocks):
        above = [block | {"block_id": f"{_FAULT}:{n}"} for n, block in enumerate(said)]
    else:
        sentences = " ".join(["This was not taken yet.", *left.values()])
        above = [_line_of_fault(sentences, _FAULT)]
    kept = ("type", "title", "submit", "close", "callback_id", "private_metadata")
    return {**{name: view[name] for name in kept}, "blocks": [*above, *fields]}


def told(view: View) -> Iterator[str]:
    """What was filled in, a line for each field: “Address: https://…”."""
    states = _states(view)
    for block in view["blocks"]:
        if block["block_id"] in states and block["block_id"].startswith(_FIELD):
            element = states[block["block_id"]]
            chosen = element.get("selected_options") or [element.get("selected_option")]
            labels = [option["text"]["text"] for option in chosen if option]
            if words := ", ".join(labels or _chosen(element)):
                yield f"{block['label']['text']}: {words}"


def _framed(title: str, close: str) -> View:
    return {
        "type": "modal",
        "title": literal(_words(title, "Teller"), MAX_TITLE),
        "close": literal(close, MAX_TITLE),
    }


def _input(field: Field) -> Block | None:
    """A field, unless nothing can be chosen in it."""
    element = _element(field)
    if element is None:
        return None
    block = {
        "type": "input",
        "block_id": f"{_FIELD}{field.name}",
        "label": literal(_words(field.label, field.name), MAX_LABEL),
        "optional": not field.required,
        "element": element | {"action_id": _VALUE},
    }
    hint = safe(field.hint).strip()
    return block | {"hint": literal(hint, MAX_HINT)} if hint else block


def _element(field: Field) -> Block | None:
    if field.kind in (FieldKind.LINE, FieldKind.TEXT):
        return _writing(field)
    options = list(islice(_options(field.options), MENU * GROUPS))
    if not options:
        return None
    given = [option for option in options if option["value"] in field.given]
    if field.kind is FieldKind.ONE_OF:
        # A button that is pressed cannot be let out again.
        if field.required and len(options) <= FEW_BUTTONS:
            element: Block = {"type": "radio_buttons", "options": options}
        else:
            element = {"type": "static_select", **_menu(options), **_placeholder(field)}
        return element | ({"initial_option": given[0]} if given else {})
    if len(options) <= FEW_BOXES:
        element = {"type": "checkboxes", "options": options}
    else:
        element = {"type": "multi_static_select", **_menu(options), **_placeholder(field)}
    return element | ({"initial_options": given} if given else {})


def _writing(field: Field) -> Block:
    longest = max(1, min(field.longest, MAX_TYPED))
    several = field.kind is FieldKind.TEXT
    given = field.given[0] if field.given else ""
    words = "\n".join(typed(line) for line in given.splitlines()) if several else typed(given)
    return {
        "type": "plain_text_input",
        "multiline": several,
        "max_length": longest,
        **_placeholder(field),
        **({"initial_value": cut(words, longest)} if words.strip() else {}),
    }


def _placeholder(field: Field) -> Block:
    example = safe(field.example).strip()
    return {"placeholder": literal(example, MAX_PLACEHOLDER)} if example else {}


def _options(options: Sequence[Option]) -> Iterator[Block]:
    """Options with values that Slack can carry whole, each of them once."""
    known: set[str] = set()
    for option in options:
        value = option.value
        if not value or typed(value) != value or size(value) > MAX_VALUE or value in known:
            continue
        known.add(value)
        yield {"text": literal(_words(option.label, value), MAX_OPTION), "value": value}


def _menu(options: list[Block]) -> Block:
    """The options of a menu; in groups, named by what they begin and end with, where many."""
    if len(options) <= MENU:
        return {"options": options}
    runs = [options[start : start + MENU] for start in range(0, len(options), MENU)]
    names = [f"{cut(r[0]['text']['text'], 36)} – {cut(r[-1]['text']['text'], 36)}" for r in runs]
    return {
        "option_groups": [
            {"label": literal(name, MAX_OPTION), "options": run}
            for name, run in zip(names, runs, strict=True)
        ]
    }


def _channel(channel: str | None) -> Block:
    """The field for the channel; without one to begin with, the one that the person looks at."""
    given: Block = {"initial_conversation": channel} if channel else {}
    return {
        "type": "input",
        "block_id": CHANNEL,
        "label": literal("In which channel?", MAX_LABEL),
        "element": {
            "type": "conversations_select",
            "action_id": _VALUE,
            "filter": {"include": ["public", "private", "im"]},
            **(given or {"default_to_current_conversation": True}),
        },
    }


def _states(view: View) -> dict[str, Block]:
    """What each block's element says was chosen in it."""
    values = view["state"]["values"]
    return {block_id: next(iter(actions.values())) for block_id, actions in values.items()}


def _chosen(element: Block) -> Iterator[str]:
    if element["type"] == "plain_text_input":
        if words := (element.get("value") or "").strip():
            yield words
        return
    options = element.get("selected_options") or [element.get("selected_option")]
    for option in options:
        if option:
            yield option["value"]


def _filled(element: Block, state: Block) -> Block:
    """An element that opens with what was chosen in it."""
    chosen, initial = _CHOSEN[element["type"]]
    begin = (initial, "default_to_current_conversation")
    bare = {name: value for name, value in element.items() if name not in begin}
    return bare | {initial: state[chosen]} if state.get(chosen) else bare


def _block_id(name: str) -> str:
    return CHANNEL if name == CHANNEL else f"{_FIELD}{name}"


def _line(words: str) -> Block:
    return {"type": "section", "text": literal(words, MAX_TYPED)}


def _line_of_fault(words: str, block_id: str) -> Block:
    line = literal(f"⚠️ {_words(words, 'Not taken.')}", MAX_TYPED)
    return {"type": "context", "block_id": block_id, "elements": [line]}


def _words(text: str, instead: str) -> str:
    """Safe words; others where there are none."""
    return safe(text).strip() or safe(instead).strip() or "…"
