"""Reminders that wait for a count to come so far, and for no time."""

from bot.chat.ask import Ask
from bot.chat.reply import Choice, Reply
from bot.chat.seats import seats_in
from bot.chat.waits import Wait, left_over, waits
from bot.controls import Asked
from bot.election.contest import Contest, Stage
from bot.errors import AskError
from bot.ports import WHEN_IT_COMES, Newsroom
from handlers import voice

MOST_CHOICES = 10
_HOW = (
    "Say what to wait for: “when Tamworth declares”, “is verified”, “goes to a recount”, “begins "
    "to count” or “has its ballot boxes”; or a time, such as “at 01:30”."
)


async def when(
    newsroom: Newsroom, ask: Ask, words: str, *, whom: str, longest: int
) -> Asked | Reply:
    """A reminder for when a seat comes to a stage of its count.

    A reply where it has come already (then nothing is to be kept), or where it must be asked which
    seat is meant. Raises `AskError` for words that are not understood.
    """
    tonight = [c for c in await newsroom.contests() if c.is_tonight(newsroom.now)]
    unclear: AskError | None = None
    for wait in waits(words):
        seats, rest = seats_in(wait.where, tonight)
        if rest := left_over(wait.stage, rest):
            unclear = unclear or AskError(
                f"I do not know what “{rest[:60]}” is. {_followed(tonight)}"
            )
            continue
        if len(seats or tonight) != 1:
            if not tonight:
                raise AskError(_followed(tonight))
            return _which(seats or tonight, wait, whom)
        contest = (seats or tonight)[0]
        if reply := await _come_already(newsroom, contest, wait.stage):
            return reply
        return Asked(
            channel=ask.channel,
            author=ask.author.name,
            due=WHEN_IT_COMES,
            words=wait.words[:longest],
            contest_id=contest.id,
            stage=wait.stage,
        )
    raise unclear or AskError(_HOW)


async def _come_already(newsroom: Newsroom, contest: Contest, wanted: Stage) -> Reply | None:
    """How far a count has come, where there is nothing left to wait for."""
    declared = await newsroom.declaration(contest)
    if declared is not None:
        return Reply(
            title=f"{contest.name}: {voice.headline(contest, declared.value)}",
            lines=(
                *voice.declared(contest, declared.value),
                "It has declared already, so no reminder is kept.",
            ),
            origin=voice.origin(declared),
            contest=contest.id,
        )
    stage = await newsroom.stage(contest)
    if stage is None or not stage.value.reaches(wanted):
        return None
    return Reply(
        title=f"{contest.name}: {voice.stage(stage.value)}",
        lines=("That has come already, so no reminder is kept.",),
        origin=voice.origin(stage),
        contest=contest.id,
    )


def _which(seats: list[Contest], wait: Wait, whom: str) -> Reply:
    to_do = f" to {wait.words}" if wait.words else ""
    return Reply(
        title="Which seat?",
        choices=tuple(
            Choice(
                label=one.name,
                ask=f"remind {whom} when {voice.comes_to(one.name, wait.stage)}{to_do}",
            )
            for one in seats[:MOST_CHOICES]
        ),
        error=True,
    )


def _followed(tonight: list[Contest]) -> str:
    return f"Tonight I follow {voice.seats(tonight)}." if tonight else "No seat votes tonight."
