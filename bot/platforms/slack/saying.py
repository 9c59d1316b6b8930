"""Calls whose failure is nobody's business but the log's: tried again where Slack asks to wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack import refusals
from bot.platforms.slack.blocks import SlackMessage

log = structlog.get_logger()

TRIES = 3
QUIETLY: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
Failure = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)


async def say(client: AsyncWebClient, channel: str, shown: SlackMessage) -> bool:
    """Post a message to a channel, or to the direct messages of a person; whether Slack took it.

    One that may have been posted is not posted again.
    """
    payload = shown.payload()

    async def post() -> object:
        return await client.chat_postMessage(channel=channel, **QUIETLY, **payload)

    refusal = await tried(post, "slack.not_said")
    if refusal in refusals.INVALID_BLOCKS:
        payload["blocks"] = []
        refusal = await tried(post, "slack.not_said")
    return refusal is None


async def tried(call: Callable[[], Awaitable[object]], event: str) -> str | None:
    """Call Slack, again after as long as it asks to wait; why it did not do it, if it did not."""
    refusal: str | None = None
    for _ in range(TRIES):
        try:
            await call()
        except Failure as error:
            refusal = why(error)
            log.warning(event, why=refusal)
            wait = refusals.wait(error) if isinstance(error, SlackApiError) else None
            if wait is None:
                break
            await asyncio.sleep(wait)
        else:
            return None
    return refusal


def why(error: BaseException) -> str:
    """Slack's own word for a failure, or its kind."""
    return refusals.reason(error) if isinstance(error, SlackApiError) else type(error).__name__
