import pytest

from bot.platforms.words import address, aloud, cut, safe, sentence_end, size, typed

FAMILY = "👨\u200d👩\u200d👧"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def test_direction_control_and_half_characters_are_gone():
    assert safe("a\x00\x1b[31mb\u202ec\u200bd\ud83de\ufefff\u2066") == "a[31mbcdef"


def test_spaces_are_folded_where_something_between_them_is_gone():
    assert safe("0 \x1b 0") == "0 0"
    assert safe("a\n\u200b\tb") == "a b"


def test_what_holds_an_emoji_together_stays():
    assert safe(f"{FAMILY} {SCOTLAND}") == f"{FAMILY} {SCOTLAND}"
    assert safe("a\U000e0061b") == "ab"


@pytest.mark.parametrize("text", ["", "\u200d", "\ufe0f\u0301", "\u2066\u2069", "\ud800"])
def test_a_text_that_nobody_can_see_is_empty(text):
    assert safe(text) == ""


def test_what_calls_everybody_or_becomes_a_picture_is_broken_and_else_as_it_was():
    assert safe("@here :tada: news@here.example 00:41") == (
        "@\u2060here :\u2060tada: news@here.example 00:41"
    )


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


def test_addresses_and_pictures_are_not_read_out():
    assert aloud("🗳️ Polls close, see https://a.example/x (20°C) www.b.example now ⏰") == (
        "Polls close, see (20°C) now"
    )


@pytest.mark.parametrize("limit", range(2, 14))
def test_no_cut_makes_a_call_of_a_longer_word(limit: int) -> None:
    assert "@everyone" not in cut(safe("@everyone42 is here"), limit)
