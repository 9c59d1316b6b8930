from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.ask import Channel
from bot.chat.post import PostKind
from bot.chat.reply import Choice, Reply, Table
from bot.election.figure import Source
from bot.liveblog.entry import Picture
from bot.liveblog.markup import blocks
from bot.platforms.discord.buttons import Button
from bot.platforms.discord.custom_ids import Press, Pressed, decode
from bot.platforms.discord.embeds import DiscordMessage, answer, message, plainer
from tests.platforms.discord.limits import JOINER, check, described, footer, seen, units
from tests.platforms.discord.reader import read
from tests.platforms.missed import LONG_ROUND_UP, NOTICE, ROUND_UP
from tests.platforms.terminal.posts import (
    DECLARATION,
    EDITED,
    ENTRY,
    LATE,
    MOVED,
    POSTS,
    REMINDER,
    REPLY,
    WITHDRAWN,
)

TIME = "<t:1697758860:t>"
BLOG = "[The Telegraph live blog](https://news.example/live)"
LONG = replace(ENTRY, body=blocks("<p>" + "Boxes have arrived. " * 200 + "</p>"))
PHOTO = Picture(
    url="https://news.example/1.jpg", alt="Ballot boxes", caption="Counting", credit="PA"
)


@pytest.mark.parametrize("post", [*POSTS, ROUND_UP, LONG_ROUND_UP, NOTICE])
def test_every_post_is_sound(post):
    check(message(post))
    check(plainer(post))


def test_an_entry_has_its_heading_body_time_seats_source_and_caption():
    assert message(ENTRY) == DiscordMessage(
        content="Low voter turnout in Tamworth",
        embeds=(
            {
                "description": "Just a third of voters came out to vote in the Tamworth"
                " by-election, with some 25,000 ballots submitted and turnout calculated at 35.9"
                " per cent.\n\nIt is lower than [in June](https://news.example/june).\n\n"
                f"-# {TIME} · Tamworth · {BLOG}",
                "color": 0x54677A,
                "footer": {"text": "▣ Vote counting continues at The Rawlett School — PA"},
            },
        ),
    )


def test_every_kind_opens_in_its_own_way():
    assert message(replace(ENTRY, key_event=True)).content == "★ Low voter turnout in Tamworth"
    assert message(REMINDER).content == "⏰ Tamworth: declaration expected in 15 minutes"
    assert message(MOVED).content.startswith("↻ Mid Bedfordshire: ")
    assert message(DECLARATION).content == "🗳️ Tamworth: Labour gain from Conservative"
    assert message(ROUND_UP).content.startswith("⇊ While this channel was out of reach: 3 entries")
    assert message(NOTICE).content.startswith("⚠ slack:C0123 is suspended")
    one_each = (WITHDRAWN, REMINDER, MOVED, DECLARATION, ROUND_UP, NOTICE)
    kinds = (ENTRY, replace(ENTRY, key_event=True), *one_each)
    assert len({message(post).embeds[0]["color"] for post in kinds}) == len(kinds)


def test_a_round_up_opens_each_post_and_strikes_what_was_withdrawn():
    first, _, last, *_ = described(message(ROUND_UP)).splitlines()
    assert first.startswith("- 00\\:49 [097 The returning officer ")
    assert first.endswith("…](https://news.example/live#97) (edited)")
    assert last.startswith("- 00\\:51 [~~099 The returning officer ")
    assert last.endswith("…~~](https://news.example/live#99) (withdrawn)")


def test_the_longest_round_up_gives_up_its_links_before_a_line_or_what_is_struck():
    shown = described(message(LONG_ROUND_UP))
    lines = [line for line in shown.splitlines() if line.startswith("- ")]
    assert len(lines) == 40
    assert not any("](" in line for line in lines)
    assert [line for line in lines if "~~" in line] == [lines[-1]]
    assert shown.startswith("23 more are not listed")
    assert "Read on" not in shown


def test_a_round_up_of_which_not_all_fits_keeps_its_newest_lines():
    starred = replace(LONG_ROUND_UP, body=blocks("<ul>" + f"<li>{'*' * 90}</li>" * 40 + "</ul>"))
    for shown in (described(message(starred)), plainer(LONG_ROUND_UP).content):
        assert "…\n\n- " in shown
        assert shown.count("\n- ") < 40
    assert "00\\:51 ~~099 " in plainer(LONG_ROUND_UP).content
    assert "00:12 060 " not in plainer(LONG_ROUND_UP).content


def test_a_notification_has_the_heading_and_a_reader_has_it_once():
    for post in POSTS:
        shown = message(post)
        assert post.heading in shown.content
        assert post.heading not in described(shown)
        assert "<t:" not in shown.content


def test_an_entry_without_heading_is_told_by_its_first_words_and_other_kinds_by_their_name():
    opened = {kind: message(replace(ENTRY, kind=kind, heading=" ")).content for kind in PostKind}
    assert opened[PostKind.ENTRY].startswith("Just a third of voters came out")
    assert opened[PostKind.ENTRY].endswith("35.9 per cent. It is lower than in June.")
    assert opened[PostKind.REMINDER] == "⏰ Reminder"
    assert opened[PostKind.DECLARATION] == "🗳️ Declaration"
    bare = replace(ENTRY, heading="", body=())
    assert message(bare).content == "Live blog entry"


def test_an_edit_says_when():
    edited = "✎ edited <t:1697759520:t>"
    assert footer(message(EDITED)) == f"{TIME} · {edited} · Tamworth · {BLOG}"
    assert message(EDITED).content == "Turnout in Tamworth is 35.9 per cent"


def test_a_withdrawal_strikes_the_words_and_says_why():
    shown = message(replace(WITHDRAWN, pictures=(PHOTO,), key_event=True))
    assert shown.content.replace(JOINER, "") == "✗ Withdrawn: ~~Low voter turnout in Tamworth~~"
    assert shown.embeds[0].keys() == {"description", "color"}
    first, second, why, small = described(shown).split("\n\n")
    assert read(first).of("strike") == [ENTRY.body[0].text]
    assert read(second).of("strike") == ["It is lower than in June."]
    assert why == "**Reason:** The Telegraph took it down."
    assert small == f"-# {TIME} · Tamworth · {BLOG}"


def test_a_withdrawn_heading_is_struck_to_its_end():
    shown = read(message(replace(WITHDRAWN, heading="About ~35%~")).content)
    assert [held.replace(JOINER, "") for held in shown.of("strike")] == ["About ~35%~"]


def test_a_late_post_says_by_how_much_where_it_is_heard():
    assert message(LATE).content.endswith("in 15 minutes (12 minutes late)")
    hours = replace(LATE, late=timedelta(hours=2, minutes=1))
    assert message(hours).content.endswith(" (2 hours 1 minute late)")


def test_many_seats_become_a_number():
    shown = message(replace(ENTRY, contests=tuple("ABCDEFGH")))
    assert footer(shown) == f"{TIME} · A · B · C · D · E · 3 more · {BLOG}"


@pytest.mark.parametrize(
    ("heading", "colour"),
    [
        ("Tamworth: Labour gain from Conservatives", 0xE4003B),
        ("Mid Bedfordshire: Conservatives hold", 0x0087DC),
        ("Selby: Independent win", 0x767676),
        ("Selby has declared", 0xFAA61A),
    ],
)
def test_a_declaration_has_the_winners_colour(heading, colour):
    votes = blocks("<ul><li>Ann Lee (LD) 9</li><li>Bo Ray (Lab) 8</li></ul>")
    shown = message(replace(DECLARATION, heading=heading, body=votes))
    assert shown.embeds[0]["color"] == colour
    gone = message(replace(DECLARATION, heading=heading, body=votes, withdrawn="Read wrongly."))
    assert gone.embeds[0]["color"] != colour


def test_a_long_body_ends_with_a_sentence_and_reads_on():
    shown = message(LONG)
    check(shown)
    words, read_on, _ = described(shown).split("\n\n")
    assert words.endswith("Boxes have arrived.")
    assert 2_400 < len(words) <= 2_500
    assert read_on == "[Read on](https://news.example/live)"
    nowhere = message(replace(LONG, source=Source(name="Returning officer")))
    assert described(nowhere).split("\n\n")[1] == "…"


def test_a_long_heading_reads_on_in_the_blog():
    shown = message(replace(ENTRY, heading="Counting " * 60))
    assert shown.content.endswith("Counting…")
    assert "[Read on](https://news.example/live)" in described(shown)
    assert "Read on" not in described(message(replace(ENTRY, heading="Counting …")))


def test_a_picture_has_its_caption_and_credit_below():
    (embed,) = message(replace(ENTRY, pictures=(PHOTO,))).embeds
    assert embed["image"] == {"url": PHOTO.url}
    assert embed["footer"] == {"text": "▣ Counting — PA"}
    assert "url" not in embed


def test_several_pictures_share_an_address_and_so_become_one_gallery():
    many = tuple(replace(PHOTO, url=f"https://news.example/{n}.jpg") for n in range(6))
    shown = message(replace(ENTRY, pictures=many))
    check(shown)
    assert [embed["image"]["url"] for embed in shown.embeds] == [p.url for p in many[:4]]
    assert {embed["url"] for embed in shown.embeds} == {"https://news.example/live"}
    assert all(embed.keys() == {"url", "image"} for embed in shown.embeds[1:])
    assert shown.embeds[0]["footer"]["text"] == "\n".join(["▣ Counting — PA"] * 4)
    assert "[Read on]" in described(shown)


def test_pictures_of_a_source_without_address_are_a_gallery_too():
    pair = (PHOTO, replace(PHOTO, url="https://news.example/2.jpg"))
    shown = message(replace(ENTRY, pictures=pair, source=None))
    assert {embed["url"] for embed in shown.embeds} == {PHOTO.url}


def test_a_picture_that_cannot_be_fetched_is_words():
    (embed,) = message(
        replace(ENTRY, pictures=(replace(PHOTO, url="data:x", caption=None),))
    ).embeds
    assert "image" not in embed
    assert embed["footer"] == {"text": "▣ Ballot boxes — PA"}


def test_the_plainer_post_says_the_same_in_text_alone():
    shown = plainer(EDITED)
    assert shown.embeds == ()
    assert shown.content == "\n\n".join(
        [
            "Turnout in Tamworth is 35.9 per cent",
            EDITED.body[0].text,
            "It is lower than in June.",
            f"-# {TIME} · ✎ edited <t:1697759520:t> · Tamworth"
            " · [The Telegraph live blog](<https://news.example/live>)",
        ]
    )
    gone = seen(plainer(WITHDRAWN))
    assert [held.replace(JOINER, "") for held in gone.of("strike")] == [
        "Low voter turnout in Tamworth",
        *(block.text for block in ENTRY.body),
    ]
    assert "Reason: The Telegraph took it down." in gone.words
    assert units(plainer(LONG).content) <= 2_000


def test_an_edit_leaves_nothing_of_what_stood_there():
    assert message(REMINDER).payload() == {
        "content": "⏰ Tamworth: declaration expected in 15 minutes",
        "embeds": [{"description": "-# <t:1697766300:t>", "color": 0xF2F0EB}],
        "components": [],
        "allowed_mentions": {"parse": [], "replied_user": False},
    }
    assert plainer(REMINDER).payload()["embeds"] == []


def test_a_post_has_its_choices_as_buttons_and_an_edit_without_them_takes_them_away():
    asked = message(replace(REMINDER, choices=REPLY.choices))
    assert asked.rows == answer(REPLY).rows
    assert message(REMINDER).payload()["components"] == []
    assert message(replace(REMINDER, choices=REPLY.choices, withdrawn="wrong")).rows == ()


def test_an_answer_has_title_lines_table_origin_and_choices():
    shown = answer(REPLY)
    check(shown)
    assert shown.content == "Turnout in Tamworth: 35.9%"
    assert described(shown) == (
        "25,586 valid votes of 71,302 electors.\n```\n"
        "Candidate       Votes\nSarah Edwards  11,719\nIan Cooper      1,373\n```\n"
        f"-# {BLOG} · {TIME} · reported"
    )
    assert shown.rows == (
        (
            Button(label="Tamworth", custom_id="choice:1:turnout Tamworth"),
            Button(label="Mid Bedfordshire", custom_id="choice:2:turnout Mid Bedfordshire"),
        ),
    )
    assert shown.payload()["components"][0]["components"][0] == {
        "type": 2,
        "style": 2,
        "label": "Tamworth",
        "custom_id": "choice:1:turnout Tamworth",
    }


def test_an_answer_about_another_night_has_its_day():
    shown = answer(replace(REPLY, as_of=datetime(2024, 7, 4, 22, tzinfo=UTC)))
    assert footer(shown) == f"{BLOG} · <t:1697758860:f> · reported"


def test_a_figure_of_which_only_the_day_is_known_shows_no_hour():
    shown = answer(replace(REPLY, origin=replace(REPLY.origin, day_only=True)))
    assert footer(shown) == f"{BLOG} · Friday 20 October 2023 · reported"


def test_an_error_is_text_alone():
    shown = answer(Reply(title="No such seat: Tamwurth.", lines=("Try *this*.",), error=True))
    assert shown == DiscordMessage(content="No such seat: Tamwurth.\nTry \\*this\\*.")
    long = answer(Reply(title="W" * 3_000, lines=("It is so. " * 400,), error=True))
    check(long)
    assert long.content.endswith("It is so.\n…")


def test_an_answer_without_title_opens_with_its_first_line():
    shown = answer(Reply(title=" ", lines=("One.", "Two.")))
    assert (shown.content, described(shown)) == ("One.", "Two.")
    assert answer(Reply(title="")).content == "No words for an answer"


def test_an_answer_names_the_channels_of_discord():
    place = Channel(platform="discord", id="123456789012345678")
    reply = Reply(title=f"{place} follows", lines=(f"Also slack:C1 and {place}.",), places=(place,))
    shown = answer(reply)
    check(shown, {place.id})
    assert shown.content == f"<#{place.id}> follows"
    assert described(shown) == f"Also slack:C1 and <#{place.id}>."


def test_an_answer_can_be_posted_to_the_channel():
    (first, *rest), *_ = answer(REPLY, postable=True, question="turnout Tamworth").rows
    assert first == Button(label="Post to channel", custom_id="post:turnout Tamworth")
    assert len(rest) == 2
    assert len(answer(REPLY, postable=True).rows[0]) == 2
    assert len(answer(REPLY, question="turnout Tamworth").rows[0]) == 2


def test_a_choice_opens_its_form():
    choices = (Choice(label="Follow …", ask="follow", form="follow"),) * 2
    (row,) = answer(Reply(title="?", choices=choices)).rows
    assert [decode(button.custom_id) for button in row] == [
        Pressed(press=Press.FORM, form="follow", question="follow", number=number)
        for number in (1, 2)
    ]


def test_more_than_25_choices_are_cut_and_a_question_is_never():
    many = tuple(Choice(label=f"Seat {n}", ask=f"turnout Seat {n}") for n in range(40))
    shown = answer(Reply(title="Which?", choices=(Choice(label="x", ask="y" * 101), *many)))
    check(shown)
    assert [len(row) for row in shown.rows] == [5, 5, 5, 5, 5]
    assert shown.rows[0][0].label == "Seat 0"


def test_a_long_table_says_how_many_rows_are_left():
    rows = tuple((f"Candidate number {n} of many", f"{n:,}") for n in range(200))
    shown = answer(Reply(title="All", table=Table(columns=("Candidate", "Votes"), rows=rows)))
    check(shown)
    *_, before, last = seen(shown).of("code block")[0].split("\n")
    left = 199 - int(before.split()[2])
    assert last == f"… and {left} more"


def test_a_table_cannot_end_its_own_block():
    table = Table(columns=("```", "@everyone"), rows=(("# a", "`b`"),))
    shown = seen(answer(Reply(title="x", table=table)))
    assert shown.kinds == {"code block"}
    assert "# a" in shown.of("code block")[0]
