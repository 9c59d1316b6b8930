from dataclasses import replace
from datetime import UTC, datetime

from bot.chat.reply import Choice, Reply, Table
from bot.platforms.slack.blocks import answer
from tests.platforms.slack.limits import check, footer, of, rich_words
from tests.platforms.terminal.posts import REPLY

TIME = "<!date^1697758860^{time}|00:41 BST>"
BLOG = "<https://news.example/live|The Telegraph live blog>"


def test_an_answer_has_title_lines_table_origin_and_choices():
    shown = answer(REPLY)
    check(shown)
    title, line = of(shown.blocks[:1], "text")
    assert title == {
        "type": "text",
        "text": "Turnout in Tamworth: 35.9%\n",
        "style": {"bold": True},
    }
    assert line["text"] == "25,586 valid votes of 71,302 electors."
    assert rich_words(shown.blocks[1]) == (
        "Candidate       Votes\nSarah Edwards  11,719\nIan Cooper      1,373"
    )
    assert footer(shown) == f"{BLOG} · {TIME} · reported"
    assert [
        (each["text"]["text"], each["value"], each["action_id"])
        for each in of(shown.blocks, "button")
    ] == [
        ("Tamworth", "turnout Tamworth", "choice:1"),
        ("Mid Bedfordshire", "turnout Mid Bedfordshire", "choice:2"),
    ]
    assert shown.text == (
        "Turnout in Tamworth: 35.9%. 25,586 valid votes of 71,302 electors."
        " To choose from: Tamworth, Mid Bedfordshire"
    )


def test_an_answer_about_another_night_has_its_day():
    shown = answer(replace(REPLY, as_of=datetime(2024, 7, 4, 22, tzinfo=UTC)))
    assert "{date_long}|00:41 BST, Friday 20 October 2023>" in footer(shown)


def test_a_figure_of_which_only_the_day_is_known_shows_no_hour():
    shown = answer(replace(REPLY, origin=replace(REPLY.origin, day_only=True)))
    (told,) = (block for block in shown.blocks if block["type"] == "context")
    assert "· Friday 20 October 2023 · reported" in told["elements"][0]["text"]


def test_an_error_is_small_and_grey():
    shown = answer(Reply(title="No such seat: Tamwurth.", lines=("Try “Tamworth”.",), error=True))
    assert [block["type"] for block in shown.blocks] == ["context"]
    assert shown.blocks[0]["elements"][0]["text"] == "No such seat: Tamwurth.\nTry “Tamworth”."


def test_an_answer_can_be_posted_to_the_channel():
    first, *rest = of(answer(REPLY, postable=True, question="turnout Tamworth").blocks, "button")
    assert (first["action_id"], first["value"]) == ("post", "turnout Tamworth")
    assert len(rest) == 2
    assert len(of(answer(REPLY, postable=True).blocks, "button")) == 2


def test_more_than_25_choices_are_cut_and_a_question_is_never():
    many = tuple(Choice(label=f"Seat {n}", ask=f"turnout Seat {n}") for n in range(40))
    shown = answer(Reply(title="Which?", choices=(Choice(label="x", ask="y" * 2_001), *many)))
    check(shown)
    assert len(of(shown.blocks, "button")) == 24
    assert [len(block["elements"]) for block in shown.blocks if block["type"] == "actions"] == [
        5, 5, 5, 5, 4,
    ]  # fmt: skip


def test_a_long_table_says_how_many_rows_are_left():
    rows = tuple((f"Candidate number {n} of many", f"{n:,}") for n in range(200))
    shown = answer(Reply(title="All", table=Table(columns=("Candidate", "Votes"), rows=rows)))
    check(shown)
    *_, before, last = rich_words(shown.blocks[1]).split("\n")
    left = 199 - int(before.split()[2])
    assert last == f"… and {left} more"


def test_a_table_of_uneven_rows_and_wide_letters_stays_in_line():
    table = Table(
        columns=("Name", "Votes"), rows=(("林",), ("Ann", "9", "x")), right=frozenset({1})
    )
    assert rich_words(answer(Reply(title="", table=table)).blocks[0]) == (
        "Name  Votes\n林\nAnn       9"
    )
    assert answer(Reply(title="", table=Table(columns=(), rows=(("a",),)))).blocks == []
