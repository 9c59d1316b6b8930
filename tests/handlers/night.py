"""Facts of the night of 19 October 2023 for the tests of what the bot says, and a desk for them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.app import read_catalogue
from bot.chat.ask import Ask, Author, Channel, Role
from bot.chat.reply import Reply
from bot.chat.roles import NamedRole
from bot.clocks import StoppedClock
from bot.desk import Desk
from bot.election.clock import ClockTime
from bot.election.contest import Contest, MilestoneKind, Stage
from bot.election.figure import Figure, Source, Standing
from bot.election.result import CandidateVotes, Declaration, Outcome, Result
from bot.election.turnout import Turnout
from bot.liveblog.entry import Entry
from bot.ports import Blog, EntryOnRecord, Expected, SourceHealth
from tests.fakes import Facts, FakeBoards, FakeChannels, FakeCountDesk, FakeNewsroom, FakeRoles
from tests.nights.facts import LAB, MID_BEDFORDSHIRE, TAMWORTH, TAMWORTH_VOTES

CATALOGUE = read_catalogue()
BLOG = Source(name="Count night live", url="https://news.example/live")
RECORD = Source(name="House of Commons Library")


def uk(hour: int, minute: int = 0) -> datetime:
    """An instant of the night by UK clocks, from noon to noon."""
    day = 19 if hour >= 12 else 20
    return datetime(2023, 10, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


NOW = uk(0, 45)


def reported(value, at: datetime = NOW, standing: Standing = Standing.REPORTED) -> Figure:
    return Figure(value=value, source=BLOG, at=at, standing=standing)


def expecting(
    contest: Contest, kind: MilestoneKind, at: datetime, *, approximate: bool = True
) -> Expected:
    time = ClockTime(at=at, approximate=approximate)
    return Expected(contest=contest, kind=kind, time=reported(time, uk(0, 14), Standing.ESTIMATED))


def entry(heading: str, at: datetime, *contests: Contest) -> EntryOnRecord:
    return EntryOnRecord(
        entry=Entry(id=heading, published=at, heading=heading),
        source=BLOG,
        contests=frozenset(contest.id for contest in contests),
        version=1,
    )


def counted(contest: Contest, votes: dict[str, int], *, complete: bool = True) -> Result:
    by_name = {c.name: c for c in contest.candidacies}
    return Result(
        contest_id=contest.id,
        votes=tuple(CandidateVotes(candidacy=by_name[n], votes=v) for n, v in votes.items()),
        complete=complete,
    )


FULL = Declaration(
    winner=LAB,
    candidate="Sarah Edwards",
    outcome=Outcome.GAIN,
    result=counted(TAMWORTH, TAMWORTH_VOTES),
)
FIRST_TWO = replace(
    FULL, result=counted(TAMWORTH, dict(list(TAMWORTH_VOTES.items())[:2]), complete=False)
)
RUSH = Declaration(winner=LAB, outcome=Outcome.GAIN)

UNKNOWN = Facts()
KNOWN = Facts(
    turnouts={
        TAMWORTH.id: reported(
            Turnout(
                electorate=71_302,
                ballots=25_000,
                ballots_approximate=True,
                stated=Decimal("35.9"),
            ),
            uk(0, 41),
        ),
    },
    majorities={
        contest.id: Figure(
            value=contest.previous.majority,
            source=RECORD,
            at=datetime(2019, 12, 12, 22, tzinfo=UTC),
            standing=Standing.OFFICIAL,
            day_only=True,
        )
        for contest in (TAMWORTH, MID_BEDFORDSHIRE)
        if contest.previous
    },
    stages={
        TAMWORTH.id: reported(Stage.COUNTING, uk(0, 14)),
        MID_BEDFORDSHIRE.id: reported(Stage.BOXES_ARRIVED, uk(0, 10)),
    },
    expected=(
        expecting(TAMWORTH, MilestoneKind.TURNOUT, uk(0, 30)),
        expecting(TAMWORTH, MilestoneKind.DECLARATION, uk(3)),
        expecting(MID_BEDFORDSHIRE, MilestoneKind.DECLARATION, uk(3, 10)),
    ),
    entries=(
        entry("Low turnout in Tamworth", uk(0, 41), TAMWORTH),
        entry("Lib Dems sound confident", uk(0, 22), MID_BEDFORDSHIRE),
        *(entry(f"Entry {n}", uk(0, n), TAMWORTH, MID_BEDFORDSHIRE) for n in range(1, 8)),
    ),
    sources=(
        SourceHealth(
            blog=Blog(url="https://news.example/live", name="Count night live"),
            title="Live",
            entries=9,
            last_read=uk(0, 43),
            last_entry=uk(0, 41),
            trouble=None,
        ),
    ),
)
DECLARED = replace(KNOWN, declarations={TAMWORTH.id: reported(FULL, uk(3, 16))})


HERE = Channel(platform="slack", id="C1")
ANN = Author(platform="slack", id="U1", name="Ann")
LIVE = "https://news.example/live"
CAT = NamedRole(platform="slack", who="U0123456789", role=Role.DESK)
TITLES = {LIVE: "By-elections live"}


def desk(
    facts: Facts = KNOWN,
    now: datetime = NOW,
    channels: FakeChannels | None = None,
    roles: FakeRoles | None = None,
    boards: FakeBoards | None = None,
) -> Desk:
    given = FakeChannels(titles=TITLES) if channels is None else channels
    return Desk(
        catalogue=CATALOGUE,
        newsroom_at=lambda at: FakeNewsroom(facts, at, given),
        clock=StoppedClock(now),
        channels=given,
        count_desk=FakeCountDesk(),
        boards=FakeBoards() if boards is None else boards,
        roles=FakeRoles(CAT) if roles is None else roles,
    )


def question(text: str, *, author: Author = ANN, channel: Channel = HERE) -> Ask:
    return Ask(text=text, author=author, channel=channel)


async def answer(
    text: str, facts: Facts = KNOWN, now: datetime = NOW, channels: FakeChannels | None = None
) -> Reply:
    return await desk(facts, now, channels).answer(question(text))
