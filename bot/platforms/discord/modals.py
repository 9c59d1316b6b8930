"""Forms in Discord: opened by a button or a slash command, taken at once or, where slow, later."""

import asyncio
from dataclasses import dataclass, field, replace

import discord
import structlog

from bot.chat.ask import Ask
from bot.chat.form import Form, FormError, Values
from bot.chat.reply import Choice, Reply
from bot.errors import TellerError
from bot.platforms.discord.answering import PATIENCE, Failure, ask_of, give
from bot.platforms.discord.embeds import DiscordMessage
from bot.platforms.discord.embeds import answer as shown_answer
from bot.platforms.discord.forms import filled_in, modal, name_in, taken, told, told_in
from bot.platforms.discord.saying import with_embeds
from bot.ports import Desk

log = structlog.get_logger()

# A form has to be the first answer of all, within 3 s.
OPENING = 2.0
NOT_OPENED = Reply(title="Discord did not open the form. Try again in a moment.", error=True)
TOO_SLOW = Reply(title="The form took too long to make. Try again in a moment.", error=True)
BROKE = "Something went wrong here, and it is not what you typed. Try again later."


@dataclass(slots=True)
class _Submission:
    """What was filled in, and with which form, once that is known."""

    name: str
    filled: Values
    form: Form | None = field(default=None)


class Modals:
    """The forms. Nothing is kept of them: what was typed and not taken stands in the answer to it.

    `patience` is how many seconds a submission may take before Discord is told that its answer
    comes, `opening` how many a form may take to be made.
    """

    def __init__(self, *, desk: Desk, patience: float = PATIENCE, opening: float = OPENING) -> None:
        self._desk = desk
        self._patience = patience
        self._opening = opening

    async def open(self, interaction: discord.Interaction, name: str, ask: Ask) -> None:
        """Open a form, with what was typed where the button to it stands under that.

        Where there is none, it is said why, or else the question that it stands for answered.
        """
        work = asyncio.ensure_future(self._desk.form(name, ask))
        await asyncio.wait({work}, timeout=self._opening)
        if not work.done():
            work.cancel()
            log.warning("discord.form_not_opened", form=name, why="too slow")
            await self._sorry(interaction, TOO_SLOW)
            return
        made = work.result()
        if isinstance(made, Reply):
            await self._sorry(interaction, made)
            return
        try:
            await interaction.response.send_modal(modal(made, told_in(interaction.message, made)))
        except Failure as error:
            log.warning("discord.form_not_opened", form=name, why=type(error).__name__)
            if ask.text and ask.text != name:
                await give(interaction, self._desk.answer(ask), shown_answer)
            else:
                await self._sorry(interaction, NOT_OPENED)

    async def on_submission(self, interaction: discord.Interaction) -> None:
        """Take what was filled in, for the channel that it was filled in in."""
        data = dict(interaction.data or {})
        submission = _Submission(name_in(str(data.get("custom_id", ""))), filled_in(data))

        def shown(reply: Reply) -> DiscordMessage:
            if not reply.error or submission.form is None:
                return shown_answer(reply)
            return with_embeds(shown_answer(reply), told(submission.form, submission.filled))

        await give(
            interaction, self._taken(interaction, submission), shown, patience=self._patience
        )

    async def _taken(self, interaction: discord.Interaction, submission: _Submission) -> Reply:
        """What the desk says to it; in what went wrong there is a button to try again."""
        name = submission.name
        ask = ask_of(interaction, name)
        try:
            made = await self._desk.form(name, ask)
            if isinstance(made, Reply):
                return replace(made, error=True)
            submission.form = made
            reply = await self._desk.submit(name, ask, taken(made, submission.filled))
        except FormError as error:
            return _not_taken(submission, tuple(error.faults.values()))
        except TellerError as error:
            return _not_taken(submission, (str(error),))
        except Exception:
            log.exception("discord.form_broke", form=name)
            return _not_taken(submission, (BROKE,))
        if reply.error:
            again = _again(name)
            return replace(reply, choices=(*reply.choices, again))
        # Under a slash command Discord names who typed it, but not under a form.
        return replace(reply, lines=(*reply.lines, f"Set by {ask.author.name}."))

    async def _sorry(self, interaction: discord.Interaction, reply: Reply) -> None:
        async def ready() -> Reply:
            return replace(reply, error=True)

        await give(interaction, ready(), shown_answer)


def offers(reply: Reply, name: str) -> bool:
    """Whether a reply offers the form of a command that was given no words."""
    return reply.error and any(choice.form == name for choice in reply.choices)


def _again(name: str) -> Choice:
    return Choice(label="Open the form again", ask=name, form=name)


def _not_taken(submission: _Submission, why: tuple[str, ...]) -> Reply:
    title = submission.form.title if submission.form is not None else submission.name
    return Reply(
        title=f"“{title}” was not taken",
        lines=why,
        choices=(_again(submission.name),),
        error=True,
        command=submission.name,
    )
