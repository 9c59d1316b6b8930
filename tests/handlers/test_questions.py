import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.handlers.night import CATALOGUE, answer
from tests.handlers.questions import QUESTIONS
from tests.nights.facts import CONTESTS

LEAST_UNDERSTOOD = 0.95


def test_the_table_is_long_enough_to_say_something():
    assert len(QUESTIONS) >= 80
    assert len({text for text, _, _ in QUESTIONS}) == len(QUESTIONS)


async def test_plain_words_are_understood_and_never_wrongly():
    understood, wrong = 0, []
    for text, name, contest in QUESTIONS:
        reply = await answer(text)
        meant = (reply.command, reply.contest)
        if reply.error:
            continue
        if meant == (name, None if contest is None else contest.id):
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
    reply = await answer(example)
    assert reply.command == command.name
    assert not reply.error


@pytest.mark.parametrize("contest", CONTESTS, ids=lambda contest: contest.name)
@pytest.mark.parametrize("command", CATALOGUE.commands, ids=lambda command: command.name)
async def test_a_command_and_a_seat_reach_both_in_either_order(command, contest):
    about_a_seat = any(p.name == "contest" for p in command.parameters)
    for text in (f"{command.name} {contest.name}", f"{contest.name} {command.name}"):
        reply = await answer(text)
        assert reply.command == command.name
        assert reply.contest == (contest.id if about_a_seat else None)


@given(st.text(max_size=600))
async def test_whatever_is_asked_there_is_an_answer(text):
    reply = await answer(text)
    assert reply.title
    assert "Something went wrong" not in reply.title
