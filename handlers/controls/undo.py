"""What was done at the desk is taken back: at once, or later."""

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Reply
from bot.chat.wishes import behind
from bot.controls import CountDesk
from bot.errors import AskError
from bot.ports import Newsroom
from handlers import voice
from handlers.offers import UNDO
from handlers.one_seat import one_seat


@command("undo", examples=("undo",), control=True)
async def undo(newsroom: Newsroom, count_desk: CountDesk, ask: Ask) -> Reply:
    """Take back the last thing that you did at the desk, within a minute of it."""
    entry = await count_desk.undo(ask)
    undone = next((one for one in await newsroom.journal() if one.id == entry.of), entry)
    names = {contest.id: contest.name for contest in await newsroom.contests()}
    about = names.get(entry.contest_id or "", "")
    return Reply(
        title=f"Undone: {undone.action}{f', {about}' if about else ''}",
        lines=(f"Again as before: {undone.before}." if undone.before else "It is as before.",),
        contest=entry.contest_id,
        value=undone.id,
    )


@command(
    "retract",
    also=("take back", "retracted"),
    examples=("retract result Tamworth", "retract turnout Mid Beds"),
    control=True,
)
async def retract(newsroom: Newsroom, count_desk: CountDesk, ask: Ask) -> Reply:
    """Take back a result or a turnout that was recorded here; channels are told."""
    words = behind(ask.text, "take back", "retracted", "retract")
    contest, rest = await one_seat(newsroom, words, "retract result Tamworth")
    said = rest.casefold()
    if ("turnout" in said) == ("result" in said):
        raise AskError(
            f"What is to be taken back: “retract result {contest.name}” or “retract turnout "
            f"{contest.name}”?"
        )
    what = "turnout" if "turnout" in said else "result"
    before = await _standing(newsroom, contest.id, what)
    await count_desk.retract(ask, contest.id, f"retract {what}", before)
    return Reply(
        title=f"Taken back: {contest.name}, {before}",
        lines=("Every message that carried it is struck or changed.",),
        choices=(UNDO,),
        contest=contest.id,
        value=what,
    )


async def _standing(newsroom: Newsroom, contest_id: str, what: str) -> str:
    """What stands of a contest, in words."""
    contest = next(one for one in await newsroom.contests() if one.id == contest_id)
    if what == "result":
        declared = await newsroom.declaration(contest)
        return what if declared is None else voice.headline(contest, declared.value)
    turnout = await newsroom.turnout(contest)
    shown = None if turnout is None else turnout.value.shown()
    return what if shown is None else f"turnout {voice.per_cent(shown)}"
