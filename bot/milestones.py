"""How far a count is on its way to what is waited for."""

from bot.election.clock import ClockTime
from bot.election.contest import Contest, MilestoneKind, Stage
from bot.ports import Newsroom

# What has happened needs no reminder: the stage at which waiting for a milestone ends.
_REACHED_BY = {
    MilestoneKind.BOXES: {
        Stage.BOXES_ARRIVED, Stage.COUNTING, Stage.VERIFIED, Stage.RECOUNT, Stage.DECLARED,
    },
    MilestoneKind.TURNOUT: {Stage.DECLARED},
    MilestoneKind.DECLARATION: {Stage.DECLARED},
}  # fmt: skip


async def is_over(newsroom: Newsroom, contest: Contest, kind: MilestoneKind) -> bool:
    """Whether a milestone has come, and needs no reminder any more."""
    stage = await newsroom.stage(contest)
    if stage is not None and stage.value in _REACHED_BY.get(kind, ()):
        return True
    return kind is MilestoneKind.TURNOUT and await newsroom.turnout(contest) is not None


async def has_come(newsroom: Newsroom, contest: Contest, wanted: Stage) -> bool:
    """Whether a count has come to a stage, or cannot come to it any more."""
    stage = await newsroom.stage(contest)
    return stage is not None and (stage.value.reaches(wanted) or stage.value is Stage.DECLARED)


async def expected_at(
    newsroom: Newsroom, contest: Contest, kind: MilestoneKind
) -> ClockTime | None:
    """When a milestone is expected; None where nobody said."""
    times = [one.time.value for one in await newsroom.timetable(contest) if one.kind is kind]
    return times[0] if times else None
