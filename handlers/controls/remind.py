"""Reminders that somebody asks for."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.chat.ask import Ask, Channel, Role
from bot.chat.command import command, dialog
from bot.chat.form import Field, FieldKind, Form, FormError, Option, Values
from bot.chat.reply import Choice, Reply
from bot.chat.roles import Asker
from bot.chat.seats import seats_in
from bot.chat.waits import first_of_all, waits
from bot.chat.wishes import before, behind, milestone, minutes, to_do, without_milestone
from bot.controls import Asked, Channels
from bot.election.clock import ClockTime, night_of, read_time
from bot.election.contest import Contest, MilestoneKind
from bot.errors import AskError, TellerError, TimeUnclearError
from bot.ports import Newsroom
from handlers import voice
from handlers.controls.remind_when import when

LONGEST_WORDS = 300
OF_A_CHANNEL = "remind a whole channel (“remind me” is for everybody)"
_ME, _US = "me", "us"
_POLLS_CLOSE = re.compile(
    r"(?:when|once|as soon as) (?:the )?polls? (?:close|have closed)(?: (?:to|that|about) "
    r"(?P<words>.+))?",
    re.IGNORECASE,
)


@command(
    "remind",
    also=("remind me", "remind us", "remember to"),
    examples=(
        "remind us 30m before Tamworth",
        "remind us at 01:30 to file the early story",
        "remind me in 20 minutes to call the desk",
        "remind me when Tamworth declares",
    ),
    control=True,
    role=Role.EVERYONE,
)
async def remind(newsroom: Newsroom, channels: Channels, asker: Asker, ask: Ask) -> Reply:
    """Remind this channel, or you alone, at a time, before what is expected, or when it comes."""
    words = behind(ask.text, "remind", "remember").strip("?!., ")
    whom, _, rest = words.partition(" ")
    alone = whom.casefold() == _ME
    if whom.casefold() in (_ME, _US):
        words = rest.strip()
    if not words:
        return Reply(
            title="Remind you of what, and when?",
            lines=(
                "For example “remind us 30m before Tamworth”, “remind me at 01:30 to file”, or "
                "“remind me when Tamworth declares”.",
            ),
            choices=(Choice(label="Fill in a form …", ask="help remind", form="remind"),),
            error=True,
        )
    if not alone and not await is_alone(channels, asker, ask):
        asker.must_be(Role.DESK, OF_A_CHANNEL)
    spoken = before(words)
    again = _ME if alone else _US
    if spoken is not None:
        wanted = await _ahead(newsroom, ask, again, *spoken)
    elif polls := _POLLS_CLOSE.fullmatch(words):
        wanted = await _ahead(newsroom, ask, again, 0, "polls close", polls["words"] or "")
    else:
        wanted = await _at_or_when(newsroom, ask, again, words)
    if isinstance(wanted, Reply):
        return wanted
    return await _keep(newsroom, channels, ask, wanted, alone=alone)


async def is_alone(channels: Channels, asker: Asker, ask: Ask) -> bool:
    """Whether somebody who is not of the desk speaks to Teller alone, where all is their own."""
    if asker.role.covers(Role.DESK):
        return False
    return await own(channels, ask) == ask.channel


async def own(channels: Channels, ask: Ask) -> Channel | None:
    """The channel where only this person and the bot are; None where there can be none."""
    try:
        return await channels.direct(ask.author)
    except TellerError:
        return None


async def _at_or_when(newsroom: Newsroom, ask: Ask, whom: str, words: str) -> Asked | Reply:
    """A reminder at a time, or for when a seat comes so far; a reply as `when` has it."""
    if not first_of_all(words):
        try:
            return _at(newsroom, ask, words)
        except AskError:
            if not any(True for _ in waits(words)):
                raise
    return await when(newsroom, ask, words, whom=whom, longest=LONGEST_WORDS)


async def _ahead(
    newsroom: Newsroom, ask: Ask, whom: str, span: int, what: str, words: str
) -> Asked | Reply:
    """A reminder ahead of what words speak of, or what to ask back.

    “Tamworth to file the story” says besides what to do.
    """
    unclear: AskError | None = None
    for said, besides in [(what, words)] if words else to_do(what):
        kind = milestone(said)
        try:
            asked_again = f"remind {whom} {span}m before"
            contest = await _contest(newsroom, without_milestone(said), kind, asked_again, besides)
        except AskError as error:
            unclear = error
            continue
        if isinstance(contest, Reply):
            return contest
        return await _before(newsroom, ask, contest, kind, span, besides)
    raise unclear or AskError("Say before what, such as “30m before Tamworth”.")


async def _form(newsroom: Newsroom) -> Form:
    options = [
        Option(
            label=f"{contest.name}: {voice.milestone(one.kind)} {voice.expected(one.time.value)}",
            value=f"{contest.id} {one.kind}",
        )
        for contest in await newsroom.contests()
        if contest.is_tonight(newsroom.now)
        for one in await newsroom.timetable(contest)
        if one.time.value.at > newsroom.now
    ]
    what = Field(
        name="words",
        label="Of what",
        example="file the early story",
        required=False,
        longest=LONGEST_WORDS,
    )
    time = Field(
        name="time",
        label="At",
        example="01:30",
        hint="A UK time tonight, or “in 20 minutes”. Leave it empty for a reminder ahead of "
        "something that is expected.",
        required=False,
        longest=100,
    )
    ahead = Field(
        name="before",
        label="Or ahead of",
        kind=FieldKind.ONE_OF,
        hint="It moves when the time that is expected moves.",
        required=False,
        options=tuple(options),
    )
    span = Field(
        name="span", label="By", example="30 minutes", given=("15 minutes",), required=False
    )
    alone = Field(
        name="whom",
        label="Whom",
        kind=FieldKind.ONE_OF,
        options=(
            Option(label="This channel", value=_US),
            Option(label="Me alone", value=_ME),
        ),
        given=(_US,),
    )
    fields = (what, time, *((ahead, span) if options else ()), alone)
    return Form(name="remind", title="Set a reminder", fields=fields, submit="Remind")


async def _submit(
    newsroom: Newsroom, channels: Channels, asker: Asker, ask: Ask, values: Values
) -> Reply:
    said = {name: next(iter(given), "").strip() for name, given in values.items()}
    alone = said.get("whom") == _ME
    if not alone and not await is_alone(channels, asker, ask):
        try:
            asker.must_be(Role.DESK, OF_A_CHANNEL)
        except AskError as error:
            raise FormError({"whom": str(error)}) from None
    words, time, ahead = said.get("words", ""), said.get("time", ""), said.get("before", "")
    if bool(time) == bool(ahead):
        both = "Fill in one of the two: a time, or what it is to come ahead of."
        raise FormError({"time": both} if time else {"time": both, **_if("before", said, both)})
    if time:
        try:
            wanted = _asked(ask, _read(time, newsroom), newsroom, words)
        except AskError as error:
            raise FormError({"time": str(error)}) from None
    else:
        span = minutes(said.get("span", "") or "15")
        if span is None:
            raise FormError({"span": "Say how long before, such as “30 minutes” or “1 hour”."})
        contest_id, _, kind = ahead.partition(" ")
        contest = next((c for c in await newsroom.contests() if c.id == contest_id), None)
        if contest is None or kind not in list(MilestoneKind):
            raise FormError({"before": "That is not waited for any more; choose another."})
        try:
            wanted = await _before(newsroom, ask, contest, MilestoneKind(kind), span, words)
        except AskError as error:
            raise FormError({"before": str(error)}) from None
    return await _keep(newsroom, channels, ask, wanted, alone=alone)


REMIND = dialog("remind", build=_form, submit=_submit)


def _if(name: str, said: dict[str, str], sentence: str) -> dict[str, str]:
    return {name: sentence} if name in said else {}


async def _keep(
    newsroom: Newsroom, channels: Channels, ask: Ask, wanted: Asked, *, alone: bool
) -> Reply:
    if alone:
        place = await channels.direct(ask.author)
        wanted = replace(wanted, channel=place)
    kept = await channels.remind(wanted)
    whom = "you" if alone else "this channel"
    moves = "It moves when the expected time moves. " if kept.kind is not None else ""
    said = await told(newsroom, kept)
    at = f"at {voice.clock(kept.due)}: {said}" if kept.stage is None else said
    return Reply(
        title=f"I remind {whom} {at}",
        lines=(f"{moves}“forget {kept.id}” takes it back.",),
        choices=(Choice(label="Forget it", ask=f"forget {kept.id}"),),
        value=kept.id,
    )


async def told(newsroom: Newsroom, one: Asked) -> str:
    """What a reminder is of, in words; of one that waits for no time, when it comes."""
    name = next((c.name for c in await newsroom.contests() if c.id == one.contest_id), "")
    if one.stage is not None:
        when_it_comes = f"when {voice.comes_to(name or 'the seat', one.stage)}"
        return f"{when_it_comes}: {one.words}" if one.words else when_it_comes
    if one.kind is None:
        return one.words or "it is time"
    ahead = voice.span(timedelta(minutes=one.minutes)) + " before " if one.minutes else ""
    said = f"{ahead}{name}, {voice.milestone(one.kind)}"
    return f"{one.words} ({said})" if one.words else said


async def _contest(
    newsroom: Newsroom, words: str, kind: MilestoneKind, again: str, to_do: str
) -> Contest | Reply:
    """The contest that words name, or what to ask back: `again` with each seat, and what to do."""
    tonight = [c for c in await newsroom.contests() if c.is_tonight(newsroom.now)]
    seats, rest = seats_in(words, tonight)
    if len(seats) == 1 and not rest:
        return seats[0]
    if not rest and not seats and tonight and (len(tonight) == 1 or kind in _SAME_EVERYWHERE):
        return tonight[0]
    if not rest and tonight:
        return Reply(
            title="Which seat?",
            choices=tuple(
                Choice(
                    label=c.name,
                    ask=f"{again} {c.name} {kind.value}" + (f" to {to_do}" if to_do else ""),
                )
                for c in (seats or tonight)[:10]
            ),
            error=True,
        )
    known = f"Tonight I follow {voice.seats(tonight)}." if tonight else "No seat votes tonight."
    raise AskError(f"I do not know what “{(rest or words)[:60]}” is. {known}")


_SAME_EVERYWHERE = {MilestoneKind.POLLS_CLOSE}


async def _before(
    newsroom: Newsroom, ask: Ask, contest: Contest, kind: MilestoneKind, span: int, words: str = ""
) -> Asked:
    """A reminder `span` minutes ahead of a milestone. Raises `AskError` where it is too late."""
    expected = [o for o in await newsroom.timetable(contest) if o.kind is kind]
    if not expected:
        raise AskError(
            f"Nobody has said when to expect {contest.name}: {voice.milestone(kind)}. “remind us "
            "at 01:30” needs no such word."
        )
    time = expected[0].time.value
    due = time.at - timedelta(minutes=span)
    if due <= newsroom.now:
        ahead = f"{voice.span(timedelta(minutes=span))} before that" if span else "that"
        raise AskError(
            f"{contest.name}: {voice.milestone(kind)} is expected {voice.expected(time)}; "
            f"{ahead} has passed."
        )
    return Asked(
        channel=ask.channel,
        author=ask.author.name,
        due=due,
        words=words[:LONGEST_WORDS],
        contest_id=contest.id,
        kind=kind,
        minutes=span,
    )


def _at(newsroom: Newsroom, ask: Ask, words: str) -> Asked:
    """A reminder at a time. Raises `AskError` for words that name none ahead of now."""
    unclear: AskError | None = None
    for time, what in to_do(words):
        try:
            return _asked(ask, _read(time, newsroom), newsroom, what)
        except AskError as error:
            unclear = error
    raise unclear or AskError("Say when, such as “at 01:30”.")


def _read(words: str, newsroom: Newsroom) -> ClockTime:
    span = minutes(words[3:]) if words[:3].casefold() == "in " else None
    if span is not None:
        return ClockTime(at=newsroom.now + timedelta(minutes=span), words=words)
    try:
        night = night_of(newsroom.now)
        return read_time(words.removeprefix("at "), polling_day=night, said_at=newsroom.now)
    except TimeUnclearError as error:
        raise AskError(str(error)) from None


def _asked(ask: Ask, time: ClockTime, newsroom: Newsroom, words: str) -> Asked:
    if time.at <= newsroom.now:
        raise AskError(f"{voice.clock(time.at)} has passed; it is {voice.clock(newsroom.now)} now.")
    return Asked(
        channel=ask.channel,
        author=ask.author.name,
        due=time.at,
        words=words.strip()[:LONGEST_WORDS],
    )
