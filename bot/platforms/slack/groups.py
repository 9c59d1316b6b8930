"""Slack's user groups: who is in one, looked up only where one was given a role."""

import time
from collections.abc import Callable

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.errors import DeliveryError
from bot.platforms.slack import refusals
from bot.platforms.slack.workspaces import Workspaces

log = structlog.get_logger()

# Who is put into a group, or taken out, is known to be after so many seconds.
KEPT = 60.0
NO_SCOPE = (
    "Teller may not see who is in Slack's user groups: add the scope usergroups:read under “OAuth "
    "& Permissions”, and install the app again."
)


class Groups:
    """Who is in which group, each asked for once a minute. `now` is in seconds, ever forward."""

    def __init__(self, workspaces: Workspaces, now: Callable[[], float] = time.monotonic) -> None:
        self._workspaces = workspaces
        self._now = now
        self._kept: dict[str, tuple[float, frozenset[str]]] = {}
        self._told: set[str] = set()

    async def members(self, group: str) -> frozenset[str]:
        """The ids of who is in a group. Where Slack does not say, nobody is, or who was."""
        at, known = self._kept.get(group, (float("-inf"), frozenset()))
        if self._now() - at < KEPT:
            return known
        try:
            team, within = await self._workspaces.place(group)
            told = await team.client.usergroups_users_list(usergroup=within)
            known = frozenset(team.author(user, "").id for user in told["users"])
        except SlackApiError as error:
            why = refusals.reason(error) or ""
            if refusals.is_final(error):
                known = frozenset()
            if why not in self._told:
                self._told.add(why)
                log.warning("slack.group_unknown", why=NO_SCOPE if why == "missing_scope" else why)
        except (DeliveryError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack.group_unknown", group=group, why=type(error).__name__)
        self._kept[group] = (self._now(), known)
        return known
