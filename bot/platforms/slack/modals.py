"""Forms in Slack: opened by a button or a shortcut, taken at once or, where that is slow, later."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncRespond
from slack_sdk.errors import SlackApiError

from bot.chat.ask import Ask
from bot.chat.form import FormError
from bot.chat.reply import Choice, Reply
from bot.errors import TellerError
from bot.platforms.slack import refusals
from bot.platforms.slack.blocks import FORM, SlackMessage, answer, literal
from bot.platforms.slack.forms import CHANNEL, View, again, faults_at, filled_in, modal, notice
from bot.platforms.slack.forms import told as told_in
from bot.platforms.slack.saying import QUIETLY, Failure, say, tried, why
from bot.platforms.slack.team import FindTeam, Team
from bot.platforms.words import safe
from bot.ports import Desk

log = structlog.get_logger()

# Slack takes an acknowledgement for lost after 3 s, and so does bolt.
PATIENCE = 2.0
# What is sent in the moment of an acknowledgement may be shown before it, and be lost.
SETTLE = 0.5
MAX_NAME = 100
LOOKING = Reply(
    title="Looking …",
    lines=("You may close this window: what comes of it is told all the same.",),
)
NOT_THERE = "Teller is not in that channel: type /invite @Teller there."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What came of a submission: a reply, or a sentence for each field at fault.

    `said` is whether the channel was told.
    """

    reply: Reply | None = None
    said: bool = True
    faults: Mapping[str, str] = field(default_factory=dict)


class Modals:
    """The forms of every workspace.

    `patience` is how many seconds a submission may take before its window says that it is being
    looked at; it must end before Slack's own three seconds. What comes of it is shown `settle`
    seconds after that at the earliest.
    """

    def __init__(
        self, *, desk: Desk, team: FindTeam, patience: float = PATIENCE, settle: float = SETTLE
    ) -> None:
        self._desk = desk
        self._team = team
        self._patience = patience
        self._settle = settle

    def listen(self, app: AsyncApp) -> None:
        """Register with bolt: buttons, shortcuts and submissions called “form:<name>”."""
        app.action(FORM)(self._on_button)
        app.shortcut(FORM)(self._on_shortcut)
        app.view(FORM)(self._on_submission)

    async def _on_button(
        self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, respond: AsyncRespond
    ) -> None:
        await ack()
        action = body["actions"][0]
        await self._open(action["action_id"], action.get("value", ""), body, context, respond)

    async def _on_shortcut(
        self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, respond: AsyncRespond
    ) -> None:
        await ack()
        await self._open(body["callback_id"], "", body, context, respond)

    async def _open(
        self,
        called: str,
        text: str,
        body: dict[str, Any],
        context: AsyncBoltContext,
        respond: AsyncRespond,
    ) -> None:
        """Open a form; or say why there is none, or else answer the question it stands for."""
        team = await self._team(context.team_id)
        channel = (body.get("channel") or {}).get("id")
        ask = _ask(team, text, body["user"], channel or body["user"]["id"])
        made = await self._desk.form(_name(called), ask)
        view = notice(made) if isinstance(made, Reply) else modal(made, ask=text, channel=channel)
        # One window upon another where the button stands in one.
        inside = (body.get("view") or {}).get("type") == "modal"
        put = team.client.views_push if inside else team.client.views_open
        try:
            await put(trigger_id=body["trigger_id"], view=view)
        except Failure as error:
            log.warning("slack.form_not_opened", form=_name(called), why=why(error))
            reply = made if isinstance(made, Reply) else await self._instead(ask)
            if body.get("response_url"):
                shown = answer(reply).payload()
                await respond(response_type="ephemeral", replace_original=False, **QUIETLY, **shown)
            else:
                await say(team.client, body["user"]["id"], answer(reply))

    async def _instead(self, ask: Ask) -> Reply:
        if ask.text:
            return await self._desk.answer(ask)
        return Reply(title="Slack did not open the form. Try again in a moment.", error=True)

    async def _on_submission(
        self, ack: AsyncAck, body: dict[str, Any], view: View, context: AsyncBoltContext
    ) -> None:
        """Take what was filled in; the window waits where that takes longer than Slack waits."""
        work = asyncio.create_task(self._taken(body["user"], view, context.team_id))
        await asyncio.wait({work}, timeout=self._patience)
        if not work.done():
            looking = notice(LOOKING, title=view["title"]["text"])
            await ack(response_action="update", view=looking)
            await asyncio.sleep(self._settle)
            await self._tell_later(await work, view, body["user"], context.team_id)
            return
        outcome = work.result()
        if outcome.reply is None and (errors := faults_at(view, outcome.faults)):
            await ack(response_action="errors", errors=errors)
        elif outcome.reply is None or outcome.reply.error or not outcome.said:
            await ack(response_action="update", view=_shown(outcome, view))
        else:
            # The window, and the one below it from which it was opened.
            await ack(response_action="clear")

    async def _taken(self, user: dict[str, Any], view: View, team_id: str | None) -> _Outcome:
        """Let the desk take it, and post what it says to the channel that it was for."""
        values, channel = filled_in(view)
        if channel is None:
            return _Outcome(faults={CHANNEL: "Choose a channel."})
        try:
            team = await self._team(team_id)
            if fault := await _not_there(team, channel):
                return _Outcome(faults={CHANNEL: fault})
            ask = _ask(team, view.get("private_metadata", ""), user, channel)
            reply = await self._desk.submit(_name(view["callback_id"]), ask, values)
        except FormError as error:
            return _Outcome(faults=error.faults)
        except TellerError as error:
            return _Outcome(faults={"": str(error)})
        except Exception:
            log.exception("slack.form_broke", form=_name(view["callback_id"]))
            sorry = "Something went wrong here, and it is not what you typed. Try again later."
            return _Outcome(faults={"": sorry})
        if not reply.error and not await say(team.client, channel, _set_by(reply, user)):
            unsaid = "It is done, but Slack did not take the message that tells the channel."
            return _Outcome(reply=replace(reply, lines=(*reply.lines, unsaid)), said=False)
        return _Outcome(reply=reply)

    async def _tell_later(
        self, outcome: _Outcome, view: View, user: dict[str, Any], team_id: str | None
    ) -> None:
        """Show what came of it in the window; in a direct message where it was closed."""
        team = await self._team(team_id)

        async def update() -> object:
            return await team.client.views_update(view_id=view["id"], view=_shown(outcome, view))

        if await tried(update, "slack.form_not_updated") is None:
            return
        if outcome.reply is None:
            await say(team.client, user["id"], answer(_not_taken(outcome, view)))
        elif outcome.reply.error or not outcome.said:
            await say(team.client, user["id"], answer(outcome.reply))


def _name(called: str) -> str:
    found = FORM.fullmatch(called)
    return found[1] if found else called


def _ask(team: Team, text: str, user: dict[str, Any], channel: str) -> Ask:
    author = team.author(user["id"], _called(user))
    return Ask(text=text, author=author, channel=team.channel(channel))


def _called(user: dict[str, Any]) -> str:
    return str(user.get("name") or user.get("username") or user["id"])


def _shown(outcome: _Outcome, view: View) -> View:
    """What was done; or the form again with what is wrong, for nothing typed may be lost."""
    reply = outcome.reply
    if reply is None or reply.error:
        return again(view, outcome.faults, reply)
    return notice(reply, title=view["title"]["text"])


def _not_taken(outcome: _Outcome, view: View) -> Reply:
    """What was wrong and what was typed, for one who closed the window before it was told."""
    name = _name(view["callback_id"])
    choice = Choice(label="Open the form again", ask=view["private_metadata"] or name, form=name)
    title = f"“{view['title']['text']}” was not taken"
    return Reply(
        title=title,
        lines=(*outcome.faults.values(), "You typed:", *told_in(view)),
        choices=(choice,),
    )


def _set_by(reply: Reply, user: dict[str, Any]) -> SlackMessage:
    """A reply with who it is owed to, by the plain name: a mention would call them."""
    shown = answer(reply)
    words = literal(f"Set by {safe(_called(user)).strip() or 'somebody'}", MAX_NAME)
    line = {"type": "context", "elements": [words]}
    return SlackMessage(text=shown.text, blocks=[*shown.blocks, line])


async def _not_there(team: Team, channel: str) -> str | None:
    """What keeps Teller from posting in a channel, as a sentence."""
    try:
        info = (await team.client.conversations_info(channel=channel))["channel"]
    except Failure as error:
        if isinstance(error, SlackApiError) and refusals.reason(error) == "channel_not_found":
            return NOT_THERE
        log.warning("slack.channel_unknown", channel=channel, why=why(error))
        return "Slack did not say whether Teller is in that channel. Try again in a moment."
    if info.get("is_archived"):
        return "That channel is archived: choose another one."
    return None if info.get("is_im") or info.get("is_member") else NOT_THERE
