"""An answer's picture, as a file below it."""

from bot.chat.reply import Reply
from bot.platforms.slack.saying import tried
from bot.platforms.slack.team import Team
from bot.platforms.words import cut

MAX_TITLE = 200


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
            filename="chart.png",
            title=cut(reply.title, MAX_TITLE),
            alt_txt=picture.alt,
        )

    await tried(upload, "slack.no_picture")
