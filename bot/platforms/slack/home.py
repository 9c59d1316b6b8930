"""The page that everybody has with Teller in Slack: drawn when opened, drawn anew on changes."""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError

from bot.chat.ask import Ask
from bot.errors import DeliveryError
from bot.platforms.slack import refusals
from bot.platforms.slack.forms import View, filled_in, notice
from bot.platforms.slack.modals import LOOKING, PATIENCE
from bot.platforms.slack.page import at_a_glance
from bot.platforms.slack.saying import Failure, why
from bot.platforms.slack.team import FindTeam, Team
from bot.ports import Desk

log = structlog.get_logger()

# A page is drawn at most once in so many seconds; after a failure it rests up to the longest.
PAUSE, LONGEST_PAUSE = 10.0, 300.0
REMEMBERED_FOR = 12 * 3_600.0
REMEMBERED = 1_000
_CHOICE = re.compile(r"choice:\d+")


class _Opened:
    """A page that somebody has opened. Instants are the home's own seconds.

    `due` is when it is to be drawn, None where it shows what is known.
    """

    def __init__(self, team_id: str | None, user: str, channel: str) -> None:
        self.team_id = team_id
        self.user = user
        self.channel = channel
        self.opened = 0.0
        self.drawn = float("-inf")
        self.due: float | None = None
        self.digest: str | None = None
        self.failures = 0
        self.drawing = asyncio.Lock()

    def mark(self, now: float) -> None:
        """It shows no longer what is known."""
        if self.due is None:
            self.due = max(now, self.drawn + PAUSE)


class Home:
    """The pages of every workspace, and the buttons in them.

    `now` and `sleep` are in seconds, of a clock that only goes forward. `patience` is how long an
    answer may take before its window is opened without it.
    """

    def __init__(
        self,
        *,
        desk: Desk,
        team: FindTeam,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        most: int = REMEMBERED,
        patience: float = PATIENCE,
    ) -> None:
        self._desk = desk
        self._team = team
        self._now = now
        self._sleep = sleep
        self._most = most
        self._patience = patience
        self._pages: OrderedDict[tuple[str | None, str], _Opened] = OrderedDict()
        self._held: dict[str | None, float] = {}
        self._news = asyncio.Event()

    def listen(self, app: AsyncApp) -> None:
        """Register with bolt, before whoever takes “choice:<n>” in messages."""
        app.event("app_home_opened")(self._on_opened)
        app.action(_CHOICE, matchers=[_in_a_view])(self._on_choice)

    def changed(self) -> None:
        """What is known has changed: every page is drawn anew in its time."""
        now = self._now()
        for key, page in list(self._pages.items()):
            if now - page.opened > REMEMBERED_FOR:
                del self._pages[key]
            else:
                page.mark(now)
        self._news.set()

    async def run(self) -> None:
        """Draw what is due until cancelled, one page at a time, the one that waits longest first.

        Slack takes about a hundred pages a minute.
        """
        while True:
            self._news.clear()
            page, due = self._next()
            wait = due - self._now()
            if page is None:
                await self._news.wait()
            elif wait > 0:
                await self._rest(wait)
            else:
                await self._draw(page)

    def _next(self) -> tuple[_Opened | None, float]:
        """The page that is due first, and when."""
        waiting = [
            (max(page.due, self._held.get(page.team_id, page.due)), page)
            for page in self._pages.values()
            if page.due is not None
        ]
        if not waiting:
            return None, 0.0
        due, page = min(waiting, key=lambda one: one[0])
        return page, due

    async def _rest(self, seconds: float) -> None:
        """Until so much time has passed, or something has changed."""
        ends = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(self._heard())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    async def _heard(self) -> None:
        await self._news.wait()

    async def _on_opened(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab", "home") != "home":
            return
        page = self._remembered(context.team_id, event["user"], event.get("channel"))
        page.opened = self._now()
        if "view" not in event:
            # Slack has no page for them, whatever was published before.
            page.digest = None
        if page.digest is None or page.opened - page.drawn >= PAUSE:
            await self._draw(page, anew=True)
        else:
            page.mark(page.opened)
            self._news.set()

    def _remembered(self, team_id: str | None, user: str, channel: str | None) -> _Opened:
        key = (team_id, user)
        page = self._pages.setdefault(key, _Opened(team_id, user, channel or user))
        page.channel = channel or page.channel
        self._pages.move_to_end(key)
        if len(self._pages) > self._most:
            self._pages.popitem(last=False)
        return page

    async def _draw(self, page: _Opened, *, anew: bool = False) -> None:
        """Publish a page unless it is the one that stands; where that fails, it is due again."""
        async with page.drawing:
            page.due, page.drawn = None, self._now()
            if anew:
                page.digest = None
            try:
                await self._publish(page)
            except DeliveryError as error:
                # Teller is not in that workspace any more.
                log.warning("slack.home_left", team=page.team_id, why=str(error))
                self._pages.pop((page.team_id, page.user), None)
            except Exception as error:
                self._later(page, error)
            else:
                page.failures = 0

    async def _publish(self, page: _Opened) -> None:
        team = await self._team(page.team_id)
        ask = _ask(team, "", page.user, page.user, page.channel)
        shown = at_a_glance(await self._desk.home(ask))
        if shown.digest != page.digest:
            await team.client.views_publish(user_id=page.user, view=shown.view())
            page.digest = shown.digest

    def _later(self, page: _Opened, error: Exception) -> None:
        log.warning("slack.home_not_drawn", user=page.user, why=why(error))
        now = self._now()
        wait = refusals.wait(error) if isinstance(error, SlackApiError) else None
        if wait is not None:
            # The limit is the workspace's: the others would only meet it too.
            self._held[page.team_id] = now + wait
        pause = min(PAUSE * 2**page.failures, LONGEST_PAUSE)
        page.failures += 1
        page.due = now + max(pause, wait or 0.0)
        self._news.set()

    async def _on_choice(
        self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext
    ) -> None:
        """Answer the question behind a button in a window, for a page has no place for it."""
        await ack()
        user, view = body["user"], body["view"]
        team = await self._team(context.team_id)
        page = self._pages.get((context.team_id, user["id"]))
        channel = _chosen(view) or (page.channel if page else user["id"])
        ask = _ask(
            team, body["actions"][0]["value"], user["id"], user.get("name") or user["id"], channel
        )
        work = asyncio.ensure_future(self._desk.answer(ask))
        await asyncio.wait({work}, timeout=self._patience)
        try:
            first = work.result() if work.done() else LOOKING
            shown = await _put(team, view, body["trigger_id"], notice(first))
            if first is LOOKING:
                await team.client.views_update(view_id=shown, view=notice(await work))
        except Failure as error:
            log.warning("slack.not_answered", user=user["id"], why=why(error))


async def _in_a_view(body: dict[str, Any]) -> bool:
    return body.get("view") is not None


async def _put(team: Team, below: View, trigger: str, view: View) -> str:
    """Open a window, upon another where the button stands in one; its id."""
    client = team.client
    put = client.views_push if below["type"] == "modal" else client.views_open
    try:
        opened = await put(trigger_id=trigger, view=view)
    except SlackApiError as error:
        if refusals.reason(error) != "push_limit_reached":
            raise
        opened = await client.views_update(view_id=below["id"], view=view)
    return str(opened["view"]["id"])


def _chosen(view: View) -> str | None:
    """The channel that is chosen in a form."""
    return filled_in(view)[1] if view["type"] == "modal" else None


def _ask(team: Team, text: str, user: str, name: str, channel: str) -> Ask:
    return Ask(text=text, author=team.author(user, name), channel=team.channel(channel))
