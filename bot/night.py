"""The night file: TOML to contests, blogs and channels; every fault told at once, with its line."""

import tomllib
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.chat.ask import Channel, Follow, Following
from bot.chat.manner import LONGEST, SHORTEST, Manner
from bot.chat.quiet import read_quiet
from bot.election.clock import UK, ClockTime, read_time, to_utc
from bot.election.contest import (
    Candidacy,
    Contest,
    MilestoneKind,
    Party,
    PreviousResult,
    name_from_slug,
    read_ballot_id,
)
from bot.election.figure import Figure, Source, Standing
from bot.election.names import resolve
from bot.errors import AskError, SettingsError, TimeUnclearError
from bot.memory import PlannedContest
from bot.ports import Blog
from bot.toml_lines import Fault, tell

FORMATS = Literal[
    "auto",
    "jsonld",
    "microdata",
    "rss",
    "atom",
    "jsonfeed",
    "guardian",
    "sourcefabric",
    "wordpress",
    "transcript",
]
PLATFORMS = Literal["slack", "discord", "terminal"]
DEFAULT_REMIND = (60, 15, 0)
# Far enough from the ends of the calendar that every day around the night exists.
EARLIEST, LATEST = date(1832, 1, 1), date(2200, 1, 1)
_ESTIMATED = (MilestoneKind.BOXES, MilestoneKind.TURNOUT, MilestoneKind.DECLARATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night file says."""

    name: str
    polling_day: date
    contests: tuple[PlannedContest, ...]
    blogs: tuple[Blog, ...] = ()
    following: tuple[Following, ...] = ()


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


_Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]


class _NightTable(_Table):
    name: str = Field(min_length=1, max_length=200)
    polling_day: _Day


class _Candidate(_Table):
    name: str = Field(min_length=1)
    party: str = Field(min_length=1)
    short: str | None = None
    ec_id: str | None = None
    person_id: str | None = None


class _Previous(_Table):
    polling_day: _Day
    winner: str
    majority: int = Field(ge=0)
    turnout: float | None = Field(default=None, ge=0, le=100)
    shares: dict[str, Annotated[float, Field(ge=0, le=100)]] = {}
    source: str = "the night file"


class _ContestTable(_Table):
    id: str
    name: str | None = None
    democracy_club: str | None = None
    aliases: tuple[str, ...] = Field(default=(), strict=False)
    venue: str | None = None
    electorate: int | None = Field(default=None, gt=0)
    holder: str | None = None
    former_member: str | None = None
    boxes: str | None = None
    turnout: str | None = None
    declaration: str | None = None
    remind: tuple[Annotated[int, Field(ge=0, le=24 * 60)], ...] = Field(
        default=DEFAULT_REMIND, strict=False
    )
    candidate: tuple[_Candidate, ...] = Field(default=(), strict=False)
    previous: _Previous | None = None


class _BlogTable(_Table):
    url: str = Field(pattern=r"^https?://\S+$")
    format: FORMATS = "auto"
    poll: float = Field(default=10.0, ge=1, le=3600, strict=False)
    name: str | None = None


class _ChannelTable(_Table):
    on: PLATFORMS
    id: str = Field(min_length=1)
    follows: tuple[Annotated[Follow, Field(strict=False)], ...] = Field(
        default=(Follow.ENTRIES, Follow.REMINDERS, Follow.DECLARATIONS), strict=False
    )
    only: tuple[str, ...] = Field(default=(), strict=False)
    key: bool = False
    headlines: bool = False
    general: bool = False
    pictures: bool = True
    every: int | None = Field(default=None, ge=SHORTEST, le=LONGEST)
    quiet: str | None = None

    @property
    def manner(self) -> Manner:
        """The way in which entries come: each key is a field of it."""
        return Manner(**{field.name: getattr(self, field.name) for field in fields(Manner)})


class _File(_Table):
    night: _NightTable
    contest: tuple[_ContestTable, ...] = Field(strict=False)
    blog: tuple[_BlogTable, ...] = Field(default=(), strict=False)
    channel: tuple[_ChannelTable, ...] = Field(default=(), strict=False)


def load_night(path: Path) -> Night:
    """The night that a file describes. Raises `SettingsError`, one line a fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"The night file {path} cannot be read: {why}.") from None
    return read_night(text, str(path))


def read_night(text: str, name: str = "night.toml") -> Night:
    """The night that TOML text describes. Raises `SettingsError`, one line a fault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The night file {name} is not TOML: {error}.") from None
    except (ValueError, RecursionError):
        why = "a number is too long, or brackets stand in one another without end"
        raise SettingsError(f"The night file {name} cannot be read: {why}.") from None
    faults = _meaning(document)
    try:
        file = _File.model_validate(document)
    except ValidationError as error:
        faults += [Fault(tuple(f["loc"]), _sentence(f)) for f in error.errors()]
    if not faults:
        night = _night(file, faults)
    if faults:
        told = tell(text, faults)
        raise SettingsError(f"The night file {name} is not right:\n{told}")
    return night


def _meaning(document: dict[str, Any]) -> list[Fault]:
    """Faults of meaning: ids, days, times, things that stand twice.

    Looked for in the raw document, so that a wrong key elsewhere does not hide them.
    """
    faults: list[Fault] = []
    if document.get("contest") == []:
        faults.append(Fault(("contest",), "there is no [[contest]]"))
    night = document.get("night")
    polling_day = night.get("polling_day") if isinstance(night, dict) else None
    if type(polling_day) is not date or not EARLIEST <= polling_day <= LATEST:
        polling_day = None
    for table, key in (("contest", "id"), ("blog", "url"), ("blog", "name"), ("channel", "id")):
        faults += _twice(document, table, key)
    for i, channel in enumerate(_tables(document, "channel")):
        if isinstance(channel.get("quiet"), str):
            try:
                read_quiet(channel["quiet"])
            except AskError as error:
                faults.append(Fault(("channel", i, "quiet"), str(error)))
    for i, contest in enumerate(_tables(document, "contest")):
        if isinstance(contest.get("id"), str):
            try:
                _, day = read_ballot_id(contest["id"])
            except ValueError as error:
                faults.append(Fault(("contest", i, "id"), str(error)))
            else:
                if polling_day is not None and day != polling_day:
                    wrong_day = f"its day is {day}, but the night's is {polling_day}"
                    faults.append(Fault(("contest", i, "id"), wrong_day))
        if isinstance(contest.get("democracy_club"), str):
            try:
                read_ballot_id(contest["democracy_club"])
            except ValueError as error:
                faults.append(Fault(("contest", i, "democracy_club"), str(error)))
        for kind in _ESTIMATED:
            words = contest.get(kind.value)
            if isinstance(words, str) and polling_day is not None:
                try:
                    read_time(words, polling_day=polling_day)
                except TimeUnclearError as error:
                    faults.append(Fault(("contest", i, kind.value), str(error)))
    return faults


def _twice(document: dict[str, Any], table: str, key: str) -> list[Fault]:
    seen: dict[Any, int] = {}
    faults = []
    for i, one in enumerate(_tables(document, table)):
        mark = (str(one.get("on")), one[key]) if isinstance(one.get(key), str) else i
        if mark in seen:
            sentence = f"“{one[key]}” stands twice; it is [[{table}]] number {seen[mark] + 1} too"
            faults.append(Fault((table, i, key), sentence))
        seen.setdefault(mark, i)
    return faults


def _tables(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    tables = document.get(name)
    return [t if isinstance(t, dict) else {} for t in tables] if isinstance(tables, list) else []


def _sentence(fault: Any) -> str:  # noqa: ANN401 - pydantic's own dict
    key = fault["loc"][-1]
    if fault["type"] == "extra_forbidden":
        return f"“{key}” is not a key that is known here"
    if fault["type"] == "missing":
        return f"“{key}” is missing"
    if fault["type"] == "string_pattern_mismatch":
        return f"{key}: it has to begin with http:// or https://"
    if fault["type"] in ("model_type", "model_attributes_type"):
        return f"{fault['loc'][0]}: it has to be a table"
    if fault["type"] == "tuple_type" and len(fault["loc"]) == 1:
        return f"{key}: it has to be [[{key}]] tables"
    return f"{key}: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def _night(file: _File, faults: list[Fault]) -> Night:
    contests = [_contest(table, file.night.polling_day) for table in file.contest]
    return Night(
        name=file.night.name,
        polling_day=file.night.polling_day,
        contests=tuple(contests),
        blogs=tuple(Blog(url=b.url, format=b.format, poll=b.poll, name=b.name) for b in file.blog),
        following=_following(file, [planned.contest for planned in contests], faults),
    )


def _contest(table: _ContestTable, polling_day: date) -> PlannedContest:
    slug, _ = read_ballot_id(table.id)
    parties = {c.party: c for c in table.candidate} | {c.short: c for c in table.candidate}
    contest = Contest(
        id=table.id,
        name=table.name or name_from_slug(slug),
        polling_day=polling_day,
        venue=table.venue,
        electorate=table.electorate,
        holder=None if table.holder is None else _party(table.holder, parties),
        former_member=table.former_member,
        candidacies=tuple(
            Candidacy(
                name=c.name,
                party=Party(name=c.party, short=c.short or c.party, ec_id=c.ec_id),
                person_id=c.person_id,
            )
            for c in table.candidate
        ),
        previous=None
        if table.previous is None
        else PreviousResult(
            polling_day=table.previous.polling_day,
            winner=_party(table.previous.winner, parties),
            majority=table.previous.majority,
            shares={
                _party(said, parties).short: share / 100
                for said, share in table.previous.shares.items()
            },
            turnout_percent=table.previous.turnout,
            source=table.previous.source,
        ),
        aliases=table.aliases,
    )
    source = Source(name="the night's timetable")
    start = to_utc(datetime.combine(polling_day, time(0), UK))
    expected = [(MilestoneKind.POLLS_CLOSE, ClockTime(at=contest.close_of_poll, words="22:00"))]
    for kind in _ESTIMATED:
        words = getattr(table, kind.value)
        if words is not None:
            expected.append((kind, read_time(words, polling_day=polling_day)))
    return PlannedContest(
        contest=contest,
        expected=tuple(
            (
                kind,
                Figure(value=at, source=source, at=start, standing=Standing.ESTIMATED),
            )
            for kind, at in expected
        ),
        remind=table.remind,
        democracy_club=table.democracy_club,
    )


def _party(said: str, parties: dict[str | None, _Candidate]) -> Party:
    """The party of a candidate by its short form or its name; else one that does not stand."""
    known = parties.get(said)
    if known is None:
        return Party(name=said, short=said)
    return Party(name=known.party, short=known.short or known.party, ec_id=known.ec_id)


def _following(file: _File, contests: list[Contest], faults: list[Fault]) -> tuple[Following, ...]:
    following = []
    for i, table in enumerate(file.channel):
        channel = Channel(platform=table.on, id=table.id)
        only = set()
        for n, words in enumerate(table.only):
            match = resolve(words, contests)
            if match.certain and len(match.contests) == 1:
                only.add(match.contests[0].id)
                continue
            near = " or ".join(f"“{c.name}”" for c in match.contests)
            hint = f"; did you mean {near}?" if near else ""
            faults.append(
                Fault(("channel", i, "only", n), f"no contest here is called “{words}”{hint}")
            )
        if Follow.ENTRIES not in table.follows:
            faults += [
                Fault(
                    ("channel", i, field.name),
                    f"{field.name} is about entries, and this channel does not follow them",
                )
                for field in fields(Manner)
                if getattr(table, field.name) != field.default
            ]
        following.append(
            Following(
                channel=channel,
                follows=frozenset(table.follows),
                only=frozenset(only),
                manner=table.manner,
                quiet=None if table.quiet is None else read_quiet(table.quiet),
            )
        )
    return tuple(following)
