"""The buttons under an answer. Pure: nothing is sent here.

Limits: https://discord.com/developers/docs/components/reference#button.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.reply import Choice
from bot.platforms.discord.custom_ids import Press, Pressed, encode
from bot.platforms.discord.markdown import literal, safe

MAX_LABEL, MAX_BUTTONS, ROW = 80, 25, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button; what it means is in its custom id."""

    label: str
    custom_id: str


def in_rows(choices: Sequence[Choice], question: str) -> tuple[tuple[Button, ...], ...]:
    """Rows of a button for each choice; before them one that posts the answer to `question`.

    There is none for a choice that no button can carry, and none for an empty `question`.
    """
    post = _button("Post to channel", Pressed(press=Press.POST, question=question))
    made = [post, *(_choice(number, choice) for number, choice in enumerate(choices, 1))]
    buttons = tuple(button for button in made if button is not None)[:MAX_BUTTONS]
    return tuple(buttons[at : at + ROW] for at in range(0, len(buttons), ROW))


def _choice(number: int, choice: Choice) -> Button | None:
    label = choice.label if safe(choice.label).strip() else choice.ask
    if choice.form is not None:
        pressed = Pressed(press=Press.FORM, form=choice.form, question=choice.ask, number=number)
        if button := _button(label, pressed):
            return button
    return _button(label, Pressed(press=Press.CHOICE, question=choice.ask, number=number))


def _button(label: str, pressed: Pressed) -> Button | None:
    """A button; none for a question that is too long to carry."""
    custom_id, words = encode(pressed), literal(label, MAX_LABEL)
    return Button(label=words, custom_id=custom_id) if custom_id and words else None
