"""What is kept in memory of the night's facts: true at once, and read anew only where it is not."""

from datetime import timedelta
from decimal import Decimal

from bot.chat.ask import Ask, Author, Channel
from bot.controls import Deed
from bot.election.figure import Standing
from bot.liveblog.statements import TurnoutClaim
from bot.ports import EntryState
from bot.store import Store
from tests.conftest import select
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import PLANNED, at, following

NOW = at("00:30")
ASK = Ask(
    text="record",
    author=Author(platform="slack", id="U1", name="Ada"),
    channel=Channel(platform="slack", id="C1"),
)


def deed(contest_id: str, percent: float) -> Deed:
    claim = TurnoutClaim(contest_id=contest_id, percent=Decimal(str(percent)), words="")
    return Deed(
        action="record turnout",
        contest_id=contest_id,
        claims=(claim,),
        standing=Standing.PROVISIONAL,
        after=f"turnout {percent}%",
    )


async def shown(store: Store, contest) -> str | None:
    known = await store.newsroom(NOW + timedelta(minutes=1)).turnout(contest)
    return None if known is None else str(known.value.shown())


async def test_what_goes_out_makes_nothing_old_that_is_known(each_store):
    await each_store.night.install(PLANNED, [following()], NOW)
    before = await each_store.newsroom(NOW).contests()
    lane, *_ = await each_store.lanes.on_record()
    await each_store.lanes.revive(lane.channel)
    await each_store.outbox.take_over()
    assert await each_store.newsroom(NOW).contests() is before
    # The same night once more is the same night.
    await each_store.night.install(PLANNED, [following()], NOW)
    assert await each_store.newsroom(NOW).contests() is before


async def test_a_figure_is_known_as_soon_as_it_is_recorded_or_superseded(each_store):
    await each_store.night.install(PLANNED, [following()], NOW)
    assert await shown(each_store, TAMWORTH) is None
    for percent in (35.9, 36.1):
        await each_store.journal.add(ASK, deed(TAMWORTH.id, percent), EntryState.STANDS, NOW)
        assert await shown(each_store, TAMWORTH) == str(percent)
    assert await shown(each_store, MID_BEDFORDSHIRE) is None
    await each_store.journal.undo(ASK, NOW, NOW)
    assert await shown(each_store, TAMWORTH) == "35.9"


async def test_a_figure_that_another_program_has_put_in_is_known_a_moment_later(
    each_store, database_url, monkeypatch
):
    await each_store.night.install(PLANNED, [following()], NOW)
    other = Store(database_url)
    await other.open()
    try:
        assert await shown(each_store, TAMWORTH) is None
        await other.journal.add(ASK, deed(TAMWORTH.id, 35.9), EntryState.STANDS, NOW)
        monkeypatch.setattr("bot.store.known.TRUSTED_FOR", 0.0)
        assert await shown(each_store, TAMWORTH) == "35.9"
    finally:
        await other.close()
    assert select(database_url, "SELECT count(*) FROM figure WHERE type = 'turnout'") == [(1,)]
