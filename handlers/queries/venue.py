"""Where the votes of a seat are counted, and by whom."""

from bot.chat.command import command
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.ports import Newsroom
from handlers import then

_NO_OFFICER = "Who the returning officer is, is not on record."


@command(
    "venue",
    also=(
        "where is the count",
        "where … count",
        "where … counted",
        "where … counting",
        "where are the votes",
        "where are the ballots",
        "count venue",
        "who counts",
        "who is counting",
        "who is the returning officer",
        "who … returning officer",
        "acting returning officer",
    ),
    examples=("venue Tamworth", "where is the count in Mid Beds?", "who counts in Tamworth?"),
)
async def venue(newsroom: Newsroom, contest: Contest) -> Reply:
    """Where the votes of a seat are counted."""
    past = then.past_of(newsroom, contest)
    if past is not None:
        return Reply(
            title=f"{then.title(newsroom, past.contest)}: where it was counted is not on record",
            lines=(_NO_OFFICER,),
            contest=past.contest.id,
        )
    if contest.venue is None:
        return Reply(
            title=f"{contest.name}: nobody has said where the count is",
            lines=(
                f"Who knows can say it: “record venue {contest.name} …”, or the night file "
                "with venue = ….",
                _NO_OFFICER,
            ),
            contest=contest.id,
        )
    return Reply(
        title=f"{contest.name}: the count is at {contest.venue}",
        lines=(_NO_OFFICER,),
        origin=then.of_the_night(contest),
        contest=contest.id,
        value=contest.venue,
    )
