"""Forms as modals, and what was filled in as values. Pure: nothing is sent here.

Limits: https://discord.com/developers/docs/components/reference
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from bot.chat.form import Field, FieldKind, Form, FormError, Option, Values
from bot.platforms.discord.embeds import Embed

MAX_TITLE, MAX_LABEL, MAX_HINT, MAX_PLACEHOLDER, MAX_OPTION = 45, 45, 100, 100, 100
MAX_FIELDS, MENU, MAX_TYPED = 5, 25, 4_000
# All embeds of a message together hold 6,000 characters; the rest is for what is wrong.
MAX_TOLD = 4_500
YOU_TYPED = "You typed this."
SEPARATED = "Names, with commas between them."
_FORM, _FIELD = "form:", "field:"
_PICKS = (FieldKind.ONE_OF, FieldKind.SOME_OF)


def modal(form: Form, given: Values | None = None) -> discord.ui.Modal:
    """A form as it opens; with `given` instead of the values that it would open with."""
    made = discord.ui.Modal(title=_cut(form.title, MAX_TITLE) or "Teller", custom_id=id_of(form))
    for field in _fields(form):
        made.add_item(_labelled(field, field.given if given is None else given.get(field.name, ())))
    # It is taken by its id alone: discord.py need not keep it.
    made.stop()
    return made


def id_of(form: Form) -> str:
    """The id that a form's modal comes back with."""
    return f"{_FORM}{form.name}"


def name_in(called: str) -> str:
    """The name of the form that a modal with this id is."""
    return called.removeprefix(_FORM)


def filled_in(data: Mapping[str, Any]) -> Values:
    """What a submitted modal holds, by the names of its fields; lists of names are still text."""
    values: dict[str, tuple[str, ...]] = {}
    for control in _controls(data.get("components") or ()):
        called = str(control.get("custom_id", ""))
        if not called.startswith(_FIELD):
            continue
        chosen = control.get("values")
        if chosen is None:
            words = str(control.get("value") or "").strip()
            chosen = [words] if words else []
        values[called.removeprefix(_FIELD)] = tuple(chosen)
    return values


def taken(form: Form, filled: Values) -> Values:
    """The same with the values of options for what was typed where a menu was too small.

    Raises `FormError` for a name that is no option, or for several where one is wanted.
    """
    values, faults = dict(filled), {}
    for field in _fields(form):
        if field.kind in _PICKS and not _fits(field):
            names = [name.strip() for line in filled.get(field.name, ()) for name in _split(line)]
            known = {option.label.casefold(): option.value for option in field.options}
            strange = [name for name in names if name.casefold() not in known]
            if strange:
                faults[field.name] = f"I do not know “{strange[0][:60]}”: check how it is spelt."
            elif field.kind is FieldKind.ONE_OF and len(names) > 1:
                faults[field.name] = f"{field.label}: name only one."
            else:
                values[field.name] = tuple(known[name.casefold()] for name in names)
    if faults:
        raise FormError(faults)
    return values


def told(form: Form, filled: Values) -> list[Embed]:
    """What was filled in, an embed for each field: the form opens with it again."""
    embeds: list[Embed] = []
    left = MAX_TOLD
    for field in _fields(form):
        labels = {option.value: option.label for option in field.options}
        words = "\n".join(labels.get(value, value) for value in filled.get(field.name, ()))
        label = _cut(field.label, MAX_LABEL)
        if words := words[: max(0, left - len(label) - len(YOU_TYPED))]:
            footer = {"text": YOU_TYPED}
            embeds.append({"title": label, "description": words, "footer": footer})
            left -= len(words) + len(label) + len(YOU_TYPED)
    return embeds


def told_in(message: discord.Message | None, form: Form) -> Values | None:
    """What a message tells was filled in; None where it tells nothing of the kind."""
    said = {
        embed.title: embed.description or ""
        for embed in (message.embeds if message is not None else ())
        if embed.footer.text == YOU_TYPED
    }
    if not said:
        return None
    values: dict[str, tuple[str, ...]] = {}
    for field in _fields(form):
        words = said.get(_cut(field.label, MAX_LABEL), "")
        if field.kind in _PICKS and _fits(field):
            labels = set(words.split("\n"))
            values[field.name] = tuple(o.value for o in field.options if o.label in labels)
        else:
            values[field.name] = (words,) if words else ()
    return values


def _fields(form: Form) -> Sequence[Field]:
    """As many fields as a modal has room for; what has to be filled in goes before the rest."""
    if len(form.fields) <= MAX_FIELDS:
        return form.fields
    kept = sorted(form.fields, key=lambda field: not field.required)[:MAX_FIELDS]
    return [field for field in form.fields if field in kept]


def _labelled(field: Field, given: Sequence[str]) -> discord.ui.Label[Any]:
    hint = field.hint
    component: discord.ui.Item[Any]
    if field.kind in _PICKS and field.options and _fits(field):
        component = _menu(field, given)
    else:
        if field.kind in _PICKS:
            hint = f"{SEPARATED} {hint}" if field.kind is FieldKind.SOME_OF else hint
            labels = {option.value: option.label for option in field.options}
            given = [", ".join(labels.get(value, value) for value in given)] if given else []
        component = _writing(field, given)
    return discord.ui.Label(
        text=_cut(field.label, MAX_LABEL) or field.name,
        description=_cut(hint, MAX_HINT) or None,
        component=component,
    )


def _menu(field: Field, given: Sequence[str]) -> discord.ui.Select[Any]:
    options = [
        discord.SelectOption(
            label=_cut(option.label, MAX_OPTION) or option.value,
            value=option.value,
            default=option.value in given,
        )
        for option in field.options
    ]
    return discord.ui.Select(
        custom_id=f"{_FIELD}{field.name}",
        placeholder=_cut(field.example, MAX_PLACEHOLDER) or None,
        options=options,
        required=field.required,
        min_values=1 if field.required else 0,
        max_values=1 if field.kind is FieldKind.ONE_OF else len(options),
    )


def _writing(field: Field, given: Sequence[str]) -> discord.ui.TextInput[Any]:
    longest = MAX_TYPED if field.kind in _PICKS else max(1, min(field.longest, MAX_TYPED))
    several = field.kind in (FieldKind.TEXT, FieldKind.SOME_OF)
    return discord.ui.TextInput(
        custom_id=f"{_FIELD}{field.name}",
        style=discord.TextStyle.paragraph if several else discord.TextStyle.short,
        placeholder=_cut(field.example, MAX_PLACEHOLDER) or None,
        default=given[0][:longest] if given else None,
        required=field.required,
        max_length=longest,
    )


def _fits(field: Field) -> bool:
    """Whether a menu can hold all the options, whole and each of them once."""
    values = [option.value for option in field.options]
    return len(set(values)) == len(values) <= MENU and all(map(_whole, field.options))


def _whole(option: Option) -> bool:
    return 0 < len(option.value) <= MAX_OPTION


def _split(words: str) -> Iterator[str]:
    for line in words.splitlines():
        yield from (name for name in line.split(",") if name.strip())


def _controls(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What was filled in, out of the labels and rows around it."""
    for component in components:
        if inner := component.get("component"):
            yield inner
        elif rows := component.get("components"):
            yield from rows
        else:
            yield component


def _cut(words: str, longest: int) -> str:
    words = words.strip()
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
