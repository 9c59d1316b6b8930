"""A result that two people record, correct and take back, as it stands in Slack and Discord."""

from bot.chat.ask import Ask, Author, Channel, Follow
from bot.chat.reply import Reply
from tests.platforms.test_fidelity import Desk, Place, is_edited, is_withdrawn
from tests.platforms.test_fidelity import desk as desk
from tests.platforms.test_fidelity import place as place
from tests.test_count_desk import ANN, BOB, RESULT

DECLARATIONS = frozenset({Follow.DECLARATIONS})
NEWSROOM = Channel(platform="slack", id="C9")


async def says(desk: Desk, who: Author, text: str) -> Reply:
    reply = await desk.rooms.desk.answer(Ask(text=text, author=who, channel=NEWSROOM))
    assert not reply.error, reply.title
    return reply


async def declares(desk: Desk, who: Author, other: Author, result: str) -> list[str]:
    """One records, insisting where that is needed, and another confirms; what then stands."""
    shown = await says(desk, who, f"record result Tamworth {result}")
    if shown.title.startswith("Tamworth: this needs a second look"):
        await says(desk, who, f"insist {shown.value}")
    assert await desk.deliver() == desk.place.standing()
    await says(desk, other, f"confirm {shown.value}")
    return await desk.deliver()


async def test_a_wrong_majority_is_corrected_where_it_stands_and_told_anew(
    desk: Desk, place: Place
) -> None:
    await desk.rooms.channels.follow(place.channel, DECLARATIONS, frozenset())
    (declared,) = await declares(desk, ANN, BOB, RESULT.replace("11,719", "11,791"))
    assert "Majority 1,388" in declared
    assert "Official." in declared
    assert not is_edited(declared)

    corrected, told = await declares(desk, BOB, ANN, RESULT)
    assert "majority 1,316, was 1,388" in corrected
    assert "Sarah Edwards 11,719, was 11,791" in corrected
    assert is_edited(corrected)
    assert "Correction, Tamworth: Labour gain from Conservatives, majority 1,316" in told
    assert desk.place.requests() == (2, 1)

    await says(desk, ANN, "retract result Tamworth")
    struck, _, taken_back = await desk.deliver()
    assert is_withdrawn(struck)
    assert "Taken back, Tamworth" in taken_back
    assert desk.place.requests() == (3, 2)


async def test_a_channel_that_was_never_told_the_error_hears_of_no_correction(
    desk: Desk, place: Place
) -> None:
    await declares(desk, ANN, BOB, RESULT.replace("11,719", "11,791"))
    await desk.rooms.channels.follow(place.channel, DECLARATIONS, frozenset())
    (declared,) = await declares(desk, BOB, ANN, RESULT)
    assert "Majority 1,316" in declared
    assert desk.place.requests() == (1, 0)
