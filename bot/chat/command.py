"""Commands and alerts as values, made from plain functions; and words to the command they mean."""

import inspect
import types
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.chat.ask import Role
from bot.chat.form import Form
from bot.chat.post import Post
from bot.chat.reply import Reply

E = TypeVar("E")
Run = Callable[..., Awaitable[Reply]]
Build = Callable[..., Awaitable[Form]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument of a command: `kind` is its type (a contest, a number, words)."""

    name: str
    kind: type
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something the bot can be asked, declared once for every platform.

    A `control` changes what a channel gets, or what is known. It takes a role of the desk, where
    `role` says no other. A question about a seat may name the command that answers where `several`
    seats are named, and where none is but a general election (`everywhere`).
    """

    name: str
    also: tuple[str, ...]
    examples: tuple[str, ...]
    summary: str
    parameters: tuple[Parameter, ...]
    run: Run
    control: bool = False
    role: Role | None = None
    several: str | None = None
    everywhere: str | None = None

    @property
    def needs(self) -> Role:
        """The least role that it takes. For some of what it does it may ask for more."""
        if self.role is not None:
            return self.role
        return Role.DESK if self.control else Role.EVERYONE

    @property
    def phrases(self) -> tuple[str, ...]:
        """Every way to name it."""
        return (self.name, *self.also)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """A form by name: `build` makes it as it opens, `submit` takes what was filled in."""

    name: str
    build: Build
    building: tuple[Parameter, ...]
    submit: Run
    submitting: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """How one kind of event becomes a post."""

    event: type
    word: Callable[[Any], Post]


def command(
    name: str,
    *,
    also: tuple[str, ...] = (),
    examples: tuple[str, ...],
    control: bool = False,
    role: Role | None = None,
    several: str | None = None,
    everywhere: str | None = None,
) -> Callable[[Run], Command]:
    """Make a command of an async function `(newsroom, …typed parameters) -> Reply`.

    The first line of its docstring becomes the help text. Raises `TypeError` for a function
    without docstring, with a parameter that has no type, and where there is no example.
    """

    def declare(run: Run) -> Command:
        summary = (inspect.getdoc(run) or "").partition("\n")[0]
        if not summary:
            raise TypeError(f"command “{name}” needs a docstring: it is its help text")
        if not examples:
            raise TypeError(f"command “{name}” needs an example: help shows it")
        return Command(
            name=name,
            also=also,
            examples=examples,
            summary=summary,
            parameters=_parameters(f"command “{name}”", run),
            run=run,
            control=control,
            role=role,
            several=several,
            everywhere=everywhere,
        )

    return declare


def dialog(name: str, *, build: Build, submit: Run) -> Dialog:
    """Make a form of two async functions.

    `build` is `(newsroom, …typed parameters) -> Form`; `submit` is
    `(newsroom, …typed parameters) -> Reply`, with the `Values` among them, and raises `FormError`
    for what cannot be taken. Raises `TypeError` for a parameter that has no type.
    """
    return Dialog(
        name=name,
        build=build,
        building=_parameters(f"form “{name}”", build),
        submit=submit,
        submitting=_parameters(f"form “{name}”", submit),
    )


def alert(event: type[E]) -> Callable[[Callable[[E], Post]], Alert]:
    """Make an alert of a function that words one kind of event."""

    def declare(word: Callable[[E], Post]) -> Alert:
        return Alert(event=event, word=word)

    return declare


def _parameters(what: str, run: Callable[..., object]) -> tuple[Parameter, ...]:
    """What a function wants besides the newsroom."""
    hints = typing.get_type_hints(run)
    parameters = []
    for parameter in list(inspect.signature(run).parameters.values())[1:]:
        if parameter.name not in hints:
            raise TypeError(f"{what}: parameter “{parameter.name}” needs a type")
        kind, optional = _unwrap(hints[parameter.name])
        required = not optional and parameter.default is inspect.Parameter.empty
        parameters.append(Parameter(name=parameter.name, kind=kind, required=required))
    return tuple(parameters)


def _unwrap(hint: Any) -> tuple[type, bool]:  # noqa: ANN401 - a type hint has no narrower type
    """`Contest | None` gives `(Contest, True)`."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        return inner[0], True
    return hint, False
