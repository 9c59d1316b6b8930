"""A milestone is expected at another time, says somebody at the desk."""

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Reply
from bot.chat.wishes import behind, milestone, minutes, without_milestone
from bot.controls import CountDesk, Deed
from bot.election.clock import ClockTime, read_time
from bot.election.contest import Contest, MilestoneKind
from bot.election.figure import Standing
from bot.errors import AskError, TimeUnclearError
from bot.liveblog.statements import ExpectedClaim
from bot.ports import Expected, Newsroom
from handlers import voice
from handlers.offers import UNDO
from handlers.one_seat import one_seat
from handlers.recorded import LONGEST_WORDS


@command(
    "estimate",
    also=("estimated",),
    examples=("estimate Tamworth 2.30am", "estimate Mid Beds between 3 and 4"),
    control=True,
)
async def estimate(newsroom: Newsroom, count_desk: CountDesk, ask: Ask) -> Reply:
    """Say when a declaration, or another milestone, is expected; reminders move with it."""
    words = behind(ask.text, "estimated", "estimate")
    contest, kind, said = await _read(newsroom, words, "estimate Tamworth 2.30am")
    try:
        time = read_time(said, polling_day=contest.polling_day, said_at=newsroom.now)
    except TimeUnclearError as error:
        raise AskError(str(error)) from None
    return await _move(newsroom, count_desk, ask, contest, kind, time, "estimate")


@command(
    "delay",
    also=("delayed",),
    examples=("delay Mid Beds 45m", "delay Tamworth by 20 minutes"),
    control=True,
)
async def delay(newsroom: Newsroom, count_desk: CountDesk, ask: Ask) -> Reply:
    """Put off what is expected by so many minutes; reminders move with it."""
    words = behind(ask.text, "delayed", "delay")
    contest, kind, said = await _read(newsroom, words, "delay Mid Beds 45m")
    span = minutes(said.removeprefix("by ").removeprefix("for "))
    if not span:
        raise AskError(f"“{said[:60]}” is no length of time. Write it like “delay Mid Beds 45m”.")
    now = await _expected(newsroom, contest, kind)
    if now is None:
        raise AskError(
            f"Nobody has said when to expect {contest.name}: {voice.milestone(kind)}. Say it with "
            f"“estimate {contest.name} 03:00”."
        )
    return await _move(newsroom, count_desk, ask, contest, kind, now.later(span), "delay")


@command("ignore", examples=("ignore Tamworth", "ignore Mid Beds turnout"), control=True)
async def ignore(newsroom: Newsroom, count_desk: CountDesk, ask: Ask) -> Reply:
    """Keep the desk's time where somebody else has said another since."""
    contest, kind, _ = await _read(newsroom, behind(ask.text, "ignore"), "ignore Tamworth")
    what = voice.milestone(kind)
    expected = await _standing(newsroom, contest, kind)
    if expected is None or expected.suggested is None:
        return Reply(
            title=f"Nobody says another time than the desk for {contest.name}: {what}",
            contest=contest.id,
        )
    time, other = expected.time.value, expected.suggested
    said = f"{what} {voice.expected(other.value)}"
    claim = ExpectedClaim(
        contest_id=contest.id, kind=kind, time=time, words=ask.text[:LONGEST_WORDS]
    )
    # The desk says its own again, later than who said another.
    deed = Deed(
        action="ignore",
        contest_id=contest.id,
        claims=(claim,),
        standing=Standing.ESTIMATED,
        before=f"{other.source.name}: {said}",
        after=f"{what} {voice.expected(time)}",
    )
    await count_desk.take(ask, deed)
    return Reply(
        title=f"{contest.name}: {what} is still expected {voice.expected(time)}",
        lines=(f"What {other.source.name} says ({voice.expected(other.value)}) is left aside.",),
        choices=(UNDO,),
        contest=contest.id,
        value=time.at.isoformat(),
    )


async def _read(newsroom: Newsroom, words: str, example: str) -> tuple[Contest, MilestoneKind, str]:
    """The seat and the milestone that words name, and what they say of its time."""
    contest, rest = await one_seat(newsroom, without_milestone(words), example)
    return contest, milestone(words), " ".join(rest.casefold().split()).strip(" :,;–-")


async def _standing(newsroom: Newsroom, contest: Contest, kind: MilestoneKind) -> Expected | None:
    timetable = await newsroom.timetable(contest)
    return next((one for one in timetable if one.kind is kind), None)


async def _expected(newsroom: Newsroom, contest: Contest, kind: MilestoneKind) -> ClockTime | None:
    standing = await _standing(newsroom, contest, kind)
    return None if standing is None else standing.time.value


async def _move(
    newsroom: Newsroom,
    count_desk: CountDesk,
    ask: Ask,
    contest: Contest,
    kind: MilestoneKind,
    time: ClockTime,
    action: str,
) -> Reply:
    if (time.until or time.at) <= newsroom.now:
        raise AskError(
            f"{voice.clock(time.until or time.at)} has passed; it is {voice.clock(newsroom.now)} "
            "now. Say when it is expected from now on."
        )
    if await newsroom.declaration(contest) is not None:
        raise AskError(f"{contest.name} has declared; nothing is waited for there.")
    before = await _expected(newsroom, contest, kind)
    what = voice.milestone(kind)
    claim = ExpectedClaim(
        contest_id=contest.id, kind=kind, time=time, words=ask.text[:LONGEST_WORDS]
    )
    deed = Deed(
        action=action,
        contest_id=contest.id,
        claims=(claim,),
        standing=Standing.ESTIMATED,
        before=None if before is None else f"{what} {voice.expected(before)}",
        after=f"{what} {voice.expected(time)}",
    )
    entry = await count_desk.take(ask, deed)
    was = "" if before is None else f"It was expected {voice.expected(before)}. "
    return Reply(
        title=f"{contest.name}: {what} now expected {voice.expected(time)}",
        lines=(f"{was}Reminders have moved, and channels are told.",),
        choices=(UNDO,),
        contest=contest.id,
        value=time.at.isoformat(),
        details={"number": entry.id},
    )
