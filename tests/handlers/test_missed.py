from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.ask import Channel
from bot.chat.events import ChannelSuspended, Missed, PostSetAside
from bot.chat.post import Post, PostKind
from bot.election.figure import Source
from bot.liveblog.markup import BlockKind, Style, blocks
from handlers.alerts.missed import LONGEST, MOST
from tests.handlers.night import BLOG, CATALOGUE, uk

SPORT = Channel(platform="slack", id="C0123")
NOW = uk(0, 5)


def post(heading: str = "Boxes arrive", kind: PostKind = PostKind.ENTRY, **facts) -> Post:
    given = {"at": uk(21, 10), "source": BLOG if kind is PostKind.ENTRY else None, **facts}
    return Post(kind=kind, heading=heading, **given)


REMINDER = post("Tamworth: declaration expected in 15 minutes", PostKind.REMINDER)


def missed(*posts: Post, **facts) -> Post:
    return CATALOGUE.word(Missed(posts=posts, at=NOW, **facts))


def lines(worded: Post) -> list[str]:
    return [block.text for block in worded.body]


def looks(worded: Post) -> list[tuple[str, frozenset[Style], str | None]]:
    return [(span.text, span.styles, span.link) for block in worded.body for span in block.spans]


# ── What a channel missed ────────────────────────────────────────────────────────────────────


def test_what_was_missed_is_counted_by_kind_with_uk_times():
    worded = missed(
        *(post(at=uk(21, 10) + timedelta(minutes=n)) for n in range(14)),
        post("in 1 hour", PostKind.REMINDER, at=uk(23, 30)),
        post("now 03:00", PostKind.TIMETABLE, at=uk(23, 40)),
        post("now 04:00", PostKind.TIMETABLE, at=uk(23, 55)),
    )
    assert worded.heading == (
        "While this channel was out of reach: 14 entries, 1 reminder and 2 timetable changes, "
        "21:10 to 23:55"
    )
    assert (worded.kind, worded.at, worded.edited) == (PostKind.ROUND_UP, NOW, None)
    assert len(worded.body) == 17


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        ([post()], "1 entry, 21:10"),
        ([post(), post()], "2 entries, 21:10"),
        ([REMINDER], "1 reminder, 21:10"),
        ([post(kind=PostKind.DECLARATION), post(at=uk(3))], "1 entry and 1 declaration, 21:10 to "
         "03:00"),
        ([post(kind=PostKind.NOTICE), post(kind=PostKind.ROUND_UP)], "1 round-up and 1 notice, "
         "21:10"),
        ([post(), post(at=uk(21, 10) + timedelta(days=1))],
         "2 entries, 21:10 on Thursday 19 October 2023 to 21:10 on Friday 20 October 2023"),
        ([post(at=uk(23, 55)), post(at=uk(21, 10))], "2 entries, 21:10 to 23:55"),
    ],
)  # fmt: skip
def test_the_heading_of_a_round_up(posts, said):
    assert missed(*posts).heading == f"While this channel was out of reach: {said}"


@pytest.mark.parametrize("kind", PostKind)
def test_a_post_of_every_kind_can_be_missed(kind):
    worded = missed(post("", kind, body=()))
    assert worded.heading.startswith("While this channel was out of reach: 1 ")
    assert len(lines(worded)[0]) > len("21:10 ")


def test_each_post_is_a_line_with_its_time_and_opens_its_own_address():
    one = post(source=Source(name="Count night live", url="https://news.example/live#1"))
    other = post("Verified", at=uk(21, 30), source=None)
    worded = missed(one, other)
    assert {block.kind for block in worded.body} == {BlockKind.ITEM}
    assert looks(worded) == [
        ("21:10 ", frozenset(), None),
        ("Boxes arrive", frozenset(), "https://news.example/live#1"),
        ("21:30 ", frozenset(), None),
        ("Verified", frozenset(), None),
    ]


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (post(), "21:10 Boxes arrive"),
        (post("", body=blocks("<p>Boxes have arrived.</p><p>All of them.</p>")),
         "21:10 Boxes have arrived. All of them."),
        (post("", body=()), "21:10 Entry"),
        (post("  Two \n words "), "21:10 Two words"),
        (post(key_event=True), "21:10 ★ Boxes arrive"),
        (post(edited=uk(21, 20)), "21:10 Boxes arrive (edited)"),
        (post(withdrawn="Gone.", edited=uk(21, 20), key_event=True),
         "21:10 Boxes arrive (withdrawn)"),
        (REMINDER, "21:10 Tamworth: declaration expected in 15 minutes (reminder of 21:10)"),
        (replace(REMINDER, late=timedelta(minutes=20)),
         "21:10 Tamworth: declaration expected in 15 minutes (reminder of 21:30)"),
        (post("word " * 40), "21:10 " + "word " * 10 + "word…"),
        (post("w" * 200), "21:10 " + "w" * (LONGEST - 1) + "…"),
    ],
)  # fmt: skip
def test_the_line_of_a_post(one, line):
    assert lines(missed(one)) == [line]


def test_what_was_withdrawn_is_struck_and_nothing_else_is():
    worded = missed(post("One", withdrawn="Gone."), post("Two"))
    struck = [text for text, styles, _ in looks(worded) if Style.STRUCK in styles]
    assert struck == ["One"]
    assert worded.withdrawn is None


def test_of_very_many_the_newest_are_listed_and_the_others_counted():
    worded = missed(*(post(f"Entry {n}") for n in range(63)))
    assert len(worded.body) == MOST + 1
    assert lines(worded)[0] == "23 more are not listed; key events and the newest are."
    assert lines(worded)[1:] == [f"21:10 Entry {n}" for n in range(23, 63)]
    assert "63 entries" in worded.heading
    assert lines(missed(*(post() for _ in range(MOST + 1))))[0].startswith("1 more is not listed")


def test_key_events_are_kept_before_others_and_stay_in_their_order():
    posts = [post(f"Entry {n}", key_event=n in (0, 5)) for n in range(63)]
    said = lines(missed(*posts))
    assert said[1:4] == ["21:10 ★ Entry 0", "21:10 ★ Entry 5", "21:10 Entry 25"]
    assert len(said) == MOST + 1


@pytest.mark.parametrize(
    ("urls", "source"),
    [
        (["https://a.example/live#1", "https://a.example/live#2"],
         Source(name="Count night live", url="https://a.example/live")),
        (["https://a.example/1", "https://a.example/2"], Source(name="Count night live")),
        ([None], Source(name="Count night live")),
        ([], None),
    ],
)  # fmt: skip
def test_the_source_is_the_blog_that_all_share(urls, source):
    posts = [post(source=Source(name="Count night live", url=url)) for url in urls]
    assert missed(*posts, REMINDER).source == source


def test_posts_of_two_blogs_have_no_source_in_common():
    assert missed(post(), post(source=Source(name="Another blog"))).source is None


def test_a_round_up_names_each_seat_once_and_says_when_it_was_corrected():
    both = (post(contests=("Tamworth",)), post(contests=("Mid Bedfordshire", "Tamworth")))
    worded = missed(*both, corrected=uk(0, 9))
    assert worded.contests == ("Tamworth", "Mid Bedfordshire")
    assert worded.edited == uk(0, 9)


# ── What the newsdesk has to know ────────────────────────────────────────────────────────────


def test_a_suspended_channel_is_told_with_why_and_how_it_goes_on():
    told = ChannelSuspended(channel=SPORT, why="Teller is not in that channel", at=NOW)
    worded = CATALOGUE.word(told)
    assert (worded.kind, worded.at) == (PostKind.NOTICE, NOW)
    assert worded.heading == "slack:C0123 is suspended: nothing is posted there"
    assert lines(worded) == [
        "Teller is not in that channel.",
        "What waits for it is kept, and nothing is lost. Put the reason right, then let it go on "
        "with:",
        "teller lanes --revive slack:C0123",
    ]


def test_a_channel_with_an_odd_name_is_typed_as_a_shell_takes_it():
    odd = Channel(platform="terminal", id="the desk; rm")
    worded = CATALOGUE.word(ChannelSuspended(channel=odd, why="", at=NOW))
    assert lines(worded)[-1] == "teller lanes --revive 'terminal:the desk; rm'"


def test_a_post_that_was_set_aside_is_told_with_its_heading_its_time_and_why():
    told = PostSetAside(
        channel=SPORT, post=post(contests=("Tamworth",)), why="Slack says: invalid_blocks.", at=NOW
    )
    worded = CATALOGUE.word(told)
    assert (worded.kind, worded.at, worded.contests) == (PostKind.NOTICE, NOW, ("Tamworth",))
    assert worded.heading == "slack:C0123 did not get a post of 21:10"
    assert lines(worded) == [
        "It is “Boxes arrive”.",
        "Slack says: invalid_blocks.",
        "It is not tried again; what comes after it is posted as usual. If it matters, post it by "
        "hand.",
    ]
    assert ("Boxes arrive", frozenset(), BLOG.url) in looks(worded)


def test_a_post_without_heading_that_was_set_aside_is_named_all_the_same():
    told = PostSetAside(channel=SPORT, post=REMINDER, why="No.", at=NOW)
    assert "“Tamworth: " in lines(CATALOGUE.word(told))[0]
    bare = CATALOGUE.word(replace(told, post=post(" ", source=None)))
    assert lines(bare)[0] == "It is “a post without a heading”."
