"""What happens on a night and is told to channels by itself; `handlers/alerts` words each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.chat.ask import Channel
from bot.chat.post import Post
from bot.election.clock import ClockTime
from bot.election.contest import Contest, MilestoneKind, Stage
from bot.election.doubts import Doubt
from bot.election.figure import Figure, Source
from bot.election.result import Declaration
from bot.election.turnout import Turnout
from bot.liveblog.checks.slip import Slip
from bot.liveblog.entry import Entry
from bot.record.ranking import Broken


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPosted:
    """An entry of a blog as it stands now: new, edited (`edited` says when) or withdrawn (why)."""

    entry: Entry
    source: Source
    contests: tuple[Contest, ...] = ()
    edited: datetime | None = None
    withdrawn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What is otherwise by now than a reminder told of a contest.

    The milestone is `expected` at another time (None: nobody says one any more), or it is `over`:
    it has come, with the `declaration` where one is known.
    """

    contest: Contest
    expected: ClockTime | None = None
    over: bool = False
    declaration: Figure[Declaration] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneDue:
    """A reminder: `minutes` before the milestone, 0 at it, negative when it is overdue.

    One reminder speaks of every contest that waits for the same at the same time. `meanwhile` is
    what is otherwise since it went out, `changed` when its message last was.
    """

    contests: tuple[Contest, ...]
    kind: MilestoneKind
    expected: ClockTime
    minutes: int
    due: datetime
    late: timedelta | None = None
    meanwhile: tuple[Meanwhile, ...] = ()
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateMoved:
    """A milestone is expected at another time than before (`before` None: none was known)."""

    contest: Contest
    kind: MilestoneKind
    expected: ClockTime
    before: ClockTime | None
    source: Source
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSuggested:
    """Somebody else (`source`) says another time than the desk, whose word `stands`.

    `settled` says that the desk has chosen since, or nobody says it any more; with `declared` the
    seat has declared, and there is nothing to choose.
    """

    contest: Contest
    kind: MilestoneKind
    suggested: ClockTime
    stands: ClockTime
    source: Source | None
    at: datetime
    settled: bool = False
    declared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A result is known; a later version corrects it, `withdrawn` takes it back.

    `before` is what was told until then, `turnout` what is known of it. Of so many seats (`of`) so
    many are `declared`, and this one is expected `next`. `broken` are the records that it breaks.
    """

    contest: Contest
    declaration: Figure[Declaration]
    corrected: datetime | None = None
    withdrawn: str | None = None
    before: Declaration | None = None
    turnout: Figure[Turnout] | None = None
    declared: int = 0
    of: int = 0
    next: "SeatTonight | None" = None
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruled:
    """What was told of a seat was wrong in its winner or its majority: `now` is right.

    `now` is None where the result was taken back, and none is known; `again` says that it had been.
    """

    contest: Contest
    before: Declaration
    now: Figure[Declaration] | None
    at: datetime
    source: Source
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """A reminder that somebody (`author`, by name) asked for: of `words`, or of a milestone.

    It comes `minutes` before what is `expected`; `over` says that there is nothing to wait for
    any more. `due` is when it was to come, UTC. One that waited for a stage of the count (`wanted`)
    says how far it has come (`stage`), and the `declaration` where there is one. Where that is
    otherwise since, `changed` says when its message last was, and `told` when the milestone was
    expected as it went out.
    """

    author: str
    due: datetime
    words: str = ""
    contest: Contest | None = None
    kind: MilestoneKind | None = None
    expected: ClockTime | None = None
    wanted: Stage | None = None
    stage: Figure[Stage] | None = None
    declaration: Figure[Declaration] | None = None
    over: bool = False
    late: timedelta | None = None
    told: datetime | None = None
    changed: datetime | None = None


class Waited(StrEnum):
    """Why posts come as one message."""

    # The channel could not be reached; it wants one message in so many minutes; it was quiet there.
    OUT_OF_REACH = "round-up"
    GATHERED = "entries"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Posts that a channel did not get for a while, in their order, as they stand now.

    One message says them all, and `why`; `at` is when it is worded, `corrected` when it was worded
    anew, for one of them has changed since.
    """

    posts: tuple[Post, ...]
    at: datetime
    corrected: datetime | None = None
    why: Waited = Waited.OUT_OF_REACH


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSuspended:
    """A channel takes nothing until somebody does something about it; what waits is kept."""

    channel: Channel
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSetAside:
    """A post that a channel will never get: its platform takes it in no form."""

    channel: Channel
    post: Post
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What an entry of a blog (`source`) says that is known to be otherwise.

    `slips` are empty, and `cleared` says why, where a later version of the entry has none any more.
    """

    entry: Entry
    source: Source
    slips: tuple[Slip, ...]
    contests: tuple[Contest, ...] = ()
    edited: datetime | None = None
    cleared: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinDoubted:
    """What a results source says of a contest, in words, and what speaks against it.

    It was `taken` all the same, or waits under the `number` of a journal entry for somebody to
    insist; None where nothing in it could be taken.
    """

    contest: Contest
    source: Source
    said: str
    doubts: tuple[Doubt, ...]
    at: datetime
    taken: bool
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesDiffer:
    """What two sources say of one result; `used` is the name of the source that is quoted.

    With `agree` they differed, and do not any more.
    """

    contest: Contest
    statements: tuple[Figure[Declaration], ...]
    used: str
    at: datetime
    agree: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNoted:
    """Something that the desk has to know of a results source, in sentences."""

    name: str
    heading: str
    sentences: tuple[str, ...]
    at: datetime
    contest: Contest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOut:
    """A blog, by its `name`, cannot be read for a while; `why` as a sentence."""

    name: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBack:
    """It can be read again; it could not `since`."""

    name: str
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEnded:
    """It is gone for good, and not looked at any more."""

    name: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAlternates:
    """An entry of a blog, by its `heading`, goes back and forth between two texts."""

    name: str
    heading: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTonight:
    """How a seat stands at a moment; None is what is not known. `expected` is its declaration."""

    contest: Contest
    stage: Stage | None = None
    expected: ClockTime | None = None
    declaration: Figure[Declaration] | None = None
    turnout: Figure[Turnout] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardDrawn:
    """The board of a channel as it stands `at` an instant; `changed` is when it last did.

    With `ended` it is not drawn any more, from that instant on: for it was stopped, or for another
    one stands further down (`below`).
    """

    seats: tuple[SeatTonight, ...]
    at: datetime
    changed: datetime | None = None
    ended: datetime | None = None
    below: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NightMoved:
    """What has changed on the night `since` an instant: seats as they stood then, and stand now."""

    changes: tuple[tuple[SeatTonight, SeatTonight], ...]
    seats: tuple[SeatTonight, ...]
    since: datetime
    at: datetime


Event = (
    EntryPosted
    | MilestoneDue
    | EstimateMoved
    | TimeSuggested
    | Declared
    | Overruled
    | AskedFor
    | Missed
    | ChannelSuspended
    | PostSetAside
    | Checked
    | BulletinDoubted
    | SourcesDiffer
    | SourceNoted
    | SourceOut
    | SourceBack
    | SourceEnded
    | SourceAlternates
    | BoardDrawn
    | NightMoved
)
