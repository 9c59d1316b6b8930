from datetime import UTC, datetime

import pytest

from bot.platforms.slack.mrkdwn import escape, instant, link

AT = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Labour & Co-operative", "Labour &amp; Co-operative"),
        ("<!channel> <@U1> <#C1>", "&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt;"),
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
        ("*bold* ~gone~ `code`", "∗bold∗ ∼gone∼ ˋcodeˋ"),
        ("_slanted_ by @bbc_news", "ˍslantedˍ by @bbc_news"),
        ("> quoted", "\u2060&gt; quoted"),
        ("- one", "\u2060- one"),
        ("1. one", "\u20601. one"),
        ("1.5 points", "1.5 points"),
        ("@here and @Channel", "@\u2060here and @\u2060Channel"),
        ("@\u2060here", "@\u2060here"),
        ("write to news@here.example", "write to news@here.example"),
        ("@heresy", "@\u2060heresy"),
        (":tada: at 00:41", ":\u2060tada: at 00:41"),
        ("one\n> two\r\n\tthree\u2028four", "one &gt; two three four"),
    ],
)
def test_nothing_in_a_text_is_a_mark_or_a_call(text, escaped):
    assert escape(text) == escaped


def test_an_escaped_text_is_no_longer_than_it_may_be():
    assert escape("&" * 1_000, 300) == "&amp;" * 59 + "…"
    assert escape("&" * 60, 300) == "&amp;" * 60


def test_a_link_is_its_name_and_never_more_than_a_link():
    assert link("The Telegraph", "https://a.example/?b&c") == (
        "<https://a.example/?b&amp;c|The Telegraph>"
    )
    assert link("a|b>c", "https://a.example") == "<https://a.example|a|b&gt;c>"
    assert link("Returning officer", None) == "Returning officer"
    assert link("", "https://a.example") == "<https://a.example|source>"
    assert link("Blog", "https://a.example/" + "&" * 990) == "Blog"


def test_an_instant_shows_each_reader_their_own_clock_and_else_uk_time():
    assert instant(AT) == "<!date^1697758860^{time}|00:41 BST>"
    assert instant(AT, day=True) == (
        "<!date^1697758860^{time}, {date_long}|00:41 BST, Friday 20 October 2023>"
    )
