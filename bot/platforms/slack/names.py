"""What people in Slack are called: its events say their ids alone."""

import time
from collections import OrderedDict
from collections.abc import Callable

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.errors import DeliveryError
from bot.platforms.slack import refusals
from bot.platforms.slack.workspaces import Workspaces

log = structlog.get_logger()

# Whoever changes their name is called by it after so many seconds.
KEPT = 3600.0
REMEMBERED = 1_000
NO_SCOPE = (
    "Teller may not see what people in Slack are called, and names them by their ids: add the "
    "scope users:read under “OAuth & Permissions”, and install the app again."
)


class Names:
    """What people are called, each asked for once an hour. `now` is in seconds, ever forward.

    Source: https://docs.slack.dev/reference/methods/users.info.
    """

    def __init__(self, workspaces: Workspaces, now: Callable[[], float] = time.monotonic) -> None:
        self._workspaces = workspaces
        self._now = now
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._told = False

    async def of(self, person: str) -> str:
        """What somebody is called, by the id that they have here; empty where Slack does not say.

        A moment's trouble is not remembered.
        """
        at, known = self._kept.get(person, (float("-inf"), ""))
        if self._now() - at < KEPT:
            return known
        try:
            team, within = await self._workspaces.place(person)
            told = await team.client.users_info(user=within)
            user = told["user"]
            profile = user.get("profile") or {}
            known = str(profile.get("display_name") or user.get("real_name") or user.get("name"))
        except SlackApiError as error:
            why = refusals.reason(error)
            if why != "missing_scope" or not self._told:
                log.warning("slack.name_unknown", why=NO_SCOPE if why == "missing_scope" else why)
            self._told = self._told or why == "missing_scope"
            if not refusals.is_final(error):
                return known
        except (DeliveryError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack.name_unknown", why=type(error).__name__)
            return known
        self._kept[person] = (self._now(), known)
        if len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)
        return known
