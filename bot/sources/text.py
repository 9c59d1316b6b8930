"""Bytes to text, and the small things that every format does to words."""

import codecs
import html
import re
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.liveblog.markup import clean_text

HEADING_LENGTH = 80
_LONGEST_NAME = 200
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<(?:\?xml|meta)\b[^>]*?\b(?:encoding|charset)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)
# Python has codecs under these names that no publisher means, and some of them never fail safely.
_NOT_CHARSETS = {"unicode-escape", "raw-unicode-escape", "utf-7", "punycode", "idna", "undefined"}
# The web reads these three as windows-1252, because that is what their senders write.
_WESTERN = {"ascii", "iso8859-1", "cp1252"}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”’\"')]*\s")
_EMAIL = re.compile(r"[^\s()<>,]+@[^\s()<>,]+")


def charset_of(content: bytes, header: str | None = None) -> str:
    """The name of the codec for a page.

    A byte-order mark decides, then `header` (the charset of the HTTP answer), then what the page
    says of itself, then UTF-8.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    declared = _DECLARED.search(content, 0, 2048)
    for named in (header, declared[1].decode() if declared else None):
        codec = _codec(named) if named else None
        if codec is not None:
            return codec
    return "utf-8"


def decode(content: bytes | str, header: str | None = None) -> str:
    """The text of a page. Never raises: what cannot be decoded becomes a replacement character."""
    if isinstance(content, bytes):
        content = content.decode(charset_of(content, header), "replace")
    return content.removeprefix("\ufeff")


def as_utf8(content: bytes | str) -> bytes:
    """A page in UTF-8 without a byte-order mark; not copied where it already is."""
    if isinstance(content, bytes) and charset_of(content) == "utf-8":
        return content.removeprefix(codecs.BOM_UTF8)
    return decode(content).encode(errors="replace")


def sound(text: str) -> str:
    """Text that can be stored and sent: half surrogate pairs are replaced."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def heading_text(text: str) -> str:
    """A heading in one line: tags and control characters gone, entities decoded once."""
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return one_line(text)


def one_line(text: str) -> str:
    """`clean_text`, with a short way for what is in order already: nearly everything."""
    return text.strip() if text.isprintable() and "  " not in text else clean_text(sound(text))


def opening(text: str) -> str:
    """The first sentence of a text, cut at a word where it is long: a heading where none is."""
    line = one_line(text)
    end = _SENTENCE_END.search(line)
    sentence = line[: end.start()] if end else line
    if len(sentence) <= HEADING_LENGTH:
        return sentence
    return sentence[:HEADING_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"


@lru_cache(maxsize=1024)
def person(text: str) -> str | None:
    """A name without the e-mail address that some publishers write beside it."""
    text = text[:_LONGEST_NAME]
    name = one_line(_EMAIL.sub("", text) if "@" in text else text)
    return name.strip(" ()<>,") or None


def web_address(link: str, page: str) -> str | None:
    """A link as an absolute http(s) address; None for every other kind."""
    link = link.strip()
    if not link or not link.isprintable() or " " in link:
        return None
    # Joining addresses is slow, and nearly all of them stand alone.
    if link.startswith(("https://", "http://")):
        return link
    try:
        address = urljoin(page, link)
        return address if urlsplit(address).scheme in {"http", "https"} else None
    except ValueError:
        return None


def split_url(url: str) -> SplitResult:
    """The parts of an address; all of them empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _codec(name: str) -> str | None:
    """The codec of that name, if it is one for text in which ASCII is ASCII.

    Real UTF-16 comes with its mark; text that says so in ASCII is something else.
    """
    try:
        codec = codecs.lookup(name).name
        if codec in _NOT_CHARSETS or b"<a>".decode(codec) != "<a>":
            return None
    except (LookupError, ValueError):
        return None
    return "cp1252" if codec in _WESTERN else codec
