"""Pictures in Slack: an answer's as a file below it, a post's as a file that the post shows."""

import asyncio
from contextlib import suppress
from functools import partial
from hashlib import sha256

import structlog

from bot.chat.chart import Picture
from bot.chat.reply import Reply
from bot.platforms.shared import Shared
from bot.platforms.slack.saying import tried, why
from bot.platforms.slack.team import Team
from bot.platforms.words import cut

log = structlog.get_logger()

FILE, MAX_TITLE = "chart.png", 200
# A post waits so long for its picture at most; what the courier gives it is for the post itself.
UPLOAD_SECONDS = 3.0
# So many uploads are known, of all workspaces.
KEPT = 256


async def show_picture(team: Team, reply: Reply, channel: str, thread: str | None) -> None:
    """Put the picture of an answer, where it has one, into a channel or one of its threads.

    The answer's words stand already: where Slack takes no file, they are all there is.
    """
    picture = reply.picture
    if picture is None or reply.error:
        return

    async def upload() -> object:
        return await team.client.files_upload_v2(
            channel=channel,
            thread_ts=thread,
            content=picture.png,
            filename=FILE,
            title=cut(reply.title, MAX_TITLE),
            alt_txt=picture.alt,
        )

    await tried(upload, "slack.no_picture")


class Uploads:
    """Pictures as files of Slack's, each uploaded once to a workspace, and shared nowhere.

    A file without a channel is nobody's but Teller's, until a message shows it:
    https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object.
    """

    def __init__(self) -> None:
        self._files = Shared[tuple[str | None, bytes], str | None](KEPT)

    async def of(self, team: Team, picture: Picture) -> str | None:
        """What a workspace knows a picture by; None where it does not take it, or not in time.

        What it did not take it is not asked to take again: every channel would wait for that.
        """
        # By its digest, so that what is known of an upload does not keep the picture in memory.
        key = team.id, sha256(picture.png).digest()
        with suppress(TimeoutError):
            async with asyncio.timeout(UPLOAD_SECONDS):
                return await self._files.of(key, partial(_upload, team, picture))
        return None


async def _upload(team: Team, picture: Picture) -> str | None:
    try:
        taken = await team.client.files_upload_v2(
            content=picture.png,
            filename=FILE,
            title=cut(picture.alt, MAX_TITLE),
            alt_txt=picture.alt,
        )
        return str(taken["file"]["id"])
    except Exception as error:
        # Whatever is wrong with it, the news goes out.
        log.warning("slack.not_uploaded", why=why(error))
        return None
