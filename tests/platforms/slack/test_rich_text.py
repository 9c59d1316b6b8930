from bot.liveblog.markup import Block, BlockKind, Span, Style, blocks
from bot.platforms.slack.rich_text import clip, elements, plain, tidy


def shown(html, **how):
    return elements(tidy(blocks(html)), **how)


def text(words, **style):
    return {"type": "text", "text": words} | ({"style": style} if style else {})


def section(*inline):
    return {"type": "rich_text_section", "elements": list(inline)}


def test_paragraphs_headings_lists_and_quotations_keep_their_shape():
    html = (
        "<h2>Where we are</h2><p>Counting in <b>Tamworth</b>.</p>"
        "<ul><li>Boxes in</li><li>Turnout <em>35.9%</em></li></ul>"
        "<blockquote>A long night</blockquote><p>More soon.</p>"
    )
    assert shown(html) == [
        section(
            text("Where we are\n\n", bold=True),
            text("Counting in "),
            text("Tamworth", bold=True),
            text("."),
        ),
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                section(text("Boxes in")),
                section(text("Turnout "), text("35.9%", italic=True)),
            ],
        },
        {"type": "rich_text_quote", "elements": [text("A long night")]},
        section(text("More soon.")),
    ]


def test_marks_and_calls_in_a_body_stay_characters():
    html = "<p>&lt;!channel&gt; *all* &amp;lt;@U1&amp;gt; <b>@</b>here @<i></i>here</p>"
    (only,) = shown(html)
    assert only == section(
        text("<!channel> *all* &lt;@U1&gt; "), text("@", bold=True), text("here @\u2060here")
    )


def test_a_link_opens_what_is_sound_and_is_words_else():
    (only,) = shown(
        "<p><a href='https://a.example/x'>here</a> <a href='http://ü.example'>b</a></p>"
    )
    assert only == section(
        {"type": "link", "text": "here ", "url": "https://a.example/x"}, text("b")
    )


def test_a_line_after_a_link_is_not_part_of_it():
    (only,) = shown("<p><a href='https://a.example'>a</a></p><p>b</p>")
    assert [each["text"] for each in only["elements"]] == ["a", "\n\n", "b"]


def test_a_body_ends_with_a_sentence():
    body = list(tidy(blocks("<p>One is here. Two <b>is here. Three</b> is here.</p><p>Four.</p>")))
    kept, clipped = clip(body, limit=26, most=30)
    assert clipped
    assert [block.text for block in kept] == ["One is here. Two is here."]
    assert kept[0].spans[-1] == Span(text="is here.", styles=frozenset({Style.STRONG}))


def test_a_body_without_sentences_is_cut_between_words():
    kept, clipped = clip(list(tidy(blocks(f"<p>{'word ' * 50}</p>"))), limit=23, most=30)
    assert ([block.text for block in kept], clipped) == (["word word word word…"], True)


def test_a_paragraph_of_which_nothing_fits_is_left_out():
    body = list(tidy(blocks("<p>Short one.</p><p>A sentence that does not fit any more.</p>")))
    kept, clipped = clip(body, limit=20, most=30)
    assert ([block.text for block in kept], clipped) == (["Short one."], True)


def test_a_body_of_many_blocks_is_cut_and_a_whole_one_is_not():
    body = list(tidy(blocks("<ul>" + "<li>One</li>" * 40 + "</ul>")))
    assert clip(body, limit=2_500, most=30) == (body[:30], True)
    assert clip(body[:30], limit=2_500, most=30) == (body[:30], False)


def test_spans_that_look_the_same_are_one():
    spans = tuple(Span(text=letter) for letter in "Tamworth")
    (block,) = tidy([Block(kind=BlockKind.PARAGRAPH, spans=spans)])
    assert block.spans == (Span(text="Tamworth"),)


def test_blocks_without_words_are_left_out():
    spans = (Span(text=" "), Span(text="\u200d"), Span(text="", link="https://a.example"))
    assert list(tidy([Block(kind=BlockKind.ITEM, spans=spans)])) == []


def test_plain_blocks_have_neither_links_nor_looks():
    (block,) = plain(tidy(blocks("<p>a <b>b</b> <a href='https://c.example'>c</a></p>")))
    assert block.spans == (Span(text="a b c"),)
