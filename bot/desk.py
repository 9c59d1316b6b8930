"""Question in, answer out. The desk returns; only the platform speaks.

The one error boundary stands here: a `TellerError` becomes its sentence, anything else a plain
apology with an id that is in the log.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from bot.chat.ask import Ask, Author, Role
from bot.chat.catalogue import Catalogue, Matched, content
from bot.chat.command import Command, Dialog, Parameter
from bot.chat.form import Form, FormError, Values
from bot.chat.meant import (
    names_everywhere,
    names_seat_alone,
    names_several,
    parties,
    when_and_where,
)
from bot.chat.reply import Choice, Reply
from bot.chat.roles import Asker
from bot.chat.seats import asks, suggest
from bot.controls import Boards, Channels, CountDesk, Roles
from bot.election.clock import uk_day
from bot.election.contest import Contest
from bot.election.names import NameIndex, fold
from bot.election.occasion import Occasion, said
from bot.election.parties import Sides
from bot.errors import AskError, TellerError
from bot.liveblog.markup import storable
from bot.ports import Clock, HasNames, Newsroom, NewsroomAt

log = structlog.get_logger()

MAX_QUESTION, LONGEST = 500, 2_000
CHOICES_SHOWN = 10
# The page at a glance is the answers to these, one under the other.
HOME = ("status", "channels")


class Desk:
    """Answers questions as of the clock's moment, and lets people change what they may change.

    Without `channels` nothing can be changed here, as where a question is asked from a shell;
    without `roles` nobody was given one. `names` are the platforms that have to be asked what
    people are called.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        newsroom_at: NewsroomAt,
        clock: Clock,
        channels: Channels | None = None,
        count_desk: CountDesk | None = None,
        boards: Boards | None = None,
        roles: Roles | None = None,
        names: Mapping[str, HasNames] | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._newsroom_at = newsroom_at
        self._clock = clock
        self._channels = channels
        # What commands may want to change things with, by its type.
        self._tools: dict[type, object | None] = {
            Channels: channels,
            CountDesk: count_desk,
            Boards: boards,
            Roles: roles,
        }
        self._roles = roles
        self._names = {} if names is None else names
        self.answered = 0

    async def answer(self, ask: Ask) -> Reply:
        """The answer to a question. Never raises, whatever was asked."""
        self.answered += 1
        return await self._guarded(lambda newsroom: self._answer(self._short(ask), newsroom))

    async def overhear(self, ask: Ask) -> Reply | None:
        """The answer to what was said to nobody; None where it is no question, or not listened to.

        People talk of turnouts all night: only what is a question and nothing else is answered.
        """
        matched = self._catalogue.match(ask.text) if len(ask.text) <= MAX_QUESTION else None
        if matched is None or matched.command.control or self._channels is None:
            return None
        try:
            if not await self._channels.listens(ask.channel):
                return None
            names = await self._newsroom_at(self._clock.now()).names()
        except Exception:
            log.exception("desk.broke", overhearing=str(ask.channel))
            return None
        if not asks(ask.text, matched, names):
            return None
        reply = await self.answer(ask)
        return None if reply.error else reply

    async def form(self, name: str, ask: Ask) -> Form | Reply:
        """A form as it opens for somebody in a channel; a reply where there is none for them."""
        made: list[Form] = []

        async def build(newsroom: Newsroom) -> Reply:
            dialog = await self._dialog(name, ask)
            given = {p.name: await self._given(p, ask) for p in dialog.building}
            made.append(await dialog.build(newsroom, **given))
            return Reply(title=name)

        reply = await self._guarded(build)
        return made[0] if made else reply

    async def submit(self, name: str, ask: Ask, values: Values) -> Reply:
        """Take what was filled in. Raises `FormError`, with a sentence for each field at fault."""
        values = {name: tuple(map(storable, given)) for name, given in values.items()}

        async def take(newsroom: Newsroom) -> Reply:
            dialog = await self._dialog(name, ask)
            given = {
                p.name: values if p.kind == Values else await self._given(p, ask)
                for p in dialog.submitting
            }
            return replace(await dialog.submit(newsroom, **given), command=name)

        return await self._guarded(take)

    def commands(self) -> Sequence[Command]:
        """Everything that can be asked, for platforms that list it."""
        return self._catalogue.commands

    async def seats(self, typed: str, most: int) -> Sequence[str]:
        """Names of seats that somebody may be typing, the likeliest first, tonight's before all."""
        now = self._clock.now()
        names = await self._newsroom_at(now).names()
        return suggest(typed, names, now, most)

    async def home(self, ask: Ask) -> tuple[Reply, ...]:
        """The night at a glance, section by section, for the page of one's own with the bot."""
        sections = []
        for name in HOME:
            if self._catalogue.named(name) is not None:
                sections.append(await self.answer(replace(ask, text=name)))
        return tuple(sections)

    async def _guarded(self, take: Callable[[Newsroom], Awaitable[Reply]]) -> Reply:
        """A reply, whatever happens on the way to it; only `FormError` passes."""
        now = self._clock.now()
        try:
            reply = await take(self._newsroom_at(now))
        except FormError:
            raise
        except TellerError as error:
            reply = _sorry(str(error))
        except Exception:
            mark = secrets.token_hex(3)
            log.exception("desk.broke", mark=mark)
            reply = _sorry(
                f"Something went wrong here, and it is not your question. The log says more "
                f"under {mark}."
            )
        return replace(reply, as_of=now)

    def _short(self, ask: Ask) -> Ask:
        """A question without what none needs; what changes something, or has an address, whole.

        Cut in two it would say something else. Raises `AskError` where it is too long for that.
        """
        text = storable(ask.text)
        if len(text) <= MAX_QUESTION:
            return replace(ask, text=text)
        short = text[:MAX_QUESTION]
        matched = self._catalogue.match(short)
        if "://" not in text and not (matched is not None and matched.command.control):
            return replace(ask, text=short)
        if len(text) > LONGEST:
            raise AskError(
                f"That is {len(text):,} characters, and {LONGEST:,} are the most. Nothing was "
                "changed; say it shorter."
            )
        return replace(ask, text=text)

    async def _answer(self, ask: Ask, newsroom: Newsroom) -> Reply:
        text = ask.text
        matched = self._catalogue.match(text)
        if matched is None or (matched.words and not matched.command.parameters):
            # “What about Tamworth” asks for no more of “about” than of any small word.
            matched = await self._status_of(text, newsroom) or matched
        if matched is None:
            raise AskError(self._not_understood(text))
        command = matched.command
        await self._let_in(command, ask)
        if command.control:
            # What is changed is kept with who did it, for others to read.
            ask = replace(ask, author=await self._named(ask.author))
        if other := await self._elsewhere(newsroom, matched):
            # The question is put anew, to the command that answers it.
            ask = replace(ask, text=f"{other.name} {command.name} {text}")
            command, matched = other, replace(matched, command=other)
        arguments: dict[str, Any] = {}
        for parameter in command.parameters:
            value = await self._argument(newsroom, parameter, matched, ask)
            if isinstance(value, Reply):
                return replace(value, command=command.name)
            arguments[parameter.name] = value
        return replace(await command.run(newsroom, **arguments), command=command.name)

    async def _dialog(self, name: str, ask: Ask) -> Dialog:
        dialog = self._catalogue.dialog(name)
        if dialog is None:
            raise AskError("That form is not there any more; “help” lists all I know.")
        command = self._catalogue.named(name)
        if command is None:
            (await self._asker(ask)).must_be(Role.DESK, f"fill in “{name}”")
        else:
            await self._let_in(command, ask)
        return dialog

    async def _let_in(self, command: Command, ask: Ask) -> None:
        """The one place where it is decided who may do something. Raises `AskError`."""
        if command.needs is not Role.EVERYONE:
            (await self._asker(ask)).must_be(command.needs, f"use “{command.name}”")

    async def _named(self, author: Author) -> Author:
        """Somebody with what they are called, or their id where nobody says that."""
        if author.name:
            return author
        platform = self._names.get(author.platform)
        name = "" if platform is None else await platform.called(author.id)
        return replace(author, name=name or author.id)

    async def _asker(self, ask: Ask) -> Asker:
        if self._roles is None:
            return Asker(author=ask.author)
        author, named = await self._roles.known(ask.author), await self._roles.named()
        return Asker(author=author, named=tuple(named))

    async def _given(self, parameter: Parameter, ask: Ask) -> object:
        """What needs no words: who asks where, what can be asked, what can be changed."""
        if parameter.kind is Catalogue:
            return self._catalogue
        if parameter.kind is Ask:
            return ask
        if parameter.kind is Asker:
            return await self._asker(ask)
        if parameter.kind in self._tools:
            tool = self._tools[parameter.kind]
            if tool is None:
                raise AskError(
                    "That is set in a channel while Teller runs: ask it there, or at the terminal "
                    "of “teller run”."
                )
            return tool
        raise TypeError(f"nothing here is a {parameter.kind}")

    async def _elsewhere(self, newsroom: Newsroom, matched: Matched) -> Command | None:
        """The command that answers for one about a seat, where several are named, or none is."""
        command = matched.command
        if command.several and names_several(matched, await newsroom.names()):
            return self._catalogue.named(command.several)
        if command.everywhere and names_everywhere(matched):
            return self._catalogue.named(command.everywhere)
        return None

    async def _status_of(self, text: str, newsroom: Newsroom) -> Matched | None:
        """A seat's name alone asks how it stands there."""
        status = self._catalogue.named("status")
        if status is None or not names_seat_alone(text, await newsroom.names()):
            return None
        return Matched(command=status, words=content(text), rest=text)

    async def _argument(
        self, newsroom: Newsroom, parameter: Parameter, matched: Matched, ask: Ask
    ) -> object:
        """The value of one parameter, or the reply that asks for it."""
        command, words = matched.command, matched.words
        if parameter.kind is str:
            return words
        names = await newsroom.names()
        if parameter.kind is Sides:
            return parties(matched, names)
        if parameter.kind is not Contest:
            return await self._given(parameter, ask)
        tonight = await newsroom.contests()
        occasion, words, match = when_and_where(matched, names, newsroom.past, tonight)
        if not words:
            return await self._no_seat_named(newsroom, command, parameter)
        if not match.contests:
            raise AskError(_no_such_seat(words, tonight, newsroom.now))
        if not match.certain:
            offers = [_asking_for(contest, names, occasion) for contest in match.contests]
            return _ask_back("Did you mean …", command, offers)
        chosen = newsroom.past.choose(match.contests, occasion, tonight)
        if chosen is None:
            raise AskError(_not_on_record(match.contests, said(occasion)))
        return chosen

    async def _no_seat_named(
        self, newsroom: Newsroom, command: Command, parameter: Parameter
    ) -> object:
        if not parameter.required:
            return None
        tonight = [c for c in await newsroom.contests() if c.is_tonight(newsroom.now)]
        if len(tonight) == 1:
            return tonight[0]
        which = tonight or await newsroom.contests()
        return _ask_back("Which seat?", command, [(c.name, c.name) for c in which])

    def _not_understood(self, text: str) -> str:
        shown = " ".join(text.split())[:60]
        usual = [c.examples[0] for c in self._catalogue.commands if c.name in ("turnout", "when")]
        examples = ", ".join(f"“{example}”" for example in usual or ["help"])
        return (
            f"I do not know how to answer “{shown}”. Try {examples}, or “help” for all I know."
            if shown
            else f"Ask me something, for example {examples}; “help” lists all I know."
        )


def _ask_back(title: str, command: Command, offers: Sequence[tuple[str, str]]) -> Reply:
    """The same question about each of these seats: its name, and the words that mean it alone."""
    seats: dict[str, tuple[str, str]] = {}
    for name, words in offers:
        seats.setdefault(fold(name), (name, words))
    choices = tuple(
        Choice(label=name, ask=f"{command.name} {words}")
        for name, words in list(seats.values())[:CHOICES_SHOWN]
    )
    return Reply(title=title, choices=choices, error=True)


def _asking_for(contest: Contest, names: NameIndex, occasion: Occasion) -> tuple[str, str]:
    """A seat's name, and the words that mean it alone, at the time that was asked for."""
    when = said(occasion)
    if not when and not names.resolve(contest.name).certain:
        when = str(contest.polling_day.year)
    return contest.name, f"{contest.name} {when}".strip()


def _not_on_record(contests: Sequence[Contest], occasion: str) -> str:
    """That a seat did not vote then, and when it did."""
    voted = [
        f"{uk_day(contest.close_of_poll)}{' (by-election)' if contest.by_election else ''}"
        for contest in sorted(contests, key=lambda c: c.polling_day, reverse=True)
    ]
    return (
        f"I have nothing of {contests[0].name} for “{occasion}”. It voted on "
        f"{', '.join(voted[:CHOICES_SHOWN])}."
    )


def _no_such_seat(words: str, contests: Sequence[Contest], now: datetime) -> str:
    tonight = [contest for contest in contests if contest.is_tonight(now)]
    known = [contest.name for contest in tonight or contests]
    more = f" and {len(known) - CHOICES_SHOWN} more" if len(known) > CHOICES_SHOWN else ""
    which = "Tonight I follow" if tonight else "No seat votes tonight; I know"
    followed = f"{which} {', '.join(known[:CHOICES_SHOWN])}{more}."
    return (
        f"I know no such seat as “{words[:60]}”. {followed if known else 'No seat votes tonight.'}"
    )


def _sorry(sentence: str) -> Reply:
    return Reply(title=sentence, error=True)
