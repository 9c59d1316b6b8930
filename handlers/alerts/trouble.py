"""What the newsdesk itself has to know: a channel that takes nothing, a post that was refused."""

from bot.chat.command import alert
from bot.chat.events import ChannelSuspended, PostSetAside
from bot.chat.post import Post, PostKind
from bot.liveblog.markup import Block, BlockKind, Span
from handlers import voice


@alert(ChannelSuspended)
def suspended(event: ChannelSuspended) -> Post:
    """Which channel, why, and how it goes on."""
    return Post(
        kind=PostKind.NOTICE,
        heading=f"{event.channel} is suspended: nothing is posted there",
        at=event.at,
        body=voice.paragraphs(
            voice.sentence(event.why),
            "What waits for it is kept, and nothing is lost. Put the reason right, then let it go "
            "on with:",
            voice.reviving(event.channel),
        ),
    )


@alert(PostSetAside)
def set_aside(event: PostSetAside) -> Post:
    """Which post a channel will never get, and why."""
    post = event.post
    url = None if post.source is None else post.source.url
    words = " ".join(post.heading.split()) or "a post without a heading"
    which = (Span(text="It is “"), Span(text=words, link=url), Span(text="”."))
    return Post(
        kind=PostKind.NOTICE,
        heading=f"{event.channel} did not get a post of {voice.clock(post.at)}",
        at=event.at,
        body=(
            Block(kind=BlockKind.PARAGRAPH, spans=which),
            *voice.paragraphs(
                voice.sentence(event.why),
                "It is not tried again; what comes after it is posted as usual. If it matters, "
                "post it by hand.",
            ),
        ),
        contests=post.contests,
    )
