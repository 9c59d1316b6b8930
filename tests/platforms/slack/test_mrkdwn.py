from datetime import UTC, datetime

import pytest

from bot.platforms.slack.mrkdwn import (
    address,
    aloud,
    cut,
    escape,
    instant,
    link,
    safe,
    sentence_end,
    size,
    typed,
)

AT = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
FAMILY = "👨\u200d👩\u200d👧"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


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
        ("@heresy", "@heresy"),
        (":tada: at 00:41", ":\u2060tada: at 00:41"),
        ("one\n> two\r\n\tthree\u2028four", "one &gt; two three four"),
    ],
)
def test_nothing_in_a_text_is_a_mark_or_a_call(text, escaped):
    assert escape(text) == escaped


def test_an_escaped_text_is_no_longer_than_it_may_be():
    assert escape("&" * 1_000, 300) == "&amp;" * 59 + "…"
    assert escape("&" * 60, 300) == "&amp;" * 60


def test_direction_control_and_half_characters_are_gone():
    assert safe("a\x00\x1b[31mb\u202ec\u200bd\ud83de\ufefff\u2066") == "a[31mbcdef"


def test_what_holds_an_emoji_together_stays():
    assert safe(f"{FAMILY} {SCOTLAND}") == f"{FAMILY} {SCOTLAND}"
    assert safe("a\U000e0061b") == "ab"


@pytest.mark.parametrize("text", ["", "\u200d", "\ufe0f\u0301", "\u2066\u2069", "\ud800"])
def test_a_text_that_nobody_can_see_is_empty(text):
    assert safe(text) == ""


def test_a_question_goes_back_as_it_was_typed():
    assert typed(" turnout @here :tada: \u202e") == "turnout @here :tada:"


def test_a_long_text_is_cut_between_words_and_says_so():
    assert cut("Low voter turnout in Tamworth", 20) == "Low voter turnout…"
    assert cut("Tamworth", 8) == "Tamworth"
    assert cut("Llanfairpwllgwyngyll", 10) == "Llanfairp…"


def test_no_emoji_is_cut_in_two():
    assert cut(f"Hello {FAMILY}{FAMILY}", 20) == f"Hello {FAMILY}…"
    assert cut("Cafe\u0301s", 5) == "Caf…"
    assert size(cut(FAMILY * 100, 50)) <= 50
    assert size(cut("🗳" * 100, 50)) <= 50


def test_a_sentence_ends_after_its_quotation_mark_and_not_at_a_decimal_point():
    text = "It is “35.9 per cent.” That is 3.5 more."
    assert text[: sentence_end(text, 25)] == "It is “35.9 per cent.”"
    assert text[: sentence_end(text, 33)] == "It is “35.9 per cent.”"
    assert sentence_end(text, 10) == 0


@pytest.mark.parametrize(
    ("url", "sound"),
    [
        ("https://news.example/live?a=1&b=2#c", "https://news.example/live?a=1&b=2#c"),
        ("HTTPS://News.example", "https://News.example"),
        ("https://news.example/a|b<c>", "https://news.example/a%7Cb%3Cc%3E"),
        ("https://news.example/%E2%82%AC", "https://news.example/%E2%82%AC"),
        ("javascript:alert(1)", None),
        ("slack://channel?id=C1", None),
        ("https://bank.example@evil.example/", None),
        ("https://news.example/a b", None),
        ("https://news.example/€", None),
        ("https://", None),
        ("https://" + "a" * 4_000, None),
        ("https://news.example/" + "a" * 3_000, None),
        (None, None),
    ],
)
def test_only_sound_addresses_are_opened(url, sound):
    assert address(url) == sound


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


def test_addresses_and_pictures_are_not_read_out():
    assert aloud("🗳️ Polls close, see https://a.example/x (20°C) www.b.example now ⏰") == (
        "Polls close, see (20°C) now"
    )
