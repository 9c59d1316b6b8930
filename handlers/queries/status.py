"""How the night stands: what is still out."""

from collections.abc import Mapping
from datetime import datetime

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Reply, Table
from bot.election.contest import Contest, MilestoneKind
from bot.ports import ChannelOnRecord, EntryState, JournalEntry, Newsroom, SourceHealth
from handlers import then, voice
from handlers.controls.channels import is_seen
from handlers.counts import turnout_of

SHOWN = 5


@command(
    "status",
    also=(
        "still out",
        "still to come",
        "still to declare",
        "left to declare",
        "what left",
        "what is out",
        "waiting for",
        "waiting on",
        "state of play",
        "how is … looking",
        "how are things",
        "who declared",
        "anyone declared",
        "has anyone declared",
        "not declared",
        "seats declared",
        "how many declared",
        "how is … going",
        "how is going",
        "how far",
        "where are we",
        "what stage",
        "progress",
        "state",
        "boxes",
        "counting",
        "verification",
        "verified",
        "recount",
    ),
    examples=("status", "what is still out?", "status Tamworth"),
)
async def status(newsroom: Newsroom, ask: Ask, contest: Contest | None = None) -> Reply:
    """Which seats are still out, how far each count is, and whether sources and channels work."""
    past = None if contest is None else then.past_of(newsroom, contest)
    if past is not None:
        return then.ending(newsroom, past)
    contests = [c for c in await newsroom.contests() if c.is_tonight(newsroom.now)]
    contests = [contest] if contest is not None else contests or list(await newsroom.contests())
    out, rows = [], []
    for one in contests:
        declared = await newsroom.declaration(one)
        if declared is None:
            out.append(one)
        rows.append(
            (
                one.name,
                await _stage(newsroom, one),
                await _next(newsroom, one),
                await _turnout(newsroom, one),
            )
        )
    done = len(contests) - len(out)
    if contest is not None:
        title = f"{contest.name}: {'still out' if out else 'declared'}"
    else:
        title = f"{done} of {len(contests)} declared"
    lines = [f"Still out: {voice.seats(out)}."] if out and contest is None else []
    lines += [_health(source, newsroom) for source in await newsroom.sources()]
    lines += await _results(newsroom)
    stuck = await _suspended(newsroom, ask)
    lines += [
        f"⚠ {one.channel}: {voice.suspended(since, one.trouble)}" for one, since in stuck[:SHOWN]
    ]
    if len(stuck) > SHOWN:
        lines.append(f"And {len(stuck) - SHOWN} more suspended channels.")
    if stuck:
        lines.append(voice.REVIVE_ALL)
    return Reply(
        title=title,
        lines=tuple(lines),
        table=Table(columns=("", "stage", "declaration", "turnout"), rows=tuple(rows)),
        contest=None if contest is None else contest.id,
        value={"declared": done, "out": [c.id for c in out]},
        places=tuple(one.channel for one, _ in stuck[:SHOWN]),
    )


async def _suspended(newsroom: Newsroom, ask: Ask) -> list[tuple[ChannelOnRecord, datetime]]:
    """The channels that take nothing, of those that the asker may see, with since when."""
    return [
        (one, one.suspended_since)
        for one in await newsroom.channels()
        if one.suspended_since is not None and is_seen(one.channel, ask)
    ]


async def _stage(newsroom: Newsroom, contest: Contest) -> str:
    stage = await newsroom.stage(contest)
    if stage is not None:
        return voice.stage(stage.value)
    closed = newsroom.now >= contest.close_of_poll
    return "polls have closed" if closed else f"polls close {voice.clock(contest.close_of_poll)}"


async def _next(newsroom: Newsroom, contest: Contest) -> str:
    declared = await newsroom.declaration(contest)
    if declared is not None:
        return voice.headline(contest, declared.value)
    for one in await newsroom.timetable(contest):
        if one.kind is MilestoneKind.DECLARATION:
            return f"expected {voice.expected(one.time.value)}"
    return "time not known"


async def _turnout(newsroom: Newsroom, contest: Contest) -> str:
    figure = await turnout_of(newsroom, contest)
    shown = None if figure is None else figure.value.shown()
    return "–" if shown is None else f"{shown}%"


def _health(source: SourceHealth, newsroom: Newsroom) -> str:
    name = source.blog.name or source.title or source.blog.url
    again = _again(source.next_read, newsroom.now)
    if source.trouble is not None:
        return _trouble(name, source.trouble, source.trouble_since, again)
    if source.last_read is None:
        return f"{name}: not read yet."
    ago = voice.span(newsroom.now - source.last_read)
    last = "" if source.last_entry is None else f", the last at {voice.clock(source.last_entry)}"
    late = "" if source.lag is None else f" and here {voice.seconds(source.lag)} later"
    how = "" if source.chosen is None else f" as {source.chosen}"
    hub = ", and its hub pushes what is new" if source.pushed else ""
    after = again and f"; again {again}"
    return f"{name}: {voice.entries(source.entries)}{last}{late}; read {ago} ago{how}{hub}{after}."


async def _results(newsroom: Newsroom) -> list[str]:
    """How each results source does, a line each, with its last bulletin."""
    seats = {contest.id: contest.name for contest in await newsroom.contests()}
    lines = []
    for source in await newsroom.results_sources():
        again = _again(source.next_look, newsroom.now)
        known = "nothing yet" if source.last is None else _bulletin(source.last, seats)
        if source.last_look is not None:
            known += f"; looked at {voice.span(newsroom.now - source.last_look)} ago"
        if source.trouble is not None:
            trouble = _trouble(source.name, source.trouble, source.trouble_since, again)
            lines.append(f"{trouble} Until then: {known}.")
        elif source.last_look is None:
            lines.append(f"{source.name}: not looked at yet.")
        else:
            lines.append(f"{source.name}: {known}{again and f'; again {again}'}.")
    return lines


def _bulletin(entry: JournalEntry, seats: Mapping[str, str]) -> str:
    """What a bulletin said, of which seat and when: “Tamworth at 02:47, Labour gain”."""
    seat = seats.get(entry.contest_id or "", "a seat")
    said = entry.after or entry.action
    not_taken = "" if entry.state is EntryState.STANDS else " (not taken)"
    return f"the last of {seat} at {voice.clock(entry.at)}, {said}{not_taken}"


def _trouble(name: str, why: str, since: datetime | None, again: str) -> str:
    """That a source cannot be read, since when, and when it is tried again."""
    began = "" if since is None else f" (since {voice.clock(since)})"
    return f"⚠ {name}{began}: {voice.sentence(why)}{again and f' Read again {again}.'}"


def _again(next_read: datetime | None, now: datetime) -> str:
    """“in 8 seconds”; nothing where it is read no more, or the moment has passed."""
    if next_read is None or next_read <= now:
        return ""
    return f"in {voice.seconds(next_read - now)}"
