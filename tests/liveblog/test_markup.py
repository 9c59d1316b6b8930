import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.liveblog.markup import (
    MAX_HTML,
    Block,
    BlockKind,
    Span,
    Style,
    blocks,
    clean_text,
    paragraphs_to_html,
    plain_text,
)

P, H, LI, Q = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.ITEM, BlockKind.QUOTE
STRONG, EMPHASIS, STRUCK = Style.STRONG, Style.EMPHASIS, Style.STRUCK
UNSEEN = "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def outline(body: str) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.text) for block in blocks(body)]


def links(body: str) -> list[str]:
    return [span.link for block in blocks(body) for span in block.spans if span.link]


def looks(body: str) -> list[tuple[str, set[Style]]]:
    return [(span.text, set(span.styles)) for block in blocks(body) for span in block.spans]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", []),
        ("   \n ", []),
        ("<p></p><p> </p><div><br></div>", []),
        ("Just words", [(P, "Just words")]),
        ("<p>One</p><p>Two</p>", [(P, "One"), (P, "Two")]),
        ("<p>One<p>Two", [(P, "One"), (P, "Two")]),
        ("One<br>Two<br/>Three", [(P, "One"), (P, "Two"), (P, "Three")]),
        ("<h2>Votes</h2>Words", [(H, "Votes"), (P, "Words")]),
        (
            "<p>The votes:</p><ul><li>Edwards 11,719</li><li>Cooper 10,403</li></ul><p>End</p>",
            [(P, "The votes:"), (LI, "Edwards 11,719"), (LI, "Cooper 10,403"), (P, "End")],
        ),
        ("<ol><li><p>One</p></li><li>Two</li></ol>", [(LI, "One"), (LI, "Two")]),
        (
            "<blockquote><p>We won.</p><p>Thank you.</p></blockquote>After",
            [(Q, "We won."), (Q, "Thank you."), (P, "After")],
        ),
        ("<table><tr><td>Lab </td><td>11,719</td></tr></table>", [(P, "Lab 11,719")]),
        ("  Two \n\t words\xa0here  ", [(P, "Two words here")]),
        ("<p>35.9 <b> per</b> cent</p>", [(P, "35.9 per cent")]),
        ("Ynys M&ocirc;n &amp; Arfon &pound;500", [(P, "Ynys Môn & Arfon £500")]),
        ("less < more & more > less", [(P, "less < more & more > less")]),
    ],
)
def test_the_blocks_of_an_entry(body, expected):
    assert outline(body) == expected


def test_styles_are_kept():
    assert looks("<b>Labour <em>gain</em></b> <del>hold</del>") == [
        ("Labour ", {STRONG}),
        ("gain", {STRONG, EMPHASIS}),
        (" ", set()),
        ("hold", {STRUCK}),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>Words",
        "<SCRIPT src=https://evil.example/x.js></SCRIPT>Words",
        "<style>p { display: none }</style>Words",
        "<p onclick='alert(1)'>Words</p>",
        "<img src=x onerror=alert(1)>Words",
        "<!-- a comment -->Words",
        "<svg><script>alert(1)</script></svg>Words",
        "Words<script>alert(1)",
    ],
)
def test_nothing_that_runs_is_left(body):
    assert outline(body) == [(P, "Words")]
    assert links(body) == []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " java\nscript:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:desk@news.example",
        "/politics",
        "//evil.example/x",
        "#top",
        "",
    ],
)
def test_of_addresses_only_http_and_https_remain(address):
    body = f'<a href="{address}">Words</a>'
    assert outline(body) == [(P, "Words")]
    assert links(body) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://news.example/live?a=1&amp;b=2#turnout", None),
        ("http://news.example", None),
        ("HTTPS://News.example/", "HTTPS://News.example/"),
        ("https://news.example/a b|c>d", "https://news.example/a%20b%7Cc%3Ed"),
        ("https://news.example/Môn", "https://news.example/M%C3%B4n"),
        ("https://news.example/50%25", "https://news.example/50%25"),
    ],
)
def test_a_link_is_kept_and_holds_nothing_that_could_end_it(address, expected):
    expected = expected or address.replace("&amp;", "&")
    assert links(f'<a href="{address}">Words</a>') == [expected]


def test_a_link_in_a_link_keeps_the_inner_words():
    assert plain_text("<a href='https://a.example'>one <b>two</b></a>") == "one two"
    assert links("<a href='https://a.example'>one <b>two</b></a>") == ["https://a.example"] * 2


@pytest.mark.parametrize(
    "written", ["&lt;!channel&gt;", "&lt;@U024BE7LH&gt;", "@everyone", "&lt;b&gt;", "*bold*", "`x`"]
)
def test_what_looks_like_markup_stays_characters(written):
    assert plain_text(f"<p>{written}</p>") == written.replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize(
    "tag", ["b", "i", "div", "a href='https://x.example/'", "blockquote", "ul><li", "p", "table"]
)
def test_deep_nesting_breaks_nothing(tag):
    found = blocks("Before" + f"<{tag}>" * 100_000 + "never read")
    assert found[0].text == "Before"


def test_the_words_in_a_deep_nest_are_read():
    body = "<div>" * 5_000 + "Labour <b>gain</b>" + "</div>" * 5_000 + "<p>After</p>"
    assert plain_text(body) == "Labour gain\nAfter"


def test_many_tags_left_open_lose_no_links():
    body = "<embed>Words" * 300 + "<a href='https://x.example'>here</a>"
    assert links(body) == ["https://x.example"]


def test_a_very_long_body_is_cut():
    assert len(plain_text("word " * MAX_HTML)) <= MAX_HTML


@pytest.mark.parametrize("unseen", [*UNSEEN, "\x00", "\x07", "\x1b", "\x7f", "\x9b"])
def test_control_and_direction_characters_go(unseen):
    assert plain_text(f"<p>Tam{unseen}worth</p>") == "Tamworth"
    assert clean_text(f"Tam{unseen}worth") == "Tamworth"


@pytest.mark.parametrize("space", ["\n", "\r\n", "\t", "\xa0", "\u2028", "\u2029"])
def test_every_white_space_is_one_space(space):
    assert plain_text(f"<p>Mid{space}{space}Beds</p>") == "Mid Beds"
    assert clean_text(f" Mid{space} Beds{space}") == "Mid Beds"


def test_joiners_that_make_letters_and_emoji_stay():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert plain_text(f"<p>{family}</p>") == family


def assert_sound(found: tuple[Block, ...]) -> None:
    for block in found:
        assert block.text.strip(" ")
        assert block.text == block.text.strip(" ")
        assert not set(block.text) & set(UNSEEN)
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in block.text)
        for span in block.spans:
            assert span.link is None or span.link.lower().startswith(("http://", "https://"))


tags = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<div>", "</div>", "<li>", "<ul>", "</ul>", "<br>", "<table>",
     "<td>", "<script>", "</script>", "<!--", "-->", "<a href='", "'>", "</a>", "&lt;", "&#0;",
     "&#8238;", "https://x.example/", "javascript:", "<svg>", "<math>", "<h1>", "<", ">", " "]
)  # fmt: skip
pieces = st.lists(tags | st.text(st.characters(), max_size=4), max_size=12).map("".join)


@given(st.text(st.characters()) | pieces)
def test_any_text_gives_sound_blocks(body):
    assert_sound(blocks(body))


@given(st.text(st.characters()))
def test_clean_text_is_one_line_without_control_characters(text):
    cleaned = clean_text(text)
    assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in cleaned)
    assert clean_text(cleaned) == cleaned


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=4))
def test_plain_paragraphs_come_back_as_they_were(paragraphs):
    expected = [text for text in map(clean_text, paragraphs) if text]
    found = blocks(paragraphs_to_html(paragraphs))
    assert [block.text for block in found] == expected


def test_a_block_tells_its_characters():
    block = Block(kind=P, spans=(Span(text="Labour "), Span(text="gain", styles={STRONG})))
    assert block.text == "Labour gain"
