from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.post import PostKind
from bot.chat.reply import Choice
from bot.election.figure import Source
from bot.liveblog.entry import Picture
from bot.liveblog.markup import blocks
from bot.platforms.slack.blocks import SlackMessage, message, plainer
from tests.platforms.missed import LONG_ROUND_UP, NOTICE, ROUND_UP
from tests.platforms.slack.limits import check, footer, header, mrkdwn, of, rich_words
from tests.platforms.terminal.posts import (
    DECLARATION,
    EDITED,
    ENTRY,
    LATE,
    MOVED,
    POSTS,
    REMINDER,
    WITHDRAWN,
)

TIME = "<!date^1697758860^{time}|00:41 BST>"
BLOG = "<https://news.example/live|The Telegraph live blog>"
LONG = replace(ENTRY, body=blocks("<p>" + "Boxes have arrived. " * 200 + "</p>"))
PHOTO = Picture(
    url="https://news.example/1.jpg", alt="Ballot boxes", caption="Counting", credit="PA"
)


@pytest.mark.parametrize("post", [*POSTS, ROUND_UP, LONG_ROUND_UP, NOTICE])
def test_every_post_is_sound(post):
    check(message(post))
    check(plainer(post))


def test_an_entry_has_its_heading_time_seats_source_body_and_caption():
    assert message(ENTRY) == SlackMessage(
        text="00:41, Low voter turnout in Tamworth. Just a third of voters came out to vote in the"
        " Tamworth by-election, with some 25,000 ballots submitted and turnout calculated at 35.9"
        " per cent. It is lower than in June.",
        blocks=[
            {
                "type": "header",
                "text": {
                    "type": "plain_text",
                    "text": "Low voter turnout in Tamworth",
                    "emoji": True,
                },
            },
            {
                "type": "context",
                "elements": [
                    {"type": "mrkdwn", "text": f"{TIME} · Tamworth · {BLOG}", "verbatim": True}
                ],
            },
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {
                                "type": "text",
                                "text": "Just a third of voters came out to vote in the Tamworth"
                                " by-election, with some 25,000 ballots submitted and turnout"
                                " calculated at 35.9 per cent.\n\n",
                            },
                            {"type": "text", "text": "It is lower than "},
                            {"type": "link", "text": "in June", "url": "https://news.example/june"},
                            {"type": "text", "text": "."},
                        ],
                    }
                ],
            },
            {
                "type": "context",
                "elements": [
                    {
                        "type": "plain_text",
                        "text": "▣ Vote counting continues at The Rawlett School — PA",
                        "emoji": True,
                    }
                ],
            },
        ],
    )


def test_every_kind_opens_in_its_own_way():
    assert header(message(replace(ENTRY, key_event=True))) == "★ Low voter turnout in Tamworth"
    assert header(message(REMINDER)) == "⏰ *Tamworth: declaration expected in 15 minutes*"
    assert header(message(MOVED)).startswith("↻ *Mid Bedfordshire: ")
    assert header(message(DECLARATION)) == "🗳️ Tamworth: Labour gain from Conservative"
    opening = "⇊ *While this channel was out of reach: 3 entries, 00:49 to 00:51*"
    assert header(message(ROUND_UP)) == opening
    assert header(message(NOTICE)).startswith("⚠ *slack:C0123 is suspended: ")
    kinds = [message(post).blocks[0]["type"] for post in (ENTRY, REMINDER, MOVED, DECLARATION)]
    assert kinds == ["header", "section", "section", "header"]


def test_an_entry_without_heading_has_none_and_other_kinds_their_name():
    opened = {kind: message(replace(ENTRY, kind=kind, heading=" ")).blocks[0] for kind in PostKind}
    assert opened[PostKind.ENTRY]["type"] == "context"
    assert opened[PostKind.REMINDER]["text"]["text"] == "⏰ *Reminder*"
    assert opened[PostKind.DECLARATION]["text"]["text"] == "🗳️ Declaration"


def test_an_edit_says_when():
    edited = "✎ edited <!date^1697759520^{time}|00:52 BST>"
    assert footer(message(EDITED)) == f"{TIME} · {edited} · Tamworth · {BLOG}"
    assert message(EDITED).text.startswith("00:41, edited 00:52, Turnout in Tamworth is")


def test_a_withdrawal_strikes_the_words_and_says_why():
    shown = message(replace(WITHDRAWN, pictures=(PHOTO,)))
    assert footer(shown) == f"✗ *withdrawn* · {TIME} · Tamworth · {BLOG}"
    assert [block["type"] for block in shown.blocks] == ["context", "rich_text"]
    *struck, reason, why = of(shown.blocks, "text")
    assert all(each["style"] == {"strike": True} for each in struck)
    assert struck[0]["text"] == "Low voter turnout in Tamworth\n\n"
    assert reason["text"] + why["text"] == "Reason: The Telegraph took it down."
    assert shown.text == (
        "00:41, withdrawn, Low voter turnout in Tamworth. The Telegraph took it down."
    )


def test_a_late_post_says_by_how_much():
    assert footer(message(LATE)).endswith(" · 12 minutes late")
    hours = replace(LATE, late=timedelta(hours=2, minutes=1))
    assert footer(message(hours)).endswith(" · 2 hours 1 minute late")
    seconds = replace(LATE, late=timedelta(seconds=20))
    assert footer(message(seconds)).endswith(" · less than a minute late")


def test_many_seats_become_a_number():
    shown = message(replace(ENTRY, contests=tuple("ABCDEFGH")))
    assert footer(shown) == f"{TIME} · A · B · C · D · E · 3 more · {BLOG}"


@pytest.mark.parametrize(
    ("heading", "colour"),
    [
        ("Tamworth: Labour gain from Conservatives", "#E4003B"),
        ("Mid Bedfordshire: Conservatives hold", "#0087DC"),
        ("Selby: Greens win", "#02A95B"),
        ("Selby: Reform UK gain", "#12B6CF"),
        ("Selby: Independent win", "#767676"),
        ("Selby has declared", "#FAA61A"),
    ],
)
def test_a_declaration_has_the_winners_colour(heading, colour):
    votes = blocks("<ul><li>Ann Lee (LD) 9</li><li>Bo Ray (Lab) 8</li></ul>")
    assert message(replace(DECLARATION, heading=heading, body=votes)).colour == colour


def test_only_a_declaration_that_stands_has_a_colour():
    assert message(replace(DECLARATION, withdrawn="Read out wrongly.")).colour is None
    assert [message(post).colour for post in (ENTRY, REMINDER, MOVED)] == [None] * 3


def test_a_notice_has_an_edge_of_its_own_and_a_round_up_none():
    assert message(NOTICE).colour == "#8A6D3B"
    assert message(ROUND_UP).colour is None


def test_a_round_up_opens_each_post_and_strikes_what_was_withdrawn():
    shown = message(ROUND_UP).blocks
    links = of(shown, "link")
    assert [link["url"] for link in links] == [
        f"https://news.example/live#{n}" for n in (97, 98, 99)
    ]
    assert [link.get("style") for link in links] == [None, None, {"strike": True}]
    assert rich_words(shown).count("(withdrawn)") == 1


def test_the_longest_round_up_gives_up_its_links_before_a_line_or_what_is_struck():
    shown = message(LONG_ROUND_UP).blocks
    assert sum(len(part["elements"]) for part in of(shown, "rich_text_list")) == 40
    assert of(shown, "link") == []
    (struck,) = [each for each in of(shown, "text") if each.get("style") == {"strike": True}]
    assert struck["text"].startswith("099 ")
    assert "23 more are not listed" in rich_words(shown)


def test_the_plainer_round_up_keeps_its_newest_lines():
    text = plainer(LONG_ROUND_UP).text
    assert "00:51 099 " in text
    assert text.index("098 ") < text.index("099 ")
    assert "00:12 060 " not in text


def test_a_colour_stands_beside_all_below_the_heading():
    shown = message(DECLARATION)
    assert shown.payload() == {
        "text": shown.text,
        "blocks": shown.blocks[:1],
        "attachments": [{"color": "#E4003B", "fallback": shown.text, "blocks": shown.blocks[1:]}],
    }
    assert message(ENTRY).payload()["attachments"] == []


def test_a_long_body_ends_with_a_sentence_and_reads_on():
    shown = message(LONG)
    check(shown)
    words = rich_words(shown.blocks[2])
    assert words.endswith("Boxes have arrived.Read on")
    assert 2_400 < len(words) < 2_510
    assert of(shown.blocks, "link")[-1]["url"] == "https://news.example/live"


def test_a_long_body_of_a_source_without_address_ends_in_dots():
    assert rich_words(message(replace(LONG, source=None)).blocks[2]).endswith("arrived.…")


def test_a_cut_heading_reads_on_too():
    shown = message(
        replace(REMINDER, kind=PostKind.ENTRY, heading="word " * 60, source=ENTRY.source)
    )
    assert len(header(shown)) <= 150
    assert header(shown).endswith("word…")
    assert rich_words(shown.blocks[-1]) == "Read on"


def test_a_picture_is_shown_with_caption_and_credit():
    assert message(replace(ENTRY, pictures=(PHOTO,))).blocks[-1] == {
        "type": "image",
        "image_url": "https://news.example/1.jpg",
        "alt_text": "Ballot boxes",
        "title": {"type": "plain_text", "text": "Counting — PA", "emoji": True},
    }


def test_a_picture_always_has_words_in_its_place():
    pictures = (
        replace(PHOTO, alt=None),
        Picture(url=PHOTO.url),
        Picture(),
        Picture(url="http://a.example/b"),
    )
    shown = message(replace(ENTRY, pictures=pictures))
    assert [each["alt_text"] for each in of(shown.blocks, "image")] == [
        "Counting",
        "Picture from the live blog",
    ]


def test_a_picture_that_slack_cannot_fetch_safely_is_its_caption():
    shown = message(replace(ENTRY, pictures=(replace(PHOTO, url="http://news.example/1.jpg"),)))
    assert shown.blocks[-1]["elements"][0]["text"] == "▣ Counting — PA"


def test_more_pictures_than_anybody_looks_at_are_left_to_the_blog():
    shown = message(replace(ENTRY, pictures=(PHOTO,) * 60))
    assert len(of(shown.blocks, "image")) == 5
    assert [each["text"] for each in of(shown.blocks, "link")][-1] == "Read on"


def test_the_plainer_post_is_text_alone():
    shown = plainer(replace(WITHDRAWN, body=blocks("<ul><li>One</li></ul>")))
    assert (shown.blocks, shown.colour) == ([], None)
    assert shown.text == (
        "*~Low voter turnout in Tamworth~*\n• ~One~\nReason: The Telegraph took it down.\n"
        f"✗ *withdrawn* · {TIME} · Tamworth · {BLOG}"
    )


def test_words_from_outside_neither_mark_nor_call():
    evil = "<!channel> *@here* <@U1>"
    shown = message(
        replace(MOVED, heading=evil, contests=("_Tam_",), source=Source(name=evil, url=None))
    )
    check(shown)
    harmless = "&lt;!channel&gt; ∗@\u2060here∗ &lt;@U1&gt;"
    assert header(shown) == f"↻ *{harmless}*"
    assert mrkdwn(shown)[2].endswith(f" · ˍTamˍ · {harmless}")


def test_a_post_has_its_choices_as_buttons():
    choices = (
        Choice(label="Half an hour more", ask="delay Tamworth 30m"),
        Choice(label="Result …", ask="record", form="record"),
    )
    *_, row = message(replace(REMINDER, choices=choices)).blocks
    assert row["type"] == "actions"
    assert [(one["action_id"], one["value"]) for one in row["elements"]] == [
        ("choice:1", "delay Tamworth 30m"),
        ("form:record", "record"),
    ]
    withdrawn = message(replace(REMINDER, choices=choices, withdrawn="wrong"))
    assert "actions" not in [block["type"] for block in withdrawn.blocks]
