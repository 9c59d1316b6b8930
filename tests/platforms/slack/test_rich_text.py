from bot.liveblog.markup import blocks
from bot.platforms.bodies import tidy
from bot.platforms.slack.rich_text import elements


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
