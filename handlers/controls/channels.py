"""Where posts go, and how delivery goes."""

from bot.chat.ask import Ask, Channel
from bot.chat.command import command
from bot.chat.reply import Choice, Reply
from bot.ports import ChannelOnRecord, Newsroom
from handlers import voice
from handlers.controls.following import lines_of

SHOWN = 20
_EVERYWHERE = {"terminal", "shell"}
NEXT = (
    Choice(label="Follow a live blog …", ask="follow", form="follow"),
    Choice(label="Set a reminder …", ask="remind", form="remind"),
    Choice(label="Latest entries", ask="latest"),
    Choice(label="Help", ask="help"),
)


@command(
    "channels",
    also=("which channels", "where do posts go", "deliveries"),
    examples=("channels", "where do posts go?"),
)
async def channels(newsroom: Newsroom, ask: Ask) -> Reply:
    """Where posts go, what each channel gets, and how delivery to it goes."""
    seen = [c for c in await newsroom.channels() if is_seen(c.channel, ask)]
    served = [c for c in seen if c.gets_anything or c.listens or c.waiting or c.suspended_since]
    contests = await newsroom.contests()
    lines = []
    for one in served[:SHOWN]:
        gets = "; ".join(lines_of(one, contests)) or "nothing by itself"
        lines.append(f"{one.channel}: {gets}{_delivery(one, newsroom)}")
    if len(served) > SHOWN:
        lines.append(f"And {len(served) - SHOWN} more.")
    if any(one.suspended_since for one in served):
        lines.append(voice.REVIVE_ALL)
    title = f"{voice.count(len(served), 'channel')} served" if served else "No channel is served"
    return Reply(
        title=title,
        lines=tuple(lines),
        choices=NEXT,
        value=[str(one.channel) for one in served],
        places=tuple(one.channel for one in served[:SHOWN]),
    )


def is_seen(channel: Channel, ask: Ask) -> bool:
    """A workspace or server sees its own channels; whoever sits at the machine sees them all."""
    here = ask.channel
    if here.platform in _EVERYWHERE:
        return True
    if channel.platform != here.platform:
        return False
    if ask.beside is not None:
        return channel.id in ask.beside
    return channel.id.rpartition("/")[0] == here.id.rpartition("/")[0]


def _delivery(one: ChannelOnRecord, newsroom: Newsroom) -> str:
    said = "; listens" if one.listens else ""
    if one.last_sent is not None:
        said += f"; last post {voice.span(newsroom.now - one.last_sent)} ago"
    if one.waiting and one.waiting_since is not None:
        since = voice.clock(one.waiting_since)
        said += f"; ⚠ {voice.count(one.waiting, 'message')} waiting since {since}"
        if one.trouble is not None and one.suspended_since is None:
            said += f" ({one.trouble[:120]})"
    if one.suspended_since is not None:
        return f"{said}; ⚠ {voice.suspended(one.suspended_since, one.trouble)}"
    return said + "."
