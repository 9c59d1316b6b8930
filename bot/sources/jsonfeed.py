"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from datetime import date

from bot.liveblog.entry import Entry, Picture, Reading
from bot.liveblog.markup import paragraphs_to_html, plain_text
from bot.sources.entries import Sieve, read_instant
from bot.sources.loose_json import read_json
from bot.sources.places import unreadable
from bot.sources.text import decode, heading_text, opening, person, sound, web_address
from bot.sources.values import Node, string


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read the feed that was found at `url`.

    `polling_day` is not needed: every time has its date. Raises `SourceError` for what is not a
    JSON Feed.
    """
    try:
        feed = read_json(decode(content))
    except ValueError as error:
        raise unreadable(url, "its JSON is broken") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise unreadable(url, "it is no JSON Feed, for it has no list of items")
    sieve = Sieve()
    for item in feed["items"]:
        if isinstance(item, dict):
            _take(sieve, item, url)
    return Reading(
        title=heading_text(string(feed, "title")),
        entries=sieve.entries,
        format="jsonfeed",
        faults=sieve.faults,
    )


def _take(sieve: Sieve, item: Node, url: str) -> None:
    body = sound(string(item, "content_html"))
    if not body:
        words = sound(string(item, "content_text") or string(item, "summary"))
        body = paragraphs_to_html([line for line in words.splitlines() if line.strip()])
    heading = heading_text(string(item, "title")) or opening(plain_text(body))
    modified = read_instant(string(item, "date_modified"))
    published = read_instant(string(item, "date_published")) or modified
    if published is None:
        sieve.leave_out("without a date", heading)
        return
    link = web_address(string(item, "url"), url)
    sieve.take(
        Entry(
            id=_id(item) or link or "",
            published=published,
            heading=heading,
            body=body,
            modified=modified,
            author=_authors(item),
            url=link,
            pictures=_pictures(item, url),
        )
    )


def _id(item: Node) -> str:
    given = item.get("id")
    # The standard wants a string, and many write a number.
    return str(given) if isinstance(given, int) else sound(string(item, "id"))


def _authors(item: Node) -> str | None:
    given = item.get("authors")
    authors = given if isinstance(given, list) else [item.get("author")]
    names = (person(string(author, "name")) for author in authors if isinstance(author, dict))
    return ", ".join(filter(None, names)) or None


def _pictures(item: Node, url: str) -> tuple[Picture, ...]:
    attached = item.get("attachments")
    links = [string(item, "image") or string(item, "banner_image")] + [
        string(attachment, "url")
        for attachment in (attached if isinstance(attached, list) else [])
        if isinstance(attachment, dict) and string(attachment, "mime_type").startswith("image/")
    ]
    addresses = dict.fromkeys(web_address(link, url) for link in links)
    return tuple(Picture(url=address) for address in addresses if address)
