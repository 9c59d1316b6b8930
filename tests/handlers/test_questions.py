from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.ask import Author
from bot.chat.wishes import EVERYTHING
from bot.controls import Asked
from bot.election.contest import Contest
from bot.ports import EntryState, JournalEntry
from tests.fakes import FakeChannels
from tests.handlers.night import CATALOGUE, HERE, KNOWN, LIVE, NOW, TITLES, answer, uk
from tests.handlers.questions import QUESTIONS
from tests.nights.facts import CONTESTS, TAMWORTH

LEAST_UNDERSTOOD = 0.95
ABOUT_A_SEAT = [c for c in CATALOGUE.commands if any(p.kind is Contest for p in c.parameters)]


async def served() -> FakeChannels:
    """A channel that follows everything, with three reminders to come."""
    channels = FakeChannels(titles=TITLES)
    await channels.follow_blog(HERE, LIVE, frozenset())
    await channels.follow(HERE, EVERYTHING, frozenset())
    for due in (uk(2), uk(3), uk(4)):
        await channels.remind(Asked(channel=HERE, author="Ann", due=due))
    return channels


def test_the_table_is_long_enough_to_say_something():
    assert len(QUESTIONS) >= 80
    assert len({text for text, _, _ in QUESTIONS}) == len(QUESTIONS)


def waiting(number: int, action: str) -> JournalEntry:
    return JournalEntry(
        id=number,
        at=NOW,
        author=Author(platform="slack", id="U9", name="Bob"),
        channel=HERE,
        action=action,
        words=action,
        state=EntryState.WAITING,
        contest_id=TAMWORTH.id,
    )


WAITING = replace(KNOWN, journal=(waiting(11, "record turnout"), waiting(12, "record result")))


async def test_plain_words_are_understood_and_never_wrongly():
    understood, wrong = 0, []
    for text, name, contest in QUESTIONS:
        reply = await answer(text)
        meant = (reply.command, reply.contest)
        if reply.error:
            continue
        if meant == (name, contest if contest is None or isinstance(contest, str) else contest.id):
            understood += 1
        else:
            wrong.append((text, *meant))
    assert wrong == []
    assert understood / len(QUESTIONS) >= LEAST_UNDERSTOOD


@pytest.mark.parametrize(
    ("command", "example"),
    [(command, example) for command in CATALOGUE.commands for example in command.examples],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_every_example_reaches_its_own_command_and_no_other(command, example):
    reply = await answer(example, WAITING, channels=await served())
    assert reply.command == command.name
    assert not reply.error


@pytest.mark.parametrize("contest", CONTESTS, ids=lambda contest: contest.name)
@pytest.mark.parametrize("command", ABOUT_A_SEAT, ids=lambda command: command.name)
async def test_a_command_and_a_seat_reach_both_in_either_order(command, contest):
    for text in (f"{command.name} {contest.name}", f"{contest.name} {command.name}"):
        reply = await answer(text)
        assert reply.command == command.name
        assert reply.contest == contest.id


@given(st.text(max_size=600))
async def test_whatever_is_asked_there_is_an_answer(text):
    reply = await answer(text)
    assert reply.title
    assert "Something went wrong" not in reply.title
