"""Figures go in: a turnout, a result, how far the count has come, or where it is."""

import re

from bot.chat.ask import Ask
from bot.chat.command import command, dialog
from bot.chat.form import Field, FieldKind, Form, FormError, Option, Values
from bot.chat.reply import Choice, Reply
from bot.chat.wishes import behind
from bot.controls import CountDesk, Deed
from bot.election.clock import read_time
from bot.election.contest import Contest, Stage
from bot.election.figure import Standing
from bot.errors import AskError, TimeUnclearError
from bot.liveblog.statements import StageClaim, VenueClaim
from bot.ports import Newsroom
from handlers import voice
from handlers.offers import UNDO
from handlers.one_seat import one_seat
from handlers.recorded import LONGEST_WORDS, take_result, take_turnout

_WHAT = re.compile(
    r"\b(?P<what>turnout|results?|recount|verified|verification|declared|venue)\b", re.IGNORECASE
)
_VENUE, LONGEST_VENUE, _AROUND = "record venue Tamworth: The Rawlett School", 120, " ,;.–-"
_STAGES = {
    "recount": Stage.RECOUNT,
    "verified": Stage.VERIFIED,
    "verification": Stage.VERIFIED,
    "declared": Stage.DECLARED,
}


@command(
    "record",
    # “Record result High Peak” is no record high.
    also=(
        *("record result", "record turnout", "record declared"),
        *("correct turnout", "correct result"),
    ),
    examples=(
        "record turnout Tamworth 25,630 of 71,302",
        "record result Tamworth Lab 11,719 Con 10,403 RUK 1,373 …",
        "record result Tamworth Lab 10,403 Con 10,403 RUK 1,373 … lot Lab",
        "record recount Mid Beds",
        "record declared Tamworth at 00:30",
        "record venue Tamworth: The Rawlett School",
    ),
    control=True,
)
async def record(newsroom: Newsroom, count_desk: CountDesk, ask: Ask) -> Reply:
    """Put in a turnout, a result or a stage of the count; what does not add up is asked about."""
    words = behind(ask.text, "record", "correct")
    found = _WHAT.search(words)
    if found is None:
        return Reply(
            title="What is it: a turnout, a result, verified, a recount, declared, or the venue?",
            lines=("For example: record turnout Tamworth 25,630 of 71,302.",),
            choices=(Choice(label="Record a result …", ask="record", form="record"),),
            error=True,
        )
    what = found["what"].casefold()
    if what == "venue":
        return await _venue(newsroom, count_desk, ask, words[found.end() :])
    rest = f"{words[: found.start()]} {words[found.end() :]}"
    contest, figures = await one_seat(newsroom, rest, "record turnout Tamworth 25,630")
    if newsroom.now < contest.close_of_poll:
        raise AskError(
            f"Polls close at {voice.clock(contest.close_of_poll)}; nothing is counted before."
        )
    if what == "turnout":
        return await take_turnout(newsroom, count_desk, ask, contest, figures)
    if what.startswith("result"):
        return await take_result(newsroom, count_desk, ask, contest, figures)
    return await _stage(newsroom, count_desk, ask, contest, _STAGES[what], figures)


async def _stage(
    newsroom: Newsroom,
    count_desk: CountDesk,
    ask: Ask,
    contest: Contest,
    stage: Stage,
    words: str,
) -> Reply:
    said_at = None
    at = " ".join(words.casefold().split()).strip(" :,;–-.").removeprefix("at ")
    if at:
        try:
            time = read_time(at, polling_day=contest.polling_day)
        except TimeUnclearError as error:
            raise AskError(str(error)) from None
        if time.at > newsroom.now:
            raise AskError(
                f"{voice.clock(time.at)} is still to come; it is {voice.clock(newsroom.now)} now."
            )
        said_at = time.at
    before = await newsroom.stage(contest)
    after = voice.stage(stage)
    deed = Deed(
        action=f"record {stage.value}",
        contest_id=contest.id,
        claims=(StageClaim(contest_id=contest.id, stage=stage, words=ask.text[:LONGEST_WORDS]),),
        standing=Standing.PROVISIONAL,
        before=None if before is None else voice.stage(before.value),
        after=after,
        said_at=said_at,
    )
    await count_desk.take(ask, deed)
    lines: tuple[str, ...] = ()
    if stage is Stage.DECLARED:
        lines = (f"“record result {contest.name} …” puts in the figures.",)
    return Reply(
        title=f"Recorded: {contest.name}, {after}"
        + (f" at {voice.clock(said_at)}" if said_at is not None else ""),
        lines=lines,
        choices=(UNDO,),
        contest=contest.id,
        value=stage.value,
    )


async def _venue(newsroom: Newsroom, count_desk: CountDesk, ask: Ask, words: str) -> Reply:
    """Where a seat counts; behind a colon the name of a place may hold the seat's own."""
    seat, colon, place = words.partition(":")
    contest, rest = await one_seat(newsroom, seat if colon else words, _VENUE)
    if colon and rest.strip(_AROUND):
        raise AskError(f"“{rest.strip()[:60]}” is no seat's name. Write it like “{_VENUE}”.")
    venue = " ".join((place if colon else rest).split()).strip(_AROUND)
    venue = re.sub(r"\A(?:at|is|is at) ", "", venue, flags=re.IGNORECASE)
    if not any(letter.isalpha() for letter in venue):
        raise AskError(f"Where is it? Write it like “{_VENUE}”.")
    if len(venue) > LONGEST_VENUE:
        raise AskError(f"That is too long for a place: at most {LONGEST_VENUE} characters.")
    deed = Deed(
        action="record venue",
        contest_id=contest.id,
        claims=(VenueClaim(contest_id=contest.id, venue=venue, words=ask.text[:LONGEST_WORDS]),),
        standing=Standing.PROVISIONAL,
        before=contest.venue,
        after=venue,
    )
    await count_desk.take(ask, deed)
    was = () if contest.venue in (None, venue) else (f"It was {contest.venue}.",)
    return Reply(
        title=f"Recorded: {contest.name} counts at {venue}",
        lines=(*was, "Reminders before the declaration say so."),
        choices=(UNDO,),
        contest=contest.id,
        value=venue,
    )


async def _form(newsroom: Newsroom) -> Form:
    tonight = [c for c in await newsroom.contests() if c.is_tonight(newsroom.now)]
    if not tonight:
        raise AskError("No seat votes tonight, so there is nothing to record.")
    return Form(
        name="record",
        title="Record figures",
        fields=(
            Field(
                name="seat",
                label="Seat",
                kind=FieldKind.ONE_OF,
                options=tuple(Option(label=c.name, value=c.name) for c in tonight[:100]),
            ),
            Field(
                name="what",
                label="What",
                kind=FieldKind.ONE_OF,
                options=(
                    Option(label="Result", value="result"),
                    Option(label="Turnout", value="turnout"),
                    Option(label="Verified", value="verified"),
                    Option(label="A recount", value="recount"),
                    Option(label="Declared, figures to follow", value="declared"),
                    Option(label="Venue", value="venue"),
                ),
                given=("result",),
            ),
            Field(
                name="figures",
                label="Figures",
                kind=FieldKind.TEXT,
                required=False,
                hint="Each candidate or party with their votes; a turnout, 25,630 of 71,302; "
                "when it was declared; or where the count is.",
                example="Lab 11,719\nCon 10,403\nRUK 1,373",
                longest=1_500,
            ),
        ),
        submit="Check",
    )


async def _submit(newsroom: Newsroom, count_desk: CountDesk, ask: Ask, values: Values) -> Reply:
    given = {name: next(iter(values.get(name, ())), "") for name in ("seat", "what", "figures")}
    if given["what"] in ("result", "turnout", "venue") and not given["figures"].strip():
        raise FormError({"figures": "This is what is to be recorded: it cannot be left empty."})
    colon = ":" if given["what"] == "venue" else ""
    text = f"record {given['what']} {given['seat']}{colon} {given['figures']}"
    asked = Ask(text=text, author=ask.author, channel=ask.channel, beside=ask.beside)
    try:
        return await record.run(newsroom, count_desk=count_desk, ask=asked)
    except AskError as error:
        raise FormError({"figures": str(error)}) from None


RECORD = dialog("record", build=_form, submit=_submit)
