"""Entries of a blog, to be kept, with what they state."""

from datetime import datetime

from bot.chat.ask import Follow
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.election.clock import read_time
from bot.election.contest import Contest, MilestoneKind
from bot.election.figure import Source
from bot.liveblog.claims import Claim, ExpectedClaim
from bot.liveblog.entry import Entry
from bot.memory import Announcement, BlogUpdate, EntryVersion
from bot.ports import Validators
from tests.nights.facts import TAMWORTH
from tests.rooms import BLOG

SOURCE = Source(name="The Example", url="https://news.example/live")


def version(
    id: str,
    published: datetime,
    number: int = 1,
    *,
    heading: str = "A heading",
    claims: tuple[Claim, ...] = (),
    withdrawn: str | None = None,
) -> EntryVersion:
    return EntryVersion(
        entry=Entry(id=id, published=published, heading=heading),
        version=number,
        source=SOURCE,
        withdrawn=withdrawn,
        claims=claims,
        contests=frozenset(claim.contest_id for claim in claims),
    )


def update(at: datetime, *entries: EntryVersion, announce: bool = False) -> BlogUpdate:
    return BlogUpdate(
        blog=BLOG,
        at=at,
        validators=Validators(),
        title="By-elections live",
        entries=entries,
        announcements=tuple(announcement(entry) for entry in entries) if announce else (),
    )


def announcement(kept: EntryVersion) -> Announcement:
    post = Post(
        kind=PostKind.ENTRY,
        heading=kept.entry.heading,
        at=kept.entry.published,
        withdrawn=kept.withdrawn,
    )
    key = DeliveryKey(subject=f"entry:{kept.entry.id}", version=kept.version)
    return Announcement(kind=Follow.ENTRIES, contests=kept.contests, key=key, post=post)


def expected(words: str, contest: Contest = TAMWORTH) -> ExpectedClaim:
    return ExpectedClaim(
        contest_id=contest.id,
        kind=MilestoneKind.DECLARATION,
        time=read_time(words, polling_day=contest.polling_day),
        words=words,
    )
