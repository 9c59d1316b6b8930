from bot.liveblog.markup import Block, BlockKind, Span, Style, blocks
from bot.platforms.bodies import clip, plain, tidy, unlinked


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


def test_without_links_and_looks_what_is_struck_stays_struck():
    body = blocks("<p>One <b>two <s>three</s></b> <a href='https://a.example/'>four</a></p>")
    (block,) = unlinked(body)
    assert block.spans == (
        Span(text="One two "),
        Span(text="three", styles=frozenset({Style.STRUCK})),
        Span(text=" four"),
    )
