"""Questions about the record, in words that were written down before the matcher was tuned."""

from datetime import UTC, datetime

import pytest

from bot.chat.reply import Reply
from tests.handlers.night import KNOWN, NOW, answer
from tests.handlers.questions import QUESTIONS
from tests.handlers.questions_record import (
    LATER_ON_THE_NIGHT,
    LATER_TODAY,
    ON_THE_NIGHT,
    TODAY,
    UNKNOWN,
    Question,
)

THIS_DAY = datetime(2026, 11, 27, 12, tzinfo=UTC)
LEAST_UNDERSTOOD = 0.95
SEVERAL = ("compare", "lowest", "highest")


def meant(reply: Reply) -> tuple[str, ...]:
    """The contests that an answer is about."""
    if reply.command in SEVERAL:
        return tuple(reply.details["contests"])
    return () if reply.contest is None else (reply.contest,)


def test_they_are_many_and_new():
    texts = [text for text, _, _ in (*ON_THE_NIGHT, *TODAY)]
    assert len(texts) >= 200
    assert len(set(texts)) >= 200
    assert len(set(texts) - {text for text, _, _ in QUESTIONS}) >= 200


@pytest.mark.parametrize(
    ("questions", "now"),
    [
        (ON_THE_NIGHT, NOW),
        (TODAY, THIS_DAY),
        (LATER_ON_THE_NIGHT, NOW),
        (LATER_TODAY, THIS_DAY),
    ],
    ids=["on the night", "today", "later ones on the night", "later ones today"],
)
async def test_they_are_understood_and_never_wrongly(questions: tuple[Question, ...], now):
    understood, wrong = 0, []
    for text, command, contests in questions:
        reply = await answer(text, KNOWN, now)
        if reply.error:
            continue
        about = meant(reply)
        if reply.command == command and about[: len(contests)] == contests:
            understood += bool(contests) or not about
            continue
        wrong.append((text, reply.command, about[:5]))
    assert wrong == []
    assert understood / len(questions) >= (LEAST_UNDERSTOOD if questions is ON_THE_NIGHT else 0.85)


@pytest.mark.parametrize("text", UNKNOWN)
async def test_what_nobody_knows_is_helped_and_never_guessed(text):
    for now in (NOW, THIS_DAY):
        reply = await answer(text, KNOWN, now)
        assert reply.error, (reply.command, reply.title)
        assert "Something went wrong" not in reply.title
