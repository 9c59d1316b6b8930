from datetime import UTC, datetime

import pytest

from bot.chat.ask import Channel
from bot.liveblog.markup import Block, BlockKind, Span, Style, blocks
from bot.platforms.bodies import tidy
from bot.platforms.discord.custom_ids import Press, Pressed, decode, encode
from bot.platforms.discord.markdown import (
    escape,
    fitted,
    instant,
    link,
    literal,
    naming,
    safe,
    written,
)
from tests.platforms.discord.limits import JOINER
from tests.platforms.discord.reader import read

AT = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
PLACE = Channel(platform="discord", id="123456789012345678")


def shown(html, **how):
    return written(tidy(blocks(html)), **how)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Labour & Co-operative", "Labour & Co-operative"),
        ("35.9% (25,586 of 71,302)", "35.9% (25,586 of 71,302)"),
        ("*bold* __under__ ~~gone~~", r"\*bold\* \_\_under\_\_ \~\~gone\~\~"),
        ("||hidden|| `code`", r"\|\|hidden\|\| \`code\`"),
        ("a\\*b", r"a\\\*b"),
        ("# loud", r"\# loud"),
        ("-# small", r"\-\# small"),
        ("> quoted", r"\> quoted"),
        (">>> quoted", r"\>>> quoted"),
        ("- one", r"\- one"),
        ("+ one", r"\+ one"),
        ("1. one", r"1\. one"),
        ("1.5 points", "1.5 points"),
        ("-5 points", "-5 points"),
        ("1.", r"1\."),
        ("a -> b", "a -> b"),
        ("@everyone and @Here", f"@{JOINER}everyone and @{JOINER}Here"),
        ("write to news@herald.example", "write to news@herald.example"),
        ("<@1> <@!1> <@&1>", rf"\<@{JOINER}1> \<@{JOINER}!1> \<@{JOINER}&1>"),
        ("<#1> <t:1:R> <:a:1> </a:1>", r"\<\#1> \<t\:1:R> \<\:a:1> \</a:1>"),
        ("[bank](https://evil.example)", r"\[bank\]\(https\://evil.example)"),
        (":tada: at 00:41", r"\:tada: at 00:41"),
        ("discord.gg/x", f"discord.gg{JOINER}/x"),
        ("one\n> two\r\n\tthree\u2028four", "one > two three four"),
    ],
)
def test_nothing_in_a_text_is_a_mark_or_a_call(text, escaped):
    assert escape(text, 2_000) == escaped
    assert read(escaped).words.replace(JOINER, "") == safe(text)
    assert read(escaped).marks == []


def test_an_escaped_text_is_no_longer_than_it_may_be():
    assert escape("*" * 1_000, 300) == r"\*" * 149 + "…"
    assert escape("*" * 150, 300) == r"\*" * 150


def test_a_text_where_no_markup_is_read_has_no_backslashes():
    assert literal(" *Counting*\n\u202ein [Tamworth] ", 100) == "*Counting* in [Tamworth]"
    assert literal("Low voter turnout in Tamworth", 20) == "Low voter turnout…"


def test_paragraphs_headings_lists_and_quotations_keep_their_shape():
    html = (
        "<h2>Where we are</h2><p>Counting in <b>Tamworth</b>.</p>"
        "<ul><li>Boxes in</li><li>Turnout <em>35.9%</em></li></ul>"
        "<blockquote>A long night</blockquote><p>More <del>now</del> soon.</p>"
    )
    assert shown(html).replace(JOINER, "") == (
        "**Where we are**\n\nCounting in **Tamworth**.\n\n"
        "- Boxes in\n- Turnout *35.9%*\n\n> A long night\n\nMore ~~now~~ soon."
    )


@pytest.mark.parametrize(
    "html",
    ["<p># a</p>", "<ul><li># a</li></ul>", "<blockquote># a</blockquote>", "<p><b>- a</b></p>"],
)
def test_no_line_opens_with_a_mark_of_its_own(html):
    assert read(shown(html)).kinds <= {"item", "quote", "strong"}
    assert read(shown(html)).words.strip() in ("# a", "- a")


@pytest.mark.parametrize(
    ("html", "words", "marks"),
    [
        ("a<b>b</b><i>c</i>d", "abcd", {"strong": "b", "emphasis": "c"}),
        ("a<b> b </b>c", "a b c", {"strong": "b"}),
        ("<i><b>*a*</b></i>b", "*a*b", {"strong": "*a*", "emphasis": "*a*"}),
        ("<s>a~</s>~b", "a~~b", {"strike": "a~"}),
        ("<b>a*</b>*b", "a**b", {"strong": "a*"}),
        ("a:<a href='https://a.example'>b</a>", "a:b", {"link": "https://a.example"}),
        ("<b>@</b><i></i>everyone", "@everyone", {"strong": "@"}),
    ],
)
def test_looks_end_where_they_end(html, words, marks):
    seen = read(shown(f"<p>{html}</p>"))
    assert seen.words.replace(JOINER, "") == words
    assert {kind: held.replace(JOINER, "") for kind, held in seen.marks} == marks


def test_a_link_opens_what_is_sound_and_is_words_else():
    line = shown("<p><a href='https://a.example/x'>here</a> <a href='http://ü.example'>b</a></p>")
    assert line == "[here](https://a.example/x) b"


def test_a_link_says_what_it_is_and_leads_where_it_led():
    html = "<p><a href='https://a.example/(x)*'>a](b) <b>[c]</b></a>](https://evil.example) d</p>"
    seen = read(shown(html))
    assert seen.of("link") == ["https://a.example/%28x%29%2A"] * len(seen.of("link"))
    assert seen.words.replace(JOINER, "") == "a)(b) (c)](https://evil.example) d"


def test_a_link_whose_words_are_an_address_is_words():
    line = shown("<p><a href='https://evil.example'>https://bank.example</a></p>")
    assert line == r"https\://bank.example"


def test_a_source_is_its_name_and_never_more_than_a_link():
    assert link("The Telegraph", "https://a.example/?b&c") == (
        "[The Telegraph](https://a.example/?b&c)"
    )
    assert link("a](b)", "https://a.example") == "[a)(b)](https://a.example)"
    assert link("https://bank.example", "https://a.example") == "[bank.example](https://a.example)"
    assert link("Returning officer", None) == "Returning officer"
    assert link("", "https://a.example") == "[source](https://a.example)"
    assert link("Blog", "https://a.example/" + "a" * 500) == "Blog"
    assert link("Blog", "https://a.example", quiet=True) == "[Blog](<https://a.example>)"


def test_an_instant_shows_each_reader_their_own_clock():
    assert instant(AT) == "<t:1697758860:t>"
    assert instant(AT, day=True) == "<t:1697758860:f>"


def test_a_place_is_shown_by_its_name_where_it_is_spelt_out():
    named = naming([PLACE, Channel(platform="slack", id="C1")])
    assert named(f"in {PLACE}, *here*") == rf"in <#{PLACE.id}>, \*here\*"
    assert read(named(f"a:b>{PLACE}>c:")).of("channel") == [PLACE.id]
    assert read(named(f"a:b>{PLACE}>c:")).of("shortcode") == []
    assert named(f"{PLACE}1 x{PLACE} {PLACE}/2 slack:C1") == (
        f"{PLACE}1 x{PLACE} {PLACE}/2 slack:C1"
    )


def test_a_place_with_a_strange_id_stays_words():
    place = Channel(platform="discord", id="1> @everyone")
    assert read(naming([place])(str(place))).marks == []


def test_what_fits_as_it_is_read_but_not_as_it_is_written_loses_looks_first_and_then_words():
    body = list(tidy(blocks("<p>" + "<b>Yes.</b> <i>No.</i> " * 100 + "</p>")))
    plain, clipped = fitted(body, limit=2_000, most=30, room=1_000)
    assert (plain, clipped) == ("Yes. No. " * 99 + "Yes. No.", False)
    marks = list(tidy(blocks("<p>" + "It is 1*2. " * 100 + "</p>")))
    words, clipped = fitted(marks, limit=2_000, most=30, room=400)
    assert clipped
    assert 300 < len(words) <= 400
    assert words.endswith(r"It is 1\*2.")


def test_what_is_struck_out_stays_so_where_room_is_short():
    span = Span(text="*" * 300, styles=frozenset({Style.STRUCK}))
    body = list(tidy([Block(kind=BlockKind.PARAGRAPH, spans=(span,))]))
    words, clipped = fitted(body, limit=300, most=1, room=100)
    assert clipped
    assert len(words) <= 100
    assert read(words).kinds == {"strike"}


@pytest.mark.parametrize(
    ("pressed", "custom_id"),
    [
        (Pressed(press=Press.CHOICE, question="turnout: Tamworth", number=3), None),
        (Pressed(press=Press.POST, question="status"), "post:status"),
        (Pressed(press=Press.FORM, form="follow", question="follow x", number=1), None),
        (Pressed(press=Press.FORM, form="follow"), "form:follow:0"),
    ],
)
def test_a_button_carries_what_it_means(pressed, custom_id):
    encoded = encode(pressed)
    assert encoded is not None
    assert custom_id in (None, encoded)
    assert decode(encoded) == pressed


def test_a_question_too_long_to_carry_is_not_halved_and_a_form_opens_without_it():
    long = "turnout " + "x" * 92
    assert encode(Pressed(press=Press.CHOICE, question=long, number=1)) is None
    assert encode(Pressed(press=Press.POST, question=long)) is None
    assert encode(Pressed(press=Press.FORM, form="follow", question=long, number=2)) == (
        "form:follow:2"
    )
    assert encode(Pressed(press=Press.CHOICE, question=" ", number=1)) is None
    assert encode(Pressed(press=Press.FORM, form="no such\nname")) is None


@pytest.mark.parametrize("custom_id", ["", "choice:", "choice:1:", "form:", "form:a b", "x:1:y"])
def test_other_ids_mean_nothing(custom_id):
    assert decode(custom_id) is None


def test_the_name_of_a_form_alone_opens_it():
    assert decode("form:remind") == Pressed(press=Press.FORM, form="remind")
