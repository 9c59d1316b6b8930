"""What may be pressed under an answer or a post."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to pick instead of typing; `ask` is the question that it stands for.

    Where the platform has forms, the one that `form` names is opened instead. `pictured` marks one
    that asks for what its post shows as a picture, where it can.
    """

    label: str
    ask: str
    form: str | None = None
    pictured: bool = False
