import re
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from bot.chat.post import PostKind
from bot.chat.reply import Choice, Reply, Table
from bot.liveblog.markup import Block, BlockKind, Span, blocks
from bot.platforms.terminal import render
from tests.platforms.missed import LONG_ROUND_UP
from tests.platforms.terminal.posts import (
    DECLARATION,
    EDITED,
    ENTRY,
    LATE,
    MOVED,
    NOW,
    POSTS,
    REMINDER,
    REPLY,
    WITHDRAWN,
    coloured,
    plain,
)

STRUCK = "\x1b[2;9m"


def test_a_figure_of_which_only_the_day_is_known_shows_no_hour():
    shown = plain(render.reply(replace(REPLY, origin=replace(REPLY.origin, day_only=True))))
    assert "· Friday 20 October 2023 · reported" in shown
    assert "00:41" not in shown


def test_an_entry_has_its_time_heading_body_caption_and_source():
    assert plain(render.message(ENTRY)) == (
        "00:41 │ Low voter turnout in Tamworth\n"
        "      │ Just a third of voters came out to vote in the Tamworth by-election,\n"
        "      │ with some 25,000 ballots submitted and turnout calculated at 35.9 per\n"
        "      │ cent.\n"
        "      │ It is lower than in June.\n"
        "      │ ▣ Vote counting continues at The Rawlett School — PA\n"
        "      │ Tamworth · The Telegraph live blog\n"
    )


def test_an_edit_says_when_it_was_made():
    assert plain(render.change(EDITED, before=ENTRY, at=NOW)).startswith(
        "00:55 │ ✎ edited 00:55 · posted 00:41 as “Low voter turnout in Tamworth”\n"
        "      │ Turnout in Tamworth is 35.9 per cent\n"
    )


def test_an_edit_repeats_the_old_heading_only_where_it_changed():
    assert "as “" not in plain(render.change(ENTRY, before=ENTRY, at=NOW))


def test_a_message_that_was_edited_before_it_arrived_says_so():
    assert "✎ edited 00:52\n" in plain(render.message(EDITED))


def test_a_withdrawal_strikes_the_text_and_says_why():
    shown = coloured(render.change(WITHDRAWN, before=ENTRY, at=NOW))
    assert "✗ withdrawn 00:55" in shown
    assert f"{STRUCK}Low voter turnout in Tamworth" in shown
    assert "Reason: The Telegraph took it down." in shown


def test_a_withdrawn_text_is_marked_where_nothing_can_be_struck():
    shown = plain(render.message(WITHDRAWN, plain=True))
    assert "~~Low voter turnout in Tamworth~~" in shown


def test_a_withdrawn_declaration_loses_its_box():
    assert "━" not in plain(render.message(replace(DECLARATION, withdrawn="Read out wrongly.")))


def test_every_kind_looks_different():
    looks = {
        kind: re.sub(r";id=\d+", "", coloured(render.message(replace(ENTRY, kind=kind))))
        for kind in PostKind
    }
    assert len(set(looks.values())) == len(PostKind)
    assert "⏰" in looks[PostKind.REMINDER]
    assert "↻" in looks[PostKind.TIMETABLE]
    assert "┏" in looks[PostKind.DECLARATION]
    assert "DECLARATION" in looks[PostKind.DECLARATION]
    assert "⇊" in looks[PostKind.ROUND_UP]
    assert "⚠" in looks[PostKind.NOTICE]


def test_a_round_up_is_shown_to_its_last_line_however_long_it_is():
    shown = plain(render.message(LONG_ROUND_UP), 120)
    assert shown.count("• ") == 40
    assert "read on" not in shown
    assert "23 more are not listed" in shown


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(minutes=12), "12 minutes late"),
        (timedelta(minutes=1), "1 minute late"),
        (timedelta(seconds=20), "less than a minute late"),
        (timedelta(hours=1, minutes=5), "1 hour 5 minutes late"),
        (timedelta(hours=2), "2 hours late"),
    ],
)
def test_lateness_is_said_in_words(late, words):
    assert f" · {words}\n" in plain(render.message(replace(LATE, late=late)), 100)


def test_a_key_event_has_a_star():
    assert "★ Low voter" in plain(render.message(replace(ENTRY, key_event=True)))


def test_a_seat_in_the_bots_own_heading_is_not_said_twice():
    assert plain(render.message(REMINDER)).count("Tamworth") == 1


def test_a_long_entry_ends_with_where_to_read_on():
    long = replace(ENTRY, body=blocks("<p>Again.</p>" * 40))
    shown = plain(render.message(long))
    assert shown.count("Again.") == render.BODY_LINES
    assert "… read on: https://news.example/live\n" in shown


def test_a_long_entry_without_an_address_is_shown_whole():
    long = replace(ENTRY, body=blocks("<p>Again.</p>" * 40), source=None)
    assert plain(render.message(long)).count("Again.") == 40


def test_a_link_opens_its_address_and_plain_output_writes_it_out():
    assert "https://news.example/june\x1b\\" in coloured(render.message(ENTRY))
    assert "in June (https://news.example/june)" in plain(render.message(ENTRY, plain=True), 120)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "https://a.example/\x1b\\evil", "https://a.example/ b", "file:///etc"],
)
def test_an_address_that_is_not_harmless_is_left_out(address):
    span = Span(text="here", link=address)
    post = replace(
        ENTRY, body=(Block(kind=BlockKind.PARAGRAPH, spans=(span,)),), source=None, pictures=()
    )
    assert "]8;" not in coloured(render.message(post))
    assert "(" not in plain(render.message(post, plain=True))


def test_lists_and_quotations_have_their_marks():
    post = replace(ENTRY, body=blocks("<ul><li>One</li></ul><blockquote>Two</blockquote>"))
    shown = plain(render.message(post))
    assert "│ • One\n" in shown
    assert "│ ❝ Two\n" in shown


def test_a_reply_has_its_title_lines_table_origin_and_choices():
    assert plain(render.reply(REPLY)) == (
        "      ▌ Turnout in Tamworth: 35.9%\n"
        "      ▌ 25,586 valid votes of 71,302 electors.\n"
        "      ▌ Candidate        Votes\n"
        "      ▌ ──────────────────────\n"
        "      ▌ Sarah Edwards   11,719\n"
        "      ▌ Ian Cooper       1,373\n"
        "      ▌ The Telegraph live blog · 00:41 BST · reported\n"
        "      ▌\n"
        "      ▌ 1  Tamworth  turnout Tamworth\n"
        "      ▌ 2  Mid Bedfordshire  turnout Mid Bedfordshire\n"
    )


def test_a_choice_that_is_its_own_question_is_said_once():
    reply = Reply(title="", choices=(Choice(label="Turnout Tamworth", ask="turnout Tamworth"),))
    assert plain(render.reply(reply)).splitlines()[-1] == "      ▌ 1  Turnout Tamworth"


def test_an_error_is_no_red_wall():
    shown = coloured(render.reply(Reply(title="No such seat.", error=True)))
    assert "\x1b[33m" in shown
    assert "\x1b[31m" not in shown


def test_plain_output_has_no_bars_and_no_blanks_at_line_ends():
    for post in POSTS:
        shown = plain(render.message(post, plain=True))
        assert not set(shown) & set("│┃┊╎━┏▌─")
        assert all(line == line.rstrip() for line in shown.splitlines())


WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3
WIDE = "選挙⏰🗳️" * 30


@pytest.mark.parametrize("width", range(40, 121, 8))
@pytest.mark.parametrize("text", [WORD, WIDE, "a " * 100])
@pytest.mark.parametrize("is_plain", [False, True])
def test_no_line_is_wider_than_the_terminal(width, text, is_plain):
    body = (Block(kind=BlockKind.ITEM, spans=(Span(text=text),)),)
    reply = replace(
        REPLY,
        title=text,
        lines=(text,),
        table=Table(columns=(text, "Votes", text), rows=((text, text, text),)),
        choices=(Choice(label=text, ask=text),),
    )
    shown = [
        render.reply(reply, plain=is_plain),
        render.question(text, NOW),
        render.divider(text[:20], plain=is_plain),
        render.change(replace(MOVED, heading=text), before=ENTRY, at=NOW, plain=is_plain),
    ]
    for post in POSTS:
        long = replace(post, heading=text, body=body, contests=(text,))
        shown.append(render.message(long, plain=is_plain))
    for block in shown:
        assert all(cell_len(line) <= width for line in plain(block, width).splitlines())


def test_lines_stay_readable_on_a_wide_terminal():
    lines = plain(render.message(replace(ENTRY, heading="a " * 300)), 200).splitlines()
    assert max(map(cell_len, lines)) <= 100
