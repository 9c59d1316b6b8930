"""response_url: an answer to a command or a press, without the Web API."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.slack.chat import authored, content
from tests.slack.webapi import Call, SlackError, read_arguments, with_faults
from tests.slack.workspace import Json

if TYPE_CHECKING:
    from tests.slack.server import StandInSlack

# “Handling user interaction in your Slack apps”: up to 5 times within 30 minutes.
USES = 5
SECONDS = 30 * 60


@dataclass(kw_only=True)
class ResponseUrl:
    """Where an answer goes, and how often it may still go there."""

    channel: str
    user: str
    at: float
    original: str | None = None
    left: int = USES


def answer(slack: "StandInSlack", to: ResponseUrl, arguments: Json) -> None:
    """Carry out what an app sent to a response_url, or answered a slash command with."""
    call = Call(method="response_url", arguments=arguments)
    channel = slack.channel(to.channel)
    original = next(
        (m for m in (*channel.messages, *channel.ephemerals) if m["ts"] == to.original), None
    )
    if call.flag("delete_original"):
        if original is None:
            raise SlackError("no_original")
        if original in channel.ephemerals:
            channel.ephemerals.remove(original)
        else:
            slack.remove(channel, original)
        return
    given = content(slack, call, longest=40_000)
    if not any(given.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    if call.flag("replace_original") and original is not None:
        original.pop("blocks", None)
        original |= given
        original["edited"] = {"user": slack.bot_user, "ts": slack.ts()}
    elif call.get("response_type", "ephemeral") == "in_channel":
        message = slack.store(channel, authored(slack, given))
        slack.announce(channel, message)
    else:
        ephemeral = {**authored(slack, given), "ts": slack.ts(), "for": to.user}
        channel.ephemerals.append(ephemeral)
        # A command has no message of its own: what was first whispered to it stands for it.
        to.original = to.original or ephemeral["ts"]


async def handle(slack: "StandInSlack", request: web.Request) -> web.StreamResponse:
    """What an app posts to a response_url."""
    arguments = await read_arguments(request)

    async def respond() -> web.Response:
        ident = request.match_info["response"]
        here = next((each for each in slack.workspaces if ident in each.response_urls), slack)
        to = here.response_urls.get(ident)
        if to is None:
            return web.Response(status=404, text="no_service")
        if slack.clock() - to.at > SECONDS:
            return web.Response(status=404, text="expired_url")
        if to.left == 0:
            return web.Response(status=404, text="used_url")
        to.left -= 1
        try:
            answer(here, to, arguments)
        except SlackError as problem:
            return web.Response(status=400, text=problem.body["error"])
        return web.Response(text="ok")

    fault = slack.faults.take("response_url", arguments)
    return await with_faults(request, fault, respond)
