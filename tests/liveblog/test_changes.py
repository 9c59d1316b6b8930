from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.liveblog.changes import (
    ABSENCES_THAT_WITHDRAW,
    AHEAD_OF_ITS_PAGE,
    Decision,
    Edited,
    Known,
    Published,
    Withdrawn,
    decide,
)
from bot.liveblog.entry import Entry, Reading, derive_id

MIDNIGHT = datetime(2023, 10, 19, 23, tzinfo=UTC)


def at(minute: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


def entry(name: str, minute: int, body: str = "", **facts) -> Entry:
    return Entry(
        id=name, published=at(minute), heading=f"About {name}", body=f"<p>{body}</p>", **facts
    )


def derived(minute: int, heading: str) -> Entry:
    return Entry(
        id=derive_id(at(minute), heading), published=at(minute), heading=heading, id_derived=True
    )


def page(*entries: Entry, explicit: bool = False) -> Reading:
    return Reading(title="Count night", entries=entries, format="jsonld", explicit=explicit)


def after(known: Mapping[str, Known], decision: Decision) -> dict[str, Known]:
    """What is known once a decision is kept."""
    kept = dict(known)
    for entry_id, missing in decision.missing.items():
        kept[entry_id] = replace(kept[entry_id], missing=missing)
    for entry_id, modified in decision.confirmed.items():
        kept[entry_id] = replace(kept[entry_id], modified=modified)
    for change in decision.changes:
        match change:
            case Withdrawn(known=before):
                kept[before.id] = replace(
                    before, version=before.version + 1, withdrawn=True, missing=0
                )
            case Published(entry=new):
                kept[new.id] = Known(
                    id=new.id,
                    digest=new.digest,
                    published=new.published,
                    modified=new.modified,
                    id_derived=new.id_derived,
                )
            case Edited(entry=new, known=before):
                kept[before.id] = Known(
                    id=before.id,
                    digest=new.digest,
                    published=new.published,
                    modified=new.modified,
                    version=before.version + 1,
                    id_derived=new.id_derived,
                )
    return kept


def knowing(*entries: Entry) -> dict[str, Known]:
    return after({}, decide({}, page(*entries)))


def read(known: Mapping[str, Known], *readings: Reading | None) -> tuple[dict[str, Known], list]:
    """What is known after several looks, and the changes of each."""
    changes = []
    for reading in readings:
        decision = decide(known, reading)
        known = after(known, decision)
        changes.append(list(decision.changes))
    return dict(known), changes


BOXES = entry("boxes", 10, "The first boxes are in Sheffield.")
TURNOUT = entry("turnout", 41, "Turnout is 35.9 per cent.")
RESULT = entry("result", 196, "Labour gain Tamworth.")
NIGHT = knowing(BOXES, TURNOUT, RESULT)


def test_a_new_entry_is_published():
    decision = decide(knowing(BOXES), page(TURNOUT, BOXES))
    assert decision.changes == (Published(entry=TURNOUT),)


def test_a_changed_text_is_an_edit():
    shefford = replace(BOXES, body="<p>The first boxes are in Shefford.</p>")
    decision = decide(NIGHT, page(RESULT, TURNOUT, shefford))
    assert decision.changes == (Edited(entry=shefford, known=NIGHT["boxes"]),)


def test_other_times_and_addresses_are_no_edit():
    touched = replace(TURNOUT, modified=at(50), url="https://news.example/new")
    assert decide(NIGHT, page(RESULT, touched, BOXES)).changes == ()


def test_a_stale_copy_never_wins():
    newer = replace(BOXES, body="<p>Shefford.</p>", modified=at(18))
    known, _ = read(NIGHT, page(RESULT, TURNOUT, newer))
    old_mirror = replace(BOXES, modified=at(17))
    decision = decide(known, page(RESULT, TURNOUT, old_mirror))
    assert decision.changes == ()
    assert after(known, decision)["boxes"].digest == newer.digest


def test_a_copy_of_the_same_moment_with_another_text_is_an_edit():
    first = replace(BOXES, modified=at(18))
    second = replace(first, body="<p>Shefford.</p>")
    decision = decide(knowing(first), page(second))
    assert [type(change) for change in decision.changes] == [Edited]


def test_a_tombstone_withdraws_at_once():
    grave = replace(TURNOUT, withdrawn=True)
    decision = decide(NIGHT, page(RESULT, grave, BOXES, explicit=True))
    assert decision.changes == (Withdrawn(known=NIGHT["turnout"], reason="withdrawn by its blog"),)


def test_a_tombstone_withdraws_once():
    grave = page(RESULT, replace(TURNOUT, withdrawn=True), BOXES, explicit=True)
    _, changes = read(NIGHT, grave, grave, grave, grave)
    assert [len(each) for each in changes] == [1, 0, 0, 0]


def test_a_tombstone_of_an_unknown_entry_says_nothing():
    grave = replace(TURNOUT, withdrawn=True)
    assert decide(knowing(BOXES), page(grave, BOXES)).changes == ()


def test_an_entry_that_comes_back_after_a_withdrawal_is_an_edit():
    whole = page(RESULT, TURNOUT, BOXES)
    grave = page(RESULT, replace(TURNOUT, withdrawn=True), BOXES)
    known, changes = read(NIGHT, grave, whole)
    assert [type(change) for change in changes[1]] == [Edited]
    assert not known["turnout"].withdrawn
    assert known["turnout"].version == 3


def test_a_stale_copy_does_not_bring_a_withdrawn_entry_back():
    known = knowing(replace(TURNOUT, modified=at(45)))
    known, _ = read(known, page(replace(TURNOUT, withdrawn=True)))
    decision = decide(known, page(replace(TURNOUT, modified=at(44))))
    assert decision.changes == ()


def test_an_entry_absent_three_times_inside_the_window_is_withdrawn():
    gap = page(RESULT, BOXES)
    known, changes = read(NIGHT, gap, gap, gap)
    assert changes[:2] == [[], []]
    assert [(c.known.id, c.reason) for c in changes[2]] == [("turnout", "no longer on its page")]
    assert known["turnout"].withdrawn


def test_absence_counts_only_in_a_row():
    gap, whole = page(RESULT, BOXES), page(RESULT, TURNOUT, BOXES)
    known, changes = read(NIGHT, gap, gap, whole, gap, gap)
    assert changes == [[], [], [], [], []]
    assert known["turnout"].missing == 2


def test_the_newest_entry_can_be_taken_down():
    _, changes = read(NIGHT, *[page(TURNOUT, BOXES)] * 3)
    assert [c.known.id for c in changes[2]] == ["result"]


def test_what_is_older_than_the_window_has_left_the_page_and_not_the_blog():
    known, changes = read(NIGHT, *[page(RESULT, TURNOUT)] * 10)
    assert changes == [[]] * 10
    assert known["boxes"].missing == 0


def test_a_pinned_entry_does_not_open_the_window():
    pinned = replace(BOXES, pinned=True)
    later = [entry(f"later-{n}", 200 + n) for n in range(3)]
    known = knowing(pinned, TURNOUT, RESULT, *later)
    _, changes = read(known, *[page(pinned, *reversed(later))] * 5)
    assert changes == [[]] * 5


def test_an_entry_that_the_window_passes_is_forgiven_its_absences():
    gap, moved = page(RESULT, BOXES), page(RESULT)
    known, changes = read(NIGHT, gap, gap, moved, None, None, None)
    assert changes == [[]] * 6
    assert known["turnout"].missing == 0


def test_a_page_that_shrinks_to_nothing_withdraws_nothing():
    known, changes = read(NIGHT, *[page()] * 10)
    assert changes == [[]] * 10
    assert known == NIGHT


def test_a_page_that_stays_empty_withdraws_nothing():
    gap = page(RESULT, BOXES)
    _, changes = read(NIGHT, gap, gap, page(), None, None, None)
    assert changes == [[]] * 6


def test_where_a_format_says_what_is_withdrawn_absence_means_nothing():
    _, changes = read(NIGHT, *[page(RESULT, BOXES, explicit=True)] * 5)
    assert changes == [[]] * 5


def test_not_modified_is_another_reading_of_the_same_absence():
    known, changes = read(NIGHT, page(RESULT, BOXES), None, None)
    assert [len(each) for each in changes] == [0, 0, 1]
    assert known["turnout"].withdrawn


def test_not_modified_says_nothing_where_nothing_was_missing():
    decision = decide(NIGHT, None)
    assert decision.changes == ()
    assert decision.missing == {}


def test_another_order_on_the_page_is_no_change():
    assert decide(NIGHT, page(BOXES, RESULT, TURNOUT)).changes == ()


def test_a_renamed_heading_keeps_a_derived_entry_the_same():
    first, renamed = derived(41, "Turnout in Tamworth"), derived(41, "Low turnout in Tamworth")
    assert first.id != renamed.id
    known, changes = read(knowing(first), page(renamed), page(renamed))
    assert [type(change) for change in changes[0]] == [Edited]
    assert changes[0][0].known.id == first.id
    assert changes[1] == []
    assert list(known) == [first.id]


def test_two_derived_entries_of_one_minute_are_not_taken_for_each_other():
    one, other = derived(41, "Turnout in Tamworth"), derived(41, "Boxes in Shefford")
    third, fourth = derived(41, "Low turnout in Tamworth"), derived(41, "Last boxes in Shefford")
    decision = decide(knowing(one, other), page(third, fourth))
    assert {type(change) for change in decision.changes} == {Published}


def test_an_entry_with_an_id_of_its_own_is_never_matched_by_its_time():
    decision = decide(knowing(TURNOUT), page(entry("another", 41)))
    assert [type(change) for change in decision.changes] == [Published]


def test_a_flapping_page_tells_nobody_anything():
    gap, whole = page(RESULT, BOXES), page(RESULT, TURNOUT, BOXES)
    _, changes = read(NIGHT, *[gap, whole] * 10)
    assert changes == [[]] * 20


def test_two_mirrors_of_different_age_settle_on_the_newer():
    old = replace(BOXES, modified=at(11))
    new = replace(BOXES, body="<p>Shefford.</p>", modified=at(18))
    known, changes = read(knowing(old), *[page(new), page(old)] * 5)
    assert [len(each) for each in changes] == [1] + [0] * 9
    assert known["boxes"].digest == new.digest


def test_changes_come_in_the_order_of_publication():
    shefford = replace(BOXES, body="<p>Shefford.</p>")
    grave = replace(TURNOUT, withdrawn=True)
    decision = decide(NIGHT, page(entry("new", 230), RESULT, entry("late", 30), grave, shefford))
    kinds = [type(change) for change in decision.changes]
    assert kinds == [Edited, Published, Withdrawn, Published]


# ── Any pages at all ─────────────────────────────────────────────────────────────────────────

entries = st.builds(
    entry,
    st.sampled_from("abcdef"),
    st.integers(0, 5),
    st.sampled_from(["one", "two"]),
    modified=st.none() | st.integers(0, 8).map(at),
    withdrawn=st.booleans(),
    pinned=st.booleans(),
) | st.builds(derived, st.integers(0, 3), st.sampled_from(["one", "two", "three"]))
readings = st.builds(
    lambda found, explicit: page(*found, explicit=explicit),
    st.lists(entries, max_size=6, unique_by=lambda e: e.id),
    st.booleans(),
)
histories = st.lists(st.none() | readings, max_size=6)


@given(histories, readings)
def test_what_was_published_or_edited_once_is_not_told_again(history, reading):
    known, _ = read({}, *history)
    known, changes = read(known, reading, reading)
    assert [change for change in changes[1] if not isinstance(change, Withdrawn)] == []


@given(histories, readings)
def test_a_page_that_stays_as_it_is_comes_to_rest(history, reading):
    known, _ = read({}, *history)
    known, _ = read(known, *[reading] * ABSENCES_THAT_WITHDRAW)
    assert decide(known, reading).changes == ()
    assert decide(known, None).changes == ()


@given(histories)
def test_an_empty_page_changes_nothing(history):
    known, _ = read({}, *history)
    _, changes = read(known, page(), None, None, None)
    assert changes == [[], [], [], []]


@given(histories, readings)
def test_changes_are_ordered_by_publication(history, reading):
    known, _ = read({}, *history)
    decision = decide(known, reading)
    times = [
        c.known.published if isinstance(c, Withdrawn) else c.entry.published
        for c in decision.changes
    ]
    assert times == sorted(times)


@given(histories)
def test_versions_only_rise(history):
    known: dict[str, Known] = {}
    for reading in history:
        later = after(known, decide(known, reading))
        assert all(later[k].version >= before.version for k, before in known.items())
        known = later
    assert all(k.missing < ABSENCES_THAT_WITHDRAW for k in known.values())


def test_a_copy_from_before_a_time_that_was_confirmed_is_stale():
    first = entry("a", 1, "turnout 35.9%", modified=at(2))
    confirmed = replace(first, modified=at(6))
    between = replace(first, body="<p>turnout 39.5%</p>", modified=at(4))
    known = after(knowing(first), decide(knowing(first), page(confirmed)))
    assert known["a"].modified == at(6)
    assert decide(known, page(between)).changes == ()


def test_an_entry_out_of_order_does_not_open_the_window():
    # Pinned, though its page does not say so: those between it and the rest have left the page.
    window = (BOXES, RESULT, replace(RESULT, id="later", published=at(200)))
    known = knowing(BOXES, TURNOUT, RESULT, window[2])
    assert decide(known, page(BOXES, window[2], RESULT)).missing == {}
    assert decide(known, page(window[2], RESULT, BOXES)).missing == {"turnout": 1}


def test_one_entry_out_of_order_does_not_turn_the_page_round():
    same = [entry(name, 50) for name in ("first", "second")]
    shown = (entry("pinned", 0), entry("newest", 60), *reversed(same))
    published = [c.entry.id for c in decide({}, page(*shown)).changes]
    assert published == ["pinned", "first", "second", "newest"]


def test_a_stale_tombstone_takes_nothing_back():
    known, _ = read(NIGHT, page(RESULT, TURNOUT, replace(BOXES, modified=at(30))))
    grave = replace(BOXES, withdrawn=True, modified=at(20))
    assert decide(known, page(grave)).changes == ()
    (withdrawn,) = decide(known, page(replace(grave, modified=at(40)))).changes
    assert withdrawn == Withdrawn(known=known["boxes"], reason="withdrawn by its blog", at=at(40))


def test_a_page_of_a_hundred_thousand_entries_in_any_order_is_compared_in_time():
    instants = [MIDNIGHT + timedelta(seconds=number * 7919 % 100_003) for number in range(100_000)]
    entries = [
        Entry(id=str(number), published=instant, heading="x")
        for number, instant in enumerate(instants)
    ]
    assert len(decide({}, page(*entries)).changes) == 100_000


# ── What a hub pushes ────────────────────────────────────────────────────────────────────────

PUSHED_AHEAD = -AHEAD_OF_ITS_PAGE


def pushed(*entries: Entry) -> Reading:
    return replace(page(*entries), partial=True)


def ahead(known: Mapping[str, Known], name: str) -> dict[str, Known]:
    """The same, where only a hub has told of one of them."""
    return {**known, name: replace(known[name], missing=PUSHED_AHEAD)}


def test_a_push_of_what_is_new_says_nothing_of_the_rest():
    known = knowing(entry("boxes", 1), entry("result", 2))
    known["boxes"] = replace(known["boxes"], missing=2)
    decision = decide(known, pushed(entry("recount", 3)))
    assert [change.entry.id for change in decision.changes] == ["recount"]
    assert (decision.missing, decision.unsure) == ({}, False)


def test_a_push_shows_again_what_was_missing():
    known = knowing(entry("boxes", 1), entry("result", 2))
    known["boxes"] = replace(known["boxes"], missing=2)
    assert decide(known, pushed(entry("boxes", 1))).missing == {"boxes": 0}


def test_a_pushed_edit_is_believed_with_its_time_and_otherwise_left_to_the_blog():
    known = knowing(entry("boxes", 1, modified=at(1)), entry("undated", 1))
    decision = decide(
        known, pushed(entry("boxes", 1, "new", modified=at(5)), entry("undated", 1, "new"))
    )
    assert [change.entry.id for change in decision.changes] == ["boxes"]
    assert decision.unsure


def test_a_late_push_of_an_older_text_changes_nothing():
    known = knowing(entry("boxes", 1, "as it is now", modified=at(5)))
    decision = decide(known, pushed(entry("boxes", 1, "as it was", modified=at(3))))
    assert (decision.changes, decision.unsure) == ((), False)


def test_what_is_pushed_a_second_time_is_nothing_new():
    known = knowing(entry("boxes", 1), derived(2, "Result"))
    assert decide(known, pushed(entry("boxes", 1), derived(2, "Result"))) == Decision(missing={})


def test_a_push_takes_no_entry_without_an_id_for_another_of_its_minute():
    known = knowing(derived(2, "Result"))
    decision = decide(known, pushed(derived(2, "A second one")))
    assert (decision.changes, decision.unsure) == ((), True)


def test_a_pushed_tombstone_withdraws_with_its_time_and_otherwise_the_blog_is_asked():
    known = knowing(entry("boxes", 1), entry("result", 2))
    gone = entry("boxes", 1, withdrawn=True, modified=at(9))
    decision = decide(known, pushed(gone, entry("result", 2, withdrawn=True)))
    assert [change.known.id for change in decision.changes] == ["boxes"]
    assert decision.unsure


def test_a_page_that_lags_behind_its_hub_does_not_withdraw_what_was_pushed():
    known = ahead(knowing(entry("boxes", 1), entry("result", 2)), "result")
    old = page(entry("boxes", 1))
    known, changes = read(known, *[old, None] * (AHEAD_OF_ITS_PAGE // 2))
    assert changes == [[]] * AHEAD_OF_ITS_PAGE
    known, changes = read(known, page(entry("boxes", 1), entry("result", 2)))
    assert known["result"].missing == 0


def test_a_pushed_entry_that_no_page_ever_shows_is_withdrawn_in_the_end():
    known = ahead(knowing(entry("boxes", 1), entry("result", 2)), "result")
    old = page(entry("boxes", 1))
    known, changes = read(known, *[old, None] * AHEAD_OF_ITS_PAGE)
    assert sum(len(found) for found in changes) == 1
    assert known["result"].withdrawn


def test_an_empty_page_takes_nothing_from_the_time_that_a_pushed_entry_has():
    known = ahead(knowing(entry("boxes", 1), entry("result", 2)), "result")
    assert decide(known, page()).missing == {}


@given(st.lists(st.sampled_from(["boxes", "result", "recount"]), max_size=6), st.booleans())
def test_a_push_and_a_reading_of_the_same_never_double(names: list[str], push_first: bool):
    shown = {name: entry(name, n, modified=at(n)) for n, name in enumerate(dict.fromkeys(names))}
    ways = [pushed(*shown.values()), page(*shown.values())]
    _, changes = read({}, *(ways if push_first else ways[::-1]))
    assert [len(found) for found in changes] == [len(shown), 0]
