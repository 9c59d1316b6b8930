"""Question in, answer out. The desk returns; only the platform speaks.

The one error boundary stands here: a `TellerError` becomes its sentence, anything else a plain
apology with an id that is in the log.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from bot.chat.ask import Ask
from bot.chat.catalogue import Catalogue, Matched, content
from bot.chat.command import Command, Parameter
from bot.chat.reply import Choice, Reply
from bot.chat.seats import seat_alone, seat_asked
from bot.election.clock import UK
from bot.election.contest import Contest
from bot.errors import AskError, TellerError
from bot.ports import Clock, Newsroom, NewsroomAt

log = structlog.get_logger()

MAX_QUESTION = 500
CHOICES_SHOWN = 10


class Desk:
    """Answers questions as of the clock's moment."""

    def __init__(self, *, catalogue: Catalogue, newsroom_at: NewsroomAt, clock: Clock) -> None:
        self._catalogue = catalogue
        self._newsroom_at = newsroom_at
        self._clock = clock
        self.answered = 0

    async def answer(self, ask: Ask) -> Reply:
        """The answer to a question. Never raises, whatever was asked."""
        self.answered += 1
        now = self._clock.now()
        return replace(await self._reply(ask.text[:MAX_QUESTION], now), as_of=now)

    async def _reply(self, text: str, now: datetime) -> Reply:
        try:
            return await self._answer(text, self._newsroom_at(now))
        except TellerError as error:
            return _sorry(str(error))
        except Exception:
            mark = secrets.token_hex(3)
            log.exception("desk.broke", mark=mark)
            return _sorry(
                f"Something went wrong here, and it is not your question. The log says more "
                f"under {mark}."
            )

    async def _answer(self, text: str, newsroom: Newsroom) -> Reply:
        matched = self._catalogue.match(text) or await self._status_of(text, newsroom)
        if matched is None:
            raise AskError(self._not_understood(text))
        command = matched.command
        arguments: dict[str, Any] = {}
        for parameter in command.parameters:
            value = await self._argument(newsroom, parameter, matched)
            if isinstance(value, Reply):
                return replace(value, command=command.name)
            arguments[parameter.name] = value
        return replace(await command.run(newsroom, **arguments), command=command.name)

    async def _status_of(self, text: str, newsroom: Newsroom) -> Matched | None:
        """A seat's name alone asks how it stands there."""
        status = next((c for c in self._catalogue.commands if c.name == "status"), None)
        if status is None or not seat_alone(text, await newsroom.contests()).contests:
            return None
        return Matched(command=status, words=content(text), rest=text)

    async def _argument(self, newsroom: Newsroom, parameter: Parameter, matched: Matched) -> object:
        """The value of one parameter, or the reply that asks for it."""
        command, words = matched.command, matched.words
        if parameter.kind is Catalogue:
            return self._catalogue
        if parameter.kind is str:
            return words
        if parameter.kind is not Contest:
            raise TypeError(f"{command.name}: no words become a {parameter.kind.__name__}")
        if not words:
            return await self._no_seat_named(newsroom, command, parameter)
        contests = await newsroom.contests()
        match = seat_asked(words, matched.rest, contests)
        if not match.contests:
            raise AskError(_no_such_seat(words, contests, newsroom.now))
        seats = {contest.name for contest in match.contests}
        if match.certain and len(seats) == 1:
            # The same seat on several days: tonight's, else the latest before now.
            today = newsroom.now.astimezone(UK).date()
            past = [c for c in match.contests if c.polling_day <= today]
            return max(
                past or match.contests, key=lambda c: (c.is_tonight(newsroom.now), c.polling_day)
            )
        return _ask_back("Did you mean …", command, match.contests)

    async def _no_seat_named(
        self, newsroom: Newsroom, command: Command, parameter: Parameter
    ) -> object:
        if not parameter.required:
            return None
        tonight = [c for c in await newsroom.contests() if c.is_tonight(newsroom.now)]
        if len(tonight) == 1:
            return tonight[0]
        return _ask_back("Which seat?", command, tonight or await newsroom.contests())

    def _not_understood(self, text: str) -> str:
        shown = " ".join(text.split())[:60]
        usual = [c.examples[0] for c in self._catalogue.commands if c.name in ("turnout", "when")]
        examples = ", ".join(f"“{example}”" for example in usual or ["help"])
        return (
            f"I do not know how to answer “{shown}”. Try {examples}, or “help” for all I know."
            if shown
            else f"Ask me something, for example {examples}; “help” lists all I know."
        )


def _ask_back(title: str, command: Command, contests: Sequence[Contest]) -> Reply:
    choices = tuple(
        Choice(label=contest.name, ask=f"{command.name} {contest.name}")
        for contest in contests[:CHOICES_SHOWN]
    )
    return Reply(title=title, choices=choices, error=True)


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
