import pytest

from bot.chat.command import Command, Parameter, alert, command
from bot.chat.events import Declared, EntryPosted
from bot.chat.post import Post, PostKind
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.ports import Newsroom
from tests.nights.facts import TAMWORTH


async def swing(newsroom: Newsroom, contest: Contest, places: int = 1) -> Reply:
    """How the vote moved.

    More about it.
    """
    return Reply(title=f"{contest.name} {places}")


SWING = command("swing", also=("how did it move",), examples=("swing Tamworth",))(swing)


def test_a_command_is_a_value_made_of_a_function():
    assert (
        Command(
            name="swing",
            also=("how did it move",),
            examples=("swing Tamworth",),
            summary="How the vote moved.",
            parameters=(
                Parameter(name="contest", kind=Contest, required=True),
                Parameter(name="places", kind=int, required=False),
            ),
            run=swing,
        )
        == SWING
    )
    assert SWING.phrases == ("swing", "how did it move")


async def test_a_command_can_be_run_with_its_arguments():
    reply = await SWING.run(None, contest=TAMWORTH)
    assert reply.title == "Tamworth 1"


def test_an_argument_that_may_be_none_is_not_required():
    @command("latest", examples=("latest",))
    async def latest(newsroom: Newsroom, contest: Contest | None) -> Reply:
        """The newest entries."""
        return Reply(title="Nothing yet")

    assert latest.parameters == (Parameter(name="contest", kind=Contest, required=False),)


def test_a_command_needs_a_docstring():
    async def silent(newsroom: Newsroom) -> Reply:
        return Reply(title="")

    with pytest.raises(TypeError, match="“silent” needs a docstring"):
        command("silent", examples=("silent",))(silent)


def test_a_command_needs_types():
    async def loose(newsroom: Newsroom, contest) -> Reply:
        """Anything."""
        return Reply(title="")

    with pytest.raises(TypeError, match="parameter “contest” needs a type"):
        command("loose", examples=("loose Tamworth",))(loose)


def test_a_command_needs_an_example():
    with pytest.raises(TypeError, match="“swing” needs an example"):
        command("swing", examples=())(swing)


def test_an_alert_is_a_value_made_of_a_function():
    @alert(Declared)
    def word(event: Declared) -> Post:
        return Post(kind=PostKind.DECLARATION, heading=event.contest.name, at=event.declaration.at)

    assert word.event is Declared
    assert word.event is not EntryPosted
