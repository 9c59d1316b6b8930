"""Teller as an app that workspaces install, and a browser to install it with."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet

from bot.platforms.slack.connection import EVENTS_PATH
from bot.platforms.slack.installed import Told
from bot.platforms.slack.installed import kept as kept_on
from bot.platforms.slack.opening import open_installed
from bot.platforms.slack.platform import SlackPlatform
from bot.ports import Answer
from bot.store.slack_installations import SlackInstallations
from tests.platforms.slack.connected import SECRET, Mode, answering, free_port, heard
from tests.platforms.slack.fake_desk import Answering
from tests.slack.server import StandInSlack

PUBLIC = "https://teller.example"
COOKIE = "slack-app-oauth-state"
KEY, OTHER_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
# Slack's client still builds its Basic header in a way that aiohttp is about to give up.
BASIC_AUTH = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a browser was shown."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What of it can be read."""
        return unescape(re.sub(r"<title>.*?</title>|<[^>]*>", "", self.text)).strip()


@dataclass(kw_only=True)
class Browser:
    """Somebody who installs. Its https address is this machine's http."""

    port: int
    session: aiohttp.ClientSession
    cookie: str = ""

    async def get(self, url: str, *, cookie: str | None = None) -> Page:
        """A page of Teller's own, or of Slack's."""
        ours = url.startswith(PUBLIC)
        here = f"http://127.0.0.1:{self.port}{url.removeprefix(PUBLIC)}" if ours else url
        sent = self.cookie if cookie is None else cookie
        headers = {"Cookie": f"{COOKIE}={sent}"} if sent else {}
        async with self.session.get(here, headers=headers, allow_redirects=False) as answer:
            if COOKIE in answer.cookies:
                self.cookie = answer.cookies[COOKIE].value
            return Page(
                status=answer.status, text=await answer.text(), headers=dict(answer.headers)
            )

    async def allow(self, team: str = "") -> str:
        """Go as far as Slack's own page and say yes; the address that Slack sends back to."""
        begun = await self.get(f"{PUBLIC}/slack/install" + (f"?team={team}" if team else ""))
        assert begun.status == 200
        (link,) = re.findall(r'href="([^"]+)"', begun.text)
        sent_back = await self.get(unescape(link))
        return sent_back.headers["Location"]

    async def install(self, team: str = "") -> Page:
        """All the way; the last page."""
        return await self.get(await self.allow(team))


def state_of(url: str) -> str:
    """The state in an address that Slack sends back to."""
    (state,) = parse_qs(urlsplit(url).query)["state"]
    return state


@asynccontextmanager
async def installable(
    slack: StandInSlack,
    database_url: str,
    mode: Mode = "socket",
    *,
    keys: Sequence[str] = (KEY,),
    answer: Answer | None = None,
    removed: Told = kept_on,
    returned: Told = kept_on,
) -> AsyncIterator[tuple[SlackPlatform, Browser]]:
    """Teller as `teller run` opens it; answering, if there is an answer."""
    port = free_port()
    kept = SlackInstallations(database_url, slack.client_id)
    await kept.open()
    try:
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            open_installed(
                client_id=slack.client_id,
                client_secret=slack.client_secret,
                token_keys=keys,
                public_url=PUBLIC,
                kept=kept.installations,
                states=kept.states,
                app_token=slack.app_token if mode == "socket" else None,
                signing_secret=SECRET if mode == "http" else None,
                api_url=slack.api_url,
                host="127.0.0.1",
                port=port,
                removed=removed,
                returned=returned,
            ) as platform,
        ):
            browser = Browser(port=port, session=session)
            if answer is None:
                yield platform, browser
                return
            if mode == "http":
                slack.deliver_to(f"http://127.0.0.1:{port}{EVENTS_PATH}", SECRET)
            async with answering(platform, Answering(answer)):
                await heard(slack, mode)
                yield platform, browser
                for workspace in slack.workspaces:
                    await workspace.settled()
    finally:
        await kept.close()
