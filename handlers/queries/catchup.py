"""What somebody has missed."""

import re
from datetime import datetime, timedelta
from typing import Any

from bot.chat import wishes
from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.comparing import read_comparison
from bot.chat.manner import first_words
from bot.chat.reply import Origin, Reply
from bot.election.clock import night_of, read_time
from bot.election.contest import Contest
from bot.election.figure import Figure, Standing
from bot.errors import AskError, TimeUnclearError
from bot.liveblog.entry import Entry
from bot.ports import EntryOnRecord, Newsroom
from handlers import voice
from handlers.chosen import chosen

USUAL = timedelta(hours=1)
SHOWN, READ = 20, 500
_AT_LEAST = "at least "
_SINCE = re.compile(r"\b(?:since\b|(?:from|after)(?= \d))(?P<time>.*)$", re.IGNORECASE)
_LAST = re.compile(
    r"\b(?:(?:for|in|over) )?(?:the )?(?:last|past) (?P<span>(?:\w+(?: |$)){1,4})$", re.IGNORECASE
)
_POLITE = re.compile(r"(?:[ ,?.!]|\b(?:please|pls|thanks|thank you)\b)+$", re.IGNORECASE)
_COMMAND = re.compile(
    r"\b(?:catch ?-?(?:me )?up|what (?:did|have) (?:i|we) miss(?:ed)?|on|in|the|me|please)\b|\?",
    re.IGNORECASE,
)


@command(
    "catchup",
    also=(
        "catch up",
        "catch me up",
        "what missed",
        "what did i miss",
        "what have i missed",
        "what did we miss",
    ),
    examples=("catchup since 00:15", "catch me up on Tamworth", "catch up on the last 30 minutes"),
)
async def catchup(newsroom: Newsroom, ask: Ask, what: str = "") -> Reply:
    """What you missed in the last hour, or since a time; only you see it."""
    words, since = _since(ask.text, newsroom.now)
    contest = await _contest(newsroom, words)
    if isinstance(contest, Reply):
        return contest
    entries = [
        one
        for one in await newsroom.latest(READ, contest)
        if since <= one.entry.published <= newsroom.now
    ]
    facts, figures = await _facts(newsroom, contest, since)
    where = "" if contest is None else f" on {contest.name}"
    title = f"Since {voice.clock(since)}{where}"
    contest_id = None if contest is None else contest.id
    if not entries and not facts:
        return Reply(title=f"{title}: nothing new", contest=contest_id, private=True)
    return Reply(
        title=f"{title}: {_AT_LEAST if len(entries) == READ else ''}{voice.entries(len(entries))}",
        lines=(*facts, *_headings(entries)),
        origin=_origin(entries, figures),
        contest=contest_id,
        value=[one.entry.heading for one in entries],
        details={"since": since.isoformat()},
        private=True,
    )


def _since(text: str, now: datetime) -> tuple[str, datetime]:
    """The words without their time, and the time. Raises `AskError` for one that is none."""
    text = _POLITE.sub("", text)
    if found := _SINCE.search(text):
        said = found["time"].strip()
        try:
            since = read_time(said, polling_day=night_of(now)).at
        except TimeUnclearError as error:
            raise AskError(str(error)) from error
        if since > now:
            raise AskError(f"{voice.clock(since)} is still to come; it is {voice.clock(now)} now.")
        return text[: found.start()], since
    if found := _LAST.search(text):
        span = found["span"].strip()
        minutes = 60 if span.casefold() == "hour" else wishes.minutes(span)
        if minutes is None:
            raise AskError(f"“{span[:40]}” is no length of time; say “the last 30 minutes”.")
        return text[: found.start()], now - timedelta(minutes=minutes)
    return text, now - USUAL


async def _contest(newsroom: Newsroom, words: str) -> Contest | Reply | None:
    asked = read_comparison(_COMMAND.sub(" ", words), await newsroom.names()).seats
    if not asked:
        return None
    return await chosen(newsroom, asked[0], asked[:1], "catch up on")


async def _facts(
    newsroom: Newsroom, contest: Contest | None, since: datetime
) -> tuple[list[str], list[Figure[Any]]]:
    """Declarations, turnouts and times that became known since, tonight's alone, said and known."""
    lines: list[str] = []
    figures: list[Figure[Any]] = []
    for one in await newsroom.contests() if contest is None else [contest]:
        if not one.is_tonight(newsroom.now):
            continue
        declared = await newsroom.declaration(one)
        if declared is not None:
            if _is_new(declared, since):
                said = voice.headline(one, declared.value)
                lines.append(f"{one.name}: {said} ({declared.standing.value})")
                figures.append(declared)
            continue
        turnout = await newsroom.turnout(one)
        shown = None if turnout is None else turnout.value.shown()
        if turnout is not None and shown is not None and _is_new(turnout, since):
            lines.append(f"{one.name}: turnout {shown}% ({turnout.standing.value})")
            figures.append(turnout)
        for expected in await newsroom.timetable(one):
            if _is_new(expected.time, since):
                when = voice.expected(expected.time.value)
                lines.append(f"{one.name}: {voice.milestone(expected.kind)} expected {when}")
                figures.append(expected.time)
    return lines, figures


def _is_new(figure: Figure[Any], since: datetime) -> bool:
    return not figure.day_only and figure.at >= since


def _headings(entries: list[EntryOnRecord]) -> list[str]:
    """The newest, oldest first: they are read as a story."""
    lines = [f"{voice.clock(e.entry.published)}  {_said(e.entry)}" for e in entries[:SHOWN]][::-1]
    left_out = len(entries) - SHOWN
    if left_out <= 0:
        return lines
    first = "" if len(entries) == READ else f"first {voice.number(left_out)}"
    return [f"The {first or 'earlier ones'} are left out.", *lines]


def _said(entry: Entry) -> str:
    """Its heading, else its first words, else that it is a picture."""
    return entry.heading.strip() or first_words(entry.text) or "Picture"


def _origin(entries: list[EntryOnRecord], figures: list[Figure[Any]]) -> Origin:
    """The newest of what is told."""
    if entries:
        newest = entries[0]
        return Origin(source=newest.source, at=newest.entry.published, standing=Standing.REPORTED)
    return voice.origin(max(figures, key=lambda figure: figure.at))
