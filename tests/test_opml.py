"""Lists of blogs as feed readers exchange them, from anywhere."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.manner import Manner
from bot.errors import AskError
from bot.opml import MOST_BLOGS, Outline, read_opml, write_opml

AT = datetime(2023, 10, 19, 22, 30, tzinfo=UTC)
PLAIN = Outline(url="https://news.example/live?a=1&b=2", title="By-elections “live” & <more>")
NARROWED = Outline(
    url="https://news.example/rss",
    title="Results",
    only=frozenset({"parl.tamworth.by.2023-10-19"}),
    manner=Manner(key=True, every=30),
)
# As feed readers write them: folders, other names of attributes, comments that are links.
OTHERS = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="1.0">
  <head><title>Feeds</title></head>
  <body>
    <outline text="News" title="News">
      <outline text="Caf\xe9" type="rss" xmlurl="https://cafe.example/rss" htmlUrl="https://x.example"/>
      <outline text="Again" type="rss" xmlUrl="https://cafe.example/rss"/>
    </outline>
    <outline type="link" url="HTTPS://news.example/live"/>
    <outline text="A folder that is empty"/>
    <outline text="Old" xmlUrl="feed://news.example/old"/>
    <outline text="Local" xmlUrl="file:///etc/passwd"/>
    <outline text="Long" xmlUrl="https://news.example/LONG"/>
  </body>
</opml>""".replace(b"LONG", b"x" * 1_500)


def opml(body: str, before: str = "") -> bytes:
    head = f'<?xml version="1.0"?>{before}<opml version="2.0" xmlns:teller="urn:teller:follows">'
    return f"{head}<head/><body>{body}</body></opml>".encode()


def test_what_is_written_is_read_again_with_seats_and_manner() -> None:
    text = write_opml([PLAIN, NARROWED], "Blogs & <feeds>", AT)
    assert "<dateCreated>Thu, 19 Oct 2023 22:30:00 GMT</dateCreated>" in text
    listed = read_opml(text.encode())
    assert listed.outlines == (PLAIN, NARROWED)
    assert listed.faults == ()


def test_a_list_of_another_program_is_read_and_what_cannot_be_taken_is_told() -> None:
    listed = read_opml(OTHERS)
    assert [(one.title, one.url) for one in listed.outlines] == [
        ("Café", "https://cafe.example/rss"),
        ("HTTPS://news.example/live", "HTTPS://news.example/live"),
    ]
    old, local, long = listed.faults
    assert old == "Line 11: “feed://news.example/old” is no web address."
    assert local == "Line 12: “file:///etc/passwd” is no web address."
    assert long.endswith("…” is too long for an address.")


@pytest.mark.parametrize("said", ["loud", "every 2", "key;"])
def test_a_manner_that_is_not_known_is_told_and_its_blog_not_taken(said: str) -> None:
    listed = read_opml(opml(f'<outline xmlUrl="https://a.example/" teller:manner="{said}"/>'))
    assert listed.outlines == ()
    (fault,) = listed.faults
    assert fault.startswith("Line 1: https://a.example/: ")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no element found"),
        (b"hello", "line 1: syntax error"),
        (b"<opml><body>", "no element found"),
        (b"<rss></rss>", "begins with <rss>"),
        (b"<opml><body></opml>", "mismatched tag"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "encoding"),
        (b"\xff\xfe\x00", "The file is no OPML"),
        (opml("<outline>" * 60 + "</outline>" * 60), "more than 50 deep"),
        (b"<opml>" + b" " * 2_000_001 + b"</opml>", "more than 2 MB"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(data: bytes, why: str) -> None:
    with pytest.raises(AskError, match=why):
        read_opml(data)


@pytest.mark.parametrize(
    "before",
    [
        "<!DOCTYPE opml>",
        '<!DOCTYPE opml [<!ENTITY a "b">]>',
        '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE opml SYSTEM "https://evil.example/x.dtd">',
        '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_a_declaration_is_never_obeyed(before: str) -> None:
    with pytest.raises(AskError, match="declares a document type"):
        read_opml(opml('<outline xmlUrl="https://a.example/&a;"/>', before))


def test_a_list_has_a_longest_length() -> None:
    body = "".join(f'<outline xmlUrl="https://a.example/{n}"/>' for n in range(MOST_BLOGS + 2))
    listed = read_opml(opml(body))
    assert (len(listed.outlines), len(listed.faults)) == (MOST_BLOGS, 2)


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: opml(text)))
def test_whatever_a_file_holds_it_is_read_or_refused(data: bytes) -> None:
    with suppress(AskError):
        read_opml(data)


@given(title=st.text(max_size=100))
def test_whatever_a_blog_is_called_its_list_can_be_read(title: str) -> None:
    written = write_opml([Outline(url="https://a.example/", title=title)], title, AT)
    (one,) = read_opml(written.encode()).outlines
    assert one.url == "https://a.example/"
