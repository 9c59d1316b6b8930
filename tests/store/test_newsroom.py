"""The night as it was known at a moment: nothing from after it, and nothing taken back."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.election.contest import Contest, Stage
from bot.election.figure import Standing
from bot.election.result import Outcome
from bot.liveblog.claims import (
    Claim,
    DeclaredClaim,
    MajorityDefendedClaim,
    StageClaim,
    TurnoutClaim,
    VotesClaim,
)
from bot.store import Store
from tests.nights.facts import LAB, MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import BLOG, at, plan
from tests.store.entries import SOURCE, expected, update, version

TURNOUT = TurnoutClaim(contest_id=TAMWORTH.id, percent=Decimal("35.9"), words="…")
DECLARED = DeclaredClaim(contest_id=TAMWORTH.id, party="Lab", majority=1_316, words="…")
VOTES = VotesClaim(
    contest_id=TAMWORTH.id,
    votes=(("Sarah Edwards", 11_719), ("Andy Cooper", 10_403), ("Ian Stuart Cooper", 1_373)),
    words="…",
)


@pytest.fixture
async def known(each_store: Store) -> Store:
    """A store with both contests, and no expected times."""
    await each_store.night.install([plan(TAMWORTH), plan(MID_BEDFORDSHIRE)], [], at("21:40"))
    return each_store


async def says(
    store: Store,
    *claims: Claim,
    when: str,
    id: str = "one",
    number: int = 1,
    published: str | None = None,
    withdrawn: str | None = None,
) -> None:
    entry = version(
        id, at(published or when), number, heading=f"{id} {number}", claims=claims,
        withdrawn=withdrawn,
    )  # fmt: skip
    await store.blogs.keep(update(at(when), entry))


async def turnout(store: Store, when: str, contest: Contest = TAMWORTH) -> Decimal | None:
    figure = await store.newsroom(at(when)).turnout(contest)
    return None if figure is None else figure.value.shown()


async def headings(store: Store, when: str, contest: Contest | None = None) -> list[str]:
    latest = await store.newsroom(at(when)).latest(10, contest)
    return [one.entry.heading for one in latest]


# ── As of ────────────────────────────────────────────────────────────────────────────────────


async def test_a_figure_is_not_seen_before_it_was_known(known: Store) -> None:
    await says(known, TURNOUT, when="00:41")

    assert await turnout(known, "00:40") is None
    assert await turnout(known, "00:41") == Decimal("35.9")
    assert await turnout(known, "00:41", MID_BEDFORDSHIRE) is None


async def test_a_figure_of_an_old_entry_is_known_from_when_it_was_read(known: Store) -> None:
    await says(known, TURNOUT, when="02:00", published="00:41")

    assert await turnout(known, "01:00") is None
    figure = await known.newsroom(at("02:00")).turnout(TAMWORTH)
    assert figure is not None
    assert figure.at == at("00:41")
    assert (figure.source, figure.standing) == (SOURCE, Standing.REPORTED)


async def test_a_figure_that_an_edit_replaced_is_seen_before_it_and_not_after(known: Store) -> None:
    await says(known, TURNOUT, when="00:41")
    corrected = replace(TURNOUT, percent=Decimal("36.1"))
    await says(known, corrected, when="00:50", published="00:41", number=2)

    assert await turnout(known, "00:49") == Decimal("35.9")
    assert await turnout(known, "00:50") == Decimal("36.1")


async def test_a_figure_goes_with_the_entry_that_stated_it(known: Store) -> None:
    await says(known, TURNOUT, when="00:41")
    await says(known, when="00:50", published="00:41", number=2, withdrawn="taken down")

    assert await turnout(known, "00:49") == Decimal("35.9")
    assert await turnout(known, "00:50") is None


async def test_a_figure_comes_back_with_its_entry(known: Store) -> None:
    await says(known, TURNOUT, when="00:41")
    await says(known, when="00:50", published="00:41", number=2, withdrawn="taken down")
    await says(known, TURNOUT, when="00:55", published="00:41", number=3)

    assert await turnout(known, "00:54") is None
    assert await turnout(known, "00:55") == Decimal("35.9")


async def test_the_last_said_turnout_counts_and_not_the_last_read(known: Store) -> None:
    await says(known, replace(TURNOUT, percent=Decimal("36.1")), when="00:50", id="newer")
    await says(known, TURNOUT, when="00:55", published="00:41", id="older")

    assert await turnout(known, "01:00") == Decimal("36.1")


async def test_more_ballots_than_electors_are_not_believed(known: Store) -> None:
    await says(known, replace(TURNOUT, ballots=80_000), when="00:41")

    figure = await known.newsroom(at("01:00")).turnout(TAMWORTH)

    assert figure is not None
    assert figure.value.ballots is None
    assert figure.value.shown() == Decimal("35.9")


async def test_a_number_of_ballots_that_cannot_be_is_no_turnout(known: Store) -> None:
    await says(known, replace(TURNOUT, percent=None, ballots=80_000), when="00:41")

    assert await turnout(known, "01:00") is None


# ── Entries ──────────────────────────────────────────────────────────────────────────────────


async def test_the_latest_entries_are_those_that_stood_at_the_moment(known: Store) -> None:
    await says(known, when="00:05", id="welcome")
    await says(known, when="00:10", id="boxes")
    await says(known, when="00:18", published="00:10", id="boxes", number=2)
    await says(known, when="00:20", published="00:05", id="welcome", number=2, withdrawn="gone")

    assert await headings(known, "00:04") == []
    assert await headings(known, "00:09") == ["welcome 1"]
    assert await headings(known, "00:17") == ["boxes 1", "welcome 1"]
    assert await headings(known, "00:19") == ["boxes 2", "welcome 1"]
    assert await headings(known, "00:21") == ["boxes 2"]


async def test_the_latest_entries_of_a_seat_are_those_that_name_it(known: Store) -> None:
    await says(known, when="00:05", id="welcome")
    await says(known, TURNOUT, when="00:41", id="turnout")
    both = (TURNOUT, replace(TURNOUT, contest_id=MID_BEDFORDSHIRE.id))
    await says(known, *both, when="00:45", id="both")

    assert await headings(known, "01:00", TAMWORTH) == ["both 1", "turnout 1"]
    assert await headings(known, "01:00", MID_BEDFORDSHIRE) == ["both 1"]


async def test_no_more_entries_come_than_were_asked_for(known: Store) -> None:
    for n in range(5):
        await says(known, when=f"00:1{n}", id=f"entry-{n}")

    latest = await known.newsroom(at("01:00")).latest(2)

    assert [one.entry.id for one in latest] == ["entry-4", "entry-3"]
    assert {one.source.name for one in latest} == {BLOG.name}


async def test_a_source_tells_how_it_goes(known: Store) -> None:
    await says(known, when="00:05", id="welcome")
    await known.blogs.keep_failure(BLOG, at("00:10"), "It does not answer.")

    (health,) = await known.newsroom(at("00:11")).sources()

    assert health.trouble == "It does not answer."
    assert (health.entries, health.last_read) == (1, at("00:05"))

    await says(known, when="00:12", id="second")
    (health,) = await known.newsroom(at("00:13")).sources()
    assert health.trouble is None


# ── Declarations ─────────────────────────────────────────────────────────────────────────────


async def test_a_declaration_is_composed_from_votes(known: Store) -> None:
    await says(known, DECLARED, VOTES, when="03:16")

    figure = await known.newsroom(at("03:16")).declaration(TAMWORTH)

    assert figure is not None
    assert figure.value.winner == LAB
    assert figure.value.candidate == "Sarah Edwards"
    assert figure.value.outcome is Outcome.GAIN
    assert figure.value.majority == 1_316
    assert figure.value.result is not None
    assert not figure.value.result.complete
    assert await known.newsroom(at("03:15")).declaration(TAMWORTH) is None


async def test_a_declaration_is_composed_from_words_alone(known: Store) -> None:
    await says(known, DECLARED, when="03:16")

    figure = await known.newsroom(at("03:16")).declaration(TAMWORTH)

    assert figure is not None
    assert (figure.value.winner, figure.value.candidate) == (LAB, "Sarah Edwards")
    assert figure.value.outcome is Outcome.GAIN
    assert figure.value.majority == 1_316
    assert figure.value.result is None


async def test_a_winner_who_is_not_on_the_ballot_paper_declares_nothing(known: Store) -> None:
    await says(known, replace(DECLARED, party="SNP"), when="03:16")

    assert await known.newsroom(at("03:16")).declaration(TAMWORTH) is None


async def test_one_candidate_alone_makes_no_result(known: Store) -> None:
    await says(known, replace(VOTES, votes=VOTES.votes[:1]), when="03:16")

    assert await known.newsroom(at("03:16")).declaration(TAMWORTH) is None


async def test_a_tie_is_declared_by_words_and_not_by_votes(known: Store) -> None:
    tie = replace(VOTES, votes=(("Sarah Edwards", 9_000), ("Andy Cooper", 9_000)))
    await says(known, tie, when="03:16")
    assert await known.newsroom(at("03:16")).declaration(TAMWORTH) is None

    await says(known, replace(DECLARED, majority=None), when="03:30", id="lots")
    figure = await known.newsroom(at("03:30")).declaration(TAMWORTH)
    assert figure is not None
    assert figure.value.winner == LAB


async def test_a_declaration_that_was_taken_back_is_none(known: Store) -> None:
    await says(known, DECLARED, VOTES, when="03:16")
    await says(known, when="03:20", published="03:16", number=2, withdrawn="taken down")

    assert await known.newsroom(at("03:19")).declaration(TAMWORTH) is not None
    assert await known.newsroom(at("03:20")).declaration(TAMWORTH) is None


# ── Stages, times, majorities ────────────────────────────────────────────────────────────────


async def test_the_furthest_stage_counts(known: Store) -> None:
    boxes = StageClaim(contest_id=TAMWORTH.id, stage=Stage.BOXES_ARRIVED, words="…")
    await says(known, replace(boxes, stage=Stage.COUNTING), when="00:14", id="counting")
    await says(known, boxes, when="00:20", id="boxes")
    await says(known, DECLARED, when="03:16", id="result")

    stages = [await known.newsroom(at(when)).stage(TAMWORTH) for when in ("00:13", "00:30")]
    declared = await known.newsroom(at("03:16")).stage(TAMWORTH)

    assert stages[0] is None
    assert stages[1] is not None
    assert stages[1].value is Stage.COUNTING
    assert declared is not None
    assert declared.value is Stage.DECLARED


async def test_an_edit_of_an_old_entry_does_not_bring_its_estimate_back(known: Store) -> None:
    await says(known, expected("around 3am"), when="00:14", id="older")
    await says(known, expected("around 4am"), when="01:30", id="newer")
    await says(known, expected("around 3am"), when="01:40", published="00:14", id="older", number=2)

    (one,) = await known.newsroom(at("01:45")).timetable(TAMWORTH)

    assert one.time.value.at == at("04:00")


async def test_an_estimate_falls_back_where_the_newer_one_was_withdrawn(known: Store) -> None:
    await says(known, expected("around 3am"), when="00:14", id="older")
    await says(known, expected("around 4am"), when="01:30", id="newer")
    await says(known, when="01:40", published="01:30", id="newer", number=2, withdrawn="gone")

    times = [
        (await known.newsroom(at(when)).timetable(TAMWORTH))[0].time.value.at
        for when in ("01:00", "01:35", "01:45")
    ]

    assert times == [at("03:00"), at("04:00"), at("03:00")]


async def test_the_majority_defended_is_the_records_before_anybody_elses(known: Store) -> None:
    claim = MajorityDefendedClaim(contest_id=TAMWORTH.id, votes=20_000, words="…")
    await says(known, claim, when="00:10")

    figure = await known.newsroom(at("01:00")).majority_defended(TAMWORTH)
    assert figure is not None
    assert (figure.value, figure.standing) == (19_634, Standing.OFFICIAL)

    figure = await known.newsroom(at("01:00")).majority_defended(replace(TAMWORTH, previous=None))
    assert figure is not None
    assert (figure.value, figure.standing) == (20_000, Standing.REPORTED)
