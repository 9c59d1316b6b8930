"""The newest entries."""

from bot.chat.command import command
from bot.chat.reply import Origin, Reply
from bot.election.contest import Contest
from bot.election.figure import Standing
from bot.ports import Newsroom
from handlers import then, voice

SHOWN = 5


@command(
    "latest",
    also=(
        "news",
        "what is new",
        "developments",
        "any word",
        "anything new",
        "anything from",
        "update",
        "updates",
        "what happened",
        "what is happening",
        "what is going on",
    ),
    examples=("latest", "latest Tamworth", "what's new in Mid Beds?"),
)
async def latest(newsroom: Newsroom, contest: Contest | None = None) -> Reply:
    """The newest entries of the blogs that are followed, of all seats or of one."""
    entries = await newsroom.latest(SHOWN, contest)
    past = None if contest is None else then.past_of(newsroom, contest)
    if past is not None and not entries:
        return then.ending(newsroom, past)
    where = "" if contest is None else f" on {contest.name}"
    if not entries:
        return Reply(title=f"Nothing{where} yet", contest=None if contest is None else contest.id)
    newest = entries[0]
    return Reply(
        title=f"Latest{where}",
        lines=tuple(f"{voice.clock(e.entry.published)}  {e.entry.heading}" for e in entries),
        origin=Origin(source=newest.source, at=newest.entry.published, standing=Standing.REPORTED),
        contest=None if contest is None else contest.id,
        value=[e.entry.heading for e in entries],
    )
