"""Form: what is asked for in fields, on no platform; a modal where the platform has one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import TellerError

# What was filled in: each field's name, and its values as text; nothing where it was left empty.
Values = Mapping[str, tuple[str, ...]]


class FieldKind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    ONE_OF = "one of"
    SOME_OF = "some of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value of a field that is chosen from several."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `hint` stands below it, `example` in it while it is empty.

    `given` are the values that it opens with; `longest` is in characters.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    hint: str = ""
    example: str = ""
    required: bool = True
    options: tuple[Option, ...] = ()
    given: tuple[str, ...] = ()
    longest: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Fields under a title. What it changes belongs to the channel that it is opened in."""

    name: str
    title: str
    fields: tuple[Field, ...]
    submit: str = "Save"


class FormError(TellerError):
    """What was filled in cannot be taken; `faults` is a sentence for each field with a fault."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)
