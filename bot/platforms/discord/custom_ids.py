"""What a button carries, in its custom id: nothing is remembered, so it works after a restart.

- “choice:<number>:<question>” asks a question for whoever presses it.
- “form:<name>:<number>:<question>” opens a form; the question is what is answered where that
  cannot be done. Number and question may be missing.
- “post:<question>” asks it again, for everybody in the channel.

The numbers keep two buttons of one message from having the same id, which Discord refuses.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.platforms.words import size, typed

MAX_CUSTOM_ID = 100

_FORM_NAME = re.compile(r"[\w-]{1,50}", re.ASCII)
_CUSTOM_ID = re.compile(
    r"(?P<choice>choice):(?P<n>[0-9]{1,2}):(?P<question>.+)"
    r"|(?P<post>post):(?P<again>.+)"
    r"|form:(?P<form>[\w-]{1,50})(?::(?P<m>[0-9]{1,2})(?::(?P<instead>.+))?)?",
    re.ASCII,
)


class Press(StrEnum):
    """What pressing a button does."""

    CHOICE = "choice"
    FORM = "form"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button's meaning: what it does, the question behind it, and the form that it opens."""

    press: Press
    question: str = ""
    form: str = ""
    number: int = 0


def encode(pressed: Pressed) -> str | None:
    """The custom id of a button; None where 100 characters cannot carry what it needs.

    Half of a question is another one, so a long one is never cut.
    """
    question = typed(pressed.question)
    if pressed.press is Press.FORM:
        if not _FORM_NAME.fullmatch(pressed.form):
            return None
        bare = f"form:{pressed.form}:{pressed.number}"
        whole = f"{bare}:{question}"
        return whole if question and size(whole) <= MAX_CUSTOM_ID else bare
    if not question:
        return None
    before = "post" if pressed.press is Press.POST else f"choice:{pressed.number}"
    custom_id = f"{before}:{question}"
    return custom_id if size(custom_id) <= MAX_CUSTOM_ID else None


def decode(custom_id: str) -> Pressed | None:
    """What a button means; None for one that is not of this kind."""
    found = _CUSTOM_ID.fullmatch(custom_id)
    if found is None:
        return None
    if found["choice"]:
        return Pressed(press=Press.CHOICE, question=found["question"], number=int(found["n"]))
    if found["post"]:
        return Pressed(press=Press.POST, question=found["again"])
    return Pressed(
        press=Press.FORM,
        question=found["instead"] or "",
        form=found["form"],
        number=int(found["m"] or 0),
    )
