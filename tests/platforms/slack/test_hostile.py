"""Whatever a blog or a person writes: Slack takes the message, and nothing in it is a mark."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.ask import Channel
from bot.chat.form import Field, FieldKind, Form, Option
from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice, Origin, Reply, Table
from bot.election.figure import Source, Standing
from bot.liveblog.entry import Picture
from bot.liveblog.markup import Block, BlockKind, Span, Style, blocks
from bot.platforms.slack.blocks import answer, message, plainer
from bot.platforms.slack.forms import again, filled_in, modal, notice, told
from bot.platforms.slack.page import at_a_glance
from tests.platforms.slack.limits import TOKEN, check, check_view, mrkdwn, of
from tests.slack.choices import state

AT = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
JOINER = "\u2060"
FAMILY = "👨\u200d👩\u200d👧\u200d👦"
NASTY = [
    "<!channel>", "&lt;!channel&gt;", "&amp;lt;!here&amp;gt;", "<@U012>", "<#C012>", "@here",
    "@Everyone", "<!date^1^{time}|x>", "<https://evil.example|bank>", "*b*", "_i_", "~s~", "`c`",
    "```", "> q", "- l", "1. l", "&", "|", ":tada:", FAMILY, "🏴\U000e0067\U000e007f", "\u202e",
    "אבג", "\u2066x\u2069", "\ud83d", "\udc00", "\x00", "\x1b[2J", "\u2028", "\r\n", "\u200d",
    "\u0301" * 40, "٣", "ﷺ", "\U0001f5f3\ufe0f", "https://a.example/?q=<!here>", "@", "here",
    " ", "<",
]  # fmt: skip
ANY = st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"])


class Long(str):
    """A text that is not written out where an example is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} characters: {self[:20]!r}…>"


words = st.lists(st.sampled_from(NASTY) | st.text(ANY, max_size=20), max_size=12).map("".join)
texts = words | st.builds(
    lambda part, times: Long(part * times),
    st.sampled_from([*NASTY, "word ", "It is so. ", "W"]),
    st.integers(0, 1_500),
)
urls = st.one_of(
    st.none(),
    texts,
    texts.map(lambda text: Long(f"https://a.example/{text}")),
    st.integers(0, 3_200).map(lambda n: Long("https://a.example/" + "&" * n)),
)
spans = st.builds(Span, text=texts, styles=st.frozensets(st.sampled_from(list(Style))), link=urls)
made = st.builds(
    Block, kind=st.sampled_from(list(BlockKind)), spans=st.lists(spans, max_size=4).map(tuple)
)
# What a page holds has been read as UTF-8, and knows no half characters.
read = st.tuples(st.sampled_from(["p", "li", "h2", "blockquote", "b"]), words).map(
    lambda part: f"<{part[0]}>{part[1]}</{part[0]}>".encode(errors="ignore").decode()
)
trees = st.lists(made, max_size=5).map(tuple) | st.lists(read, max_size=5).map(
    lambda parts: blocks("".join(parts))
)
instants = st.integers(0, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
sources = st.builds(Source, name=texts, url=urls)
posts = st.builds(
    Post,
    kind=st.sampled_from(list(PostKind)),
    heading=texts,
    at=instants,
    body=trees,
    pictures=st.lists(
        st.builds(
            Picture,
            url=urls,
            alt=st.none() | texts,
            caption=st.none() | texts,
            credit=st.none() | texts,
        ),
        max_size=8,
    ).map(tuple),
    source=st.none() | sources,
    contests=st.lists(texts, max_size=8).map(tuple),
    key_event=st.booleans(),
    edited=st.none() | instants,
    withdrawn=st.none() | texts,
    late=st.none() | st.timedeltas(timedelta(0), timedelta(days=3)),
)
rows = st.lists(texts, max_size=5).map(tuple)
places = st.lists(
    st.builds(
        Channel,
        platform=st.sampled_from(["slack", "discord"]),
        id=st.sampled_from(["C1", "C12", "T1/C12", "G1", "D1", "C", "T1/", "<!here>", ""]) | words,
    ),
    max_size=6,
).map(tuple)
naming = st.lists(
    st.sampled_from(["slack:C1", "slack:C12", "slack:T1/C12", "discord:C1", "slack:", ":C1:", "."])
    | words,
    max_size=6,
).map("".join)
replies = st.builds(
    Reply,
    title=texts | naming,
    lines=st.lists(texts | naming, max_size=8).map(tuple),
    table=st.none()
    | st.builds(
        Table,
        columns=rows,
        rows=st.lists(rows, max_size=6).map(tuple),
        right=st.frozensets(st.integers(0, 4)),
    ),
    origin=st.none()
    | st.builds(Origin, source=sources, at=instants, standing=st.sampled_from(list(Standing))),
    choices=st.lists(
        st.builds(
            Choice, label=texts, ask=texts, form=st.none() | st.sampled_from(["a", "b"]) | words
        ),
        max_size=30,
    ).map(tuple),
    error=st.booleans(),
    as_of=st.none() | instants,
    places=places,
)
options = st.lists(
    st.builds(Option, label=texts, value=texts | st.integers(0, 300).map(str)), max_size=12
) | st.integers(0, 350).map(lambda n: [Option(label=f"{i}", value=f"{i}") for i in range(n)])
fields = st.builds(
    Field,
    name=st.sampled_from([f"f{n}" for n in range(60)]),
    label=texts,
    kind=st.sampled_from(list(FieldKind)),
    hint=texts,
    example=texts,
    required=st.booleans(),
    options=options.map(tuple),
    given=st.lists(texts | st.integers(0, 350).map(str), max_size=5).map(tuple),
    longest=st.integers(-1, 50_000),
)
forms = st.builds(
    Form,
    name=st.just("x"),
    title=texts,
    fields=st.lists(fields, max_size=3, unique_by=lambda field: field.name).map(tuple),
    submit=texts,
)


@given(posts)
def test_any_post_is_sound(post):
    check(message(post))
    check(plainer(post))


@given(replies, st.booleans(), texts)
def test_any_reply_is_sound(reply, postable, question):
    check(answer(reply, postable=postable, question=question), _named(reply))


@given(replies)
def test_only_what_spells_a_place_out_is_shown_by_its_name(reply):
    with_names = of(answer(reply).blocks, "text", "link", "channel")
    without = of(answer(replace(reply, places=())).blocks, "text", "link", "channel")

    def read(each):
        return each["text"] if "text" in each else f"<{each['channel_id']}>"

    assert not any(each["type"] == "channel" for each in without)
    shown = "".join(map(read, with_names)).replace(JOINER, "")
    plain = "".join(map(read, without)).replace(JOINER, "")
    for each in with_names:
        if each["type"] == "channel":
            before, _, shown = shown.partition(f"<{each['channel_id']}>")
            assert plain.startswith(before)
            plain = plain.removeprefix(before)
            names = [n for n in _spellings(reply, each["channel_id"]) if plain.startswith(n)]
            assert names
            plain = plain.removeprefix(max(names, key=len))
    assert shown == plain


@given(st.lists(replies, max_size=20))
def test_any_page_is_sound(sections):
    view = at_a_glance(sections).view()
    check_view(view, "home", {each for section in sections for each in _named(section)})


@given(forms, texts, st.none() | st.just("C1"), replies, texts)
def test_any_form_is_sound_and_so_is_it_when_it_comes_back(form, ask, channel, why, fault):
    view = modal(form, ask=ask, channel=channel)
    check_view(view, "modal")
    for _ in range(2):
        submitted = {**view, "state": state(view["blocks"], {})}
        assert filled_in(submitted)[1] == channel
        for reason in (None, why):
            view = again(submitted, {field.name: fault for field in form.fields}, reason)
            check_view(view, "modal", _named(why))
        check(answer(Reply(title=fault, lines=tuple(told(submitted)))))


@given(texts)
def test_whatever_was_typed_is_in_the_field_again(written):
    form = Form(name="x", title="X", fields=(Field(name="f", label="F", kind=FieldKind.TEXT),))
    view = modal(form)
    values = {"field:f": written, "channel": "C1"}
    submitted = {**view, "state": state(view["blocks"], values)}
    back = again(submitted, {"f": "No."})["blocks"][1]["element"]
    assert back.get("initial_value", "") == written


@given(replies)
def test_any_notice_is_sound(reply):
    check_view(notice(reply, title=reply.title), "modal", _named(reply))


def _named(reply: Reply) -> set[str]:
    return {place.id.rpartition("/")[2] for place in reply.places if place.platform == "slack"}


def _spellings(reply: Reply, channel_id: str) -> list[str]:
    return [str(place) for place in reply.places if place.id.rpartition("/")[2] == channel_id]


@given(posts)
def test_the_only_marks_in_a_post_are_our_own(post):
    for field in mrkdwn(message(post)):
        bare = TOKEN.sub(lambda token: token[0].split("|", 1)[1], field)
        bare = bare.replace("✗ *withdrawn*", "", 1)
        if bare.startswith(("⏰ *", "↻ *", "⇊ *", "⚠ *", "🔎 *", "🧭 *")):
            assert bare.endswith("*")
            bare = bare[3:-1]
        assert not set("*~`") & set(bare), field


@pytest.mark.parametrize(
    "post",
    [
        Post(kind=PostKind.ENTRY, heading="", at=AT),
        Post(kind=PostKind.ENTRY, heading="W" * 20_000, at=AT),
        Post(kind=PostKind.DECLARATION, heading=FAMILY * 500, at=AT, contests=("Tamworth",) * 650),
        Post(kind=PostKind.ENTRY, heading="x", at=AT, body=blocks("<li>One more.</li>" * 1_000)),
        Post(kind=PostKind.ENTRY, heading="x", at=AT, body=blocks("<i>a</i><b>b</b>" * 3_000)),
        Post(
            kind=PostKind.ENTRY,
            heading="x",
            at=AT,
            body=blocks(f"<p><a href='https://a.example/{'a' * 2_900}'>a</a> b </p>" * 40),
            pictures=(Picture(url="https://a.example/" + "a" * 2_900, caption="c" * 3_000),) * 20,
        ),
    ],
)
def test_the_largest_posts_fit(post):
    check(message(post))
    check(plainer(post))
