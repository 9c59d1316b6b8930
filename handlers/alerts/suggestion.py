"""Somebody else says another time than the desk: it chooses."""

from bot.chat.command import alert
from bot.chat.events import TimeSuggested
from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice
from bot.election.clock import say
from handlers import voice


@alert(TimeSuggested)
def suggested(event: TimeSuggested) -> Post:
    """The other time beside the desk's own, to use or to ignore; or that this is settled."""
    seat, what = event.contest.name, voice.milestone(event.kind)
    stands = f"The desk's time is {voice.expected(event.stands)}."
    open_still = f"{stands} Reminders go by that until somebody here chooses."
    choices = (
        Choice(label="Use", ask=f"estimate {seat} {what} {say(event.suggested)}"),
        Choice(label="Ignore", ask=f"ignore {seat} {what}"),
    )
    who = "It" if event.source is None else event.source.name
    settled = f"{seat} has declared." if event.declared else f"Settled. {stands}"
    return Post(
        kind=PostKind.CHECK,
        heading=f"{seat}: {what} {voice.expected(event.suggested)}, says {who}",
        at=event.at,
        body=voice.paragraphs(settled if event.settled else open_still),
        source=event.source,
        contests=(seat,),
        choices=() if event.settled else choices,
    )
