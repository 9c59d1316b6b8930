"""A long live blog: parsed, and read again with one entry more."""

import json
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from time import process_time

from bot import nights
from bot.app import open_rooms
from bot.clocks import StoppedClock
from bot.ports import Blog, Fetched, Validators
from bot.sources import jsonld
from tests.benchmarks.report import line, paired, percentile

ENTRIES = 500
POLLING_DAY = date(2023, 10, 19)
START = datetime.fromisoformat("2023-10-19T22:00+01:00")
BLOG = Blog(url="https://news.example/live", format="jsonld")
# As an entry of a national paper is: two kilobytes, with links and curly quotation marks.
PARAGRAPH = (
    '<p>Votes are being counted at the <a href="https://news.example/places/leisure-centre">'
    "leisure centre</a>, where the tellers have been at work since the boxes came in. Agents of "
    "all parties watch – nobody will say more than that it’s “close”; the returning officer has "
    "asked for patience &amp; quiet.</p>"
)


class Growing:
    """A reader whose page has one entry more at every look."""

    def __init__(self, looks: int) -> None:
        self.pages = [page(ENTRIES + number) for number in reversed(range(looks))]

    async def read(
        self,
        url: str,
        *,
        format: str,
        polling_day: date,
        validators: Validators,
        guarded: bool = False,
    ) -> Fetched:
        """The next page, parsed."""
        reading = jsonld.parse(self.pages.pop(), url=url, polling_day=polling_day)
        return Fetched(reading=reading, validators=validators)


def script(entries: int) -> str:
    """The JSON-LD of a blog with so many entries, newest first."""
    updates = [
        {
            "@type": "BlogPosting",
            "@id": f"https://news.example/live#{number}",
            "url": f"https://news.example/live#{number}",
            "headline": f"Entry {number} from the count",
            "datePublished": (START + timedelta(seconds=20 * number)).isoformat(),
            "dateModified": (START + timedelta(seconds=20 * number)).isoformat(),
            "author": {"@type": "Person", "name": "A Reporter"},
            "articleBody": PARAGRAPH * 6 + f"<p>Entry {number}.</p>",
        }
        for number in reversed(range(entries))
    ]
    posting = {"@type": "LiveBlogPosting", "headline": "Live", "liveBlogUpdate": updates}
    return json.dumps(posting, ensure_ascii=False)


def page(entries: int) -> bytes:
    """An HTML page around that script."""
    return (
        "<!doctype html><html><head><script type='application/ld+json'>"
        f"{script(entries)}</script></head><body></body></html>"
    ).encode()


async def measure(folder: Path) -> None:
    """Parse against the bare reader of the script; CPU of a look with one new entry."""
    text, html = script(ENTRIES), page(ENTRIES)
    # Each time another address, for what was read of a page before is not read again.
    addresses = (f"{BLOG.url}/{number}" for number in count())
    ours, bare, ratio = paired(
        lambda: jsonld.parse(html, url=next(addresses), polling_day=POLLING_DAY),
        lambda: json.loads(text),
        30,
    )
    line(
        f"parse of a {ENTRIES}-entry JSON-LD page ({len(html) / 1e6:.1f} MB)",
        f"{ours * 1000:.1f} ms",
    )
    line("  json.loads of its script alone", f"{bare * 1000:.1f} ms")
    line("  ratio", f"{ratio:.2f} ×", "≤ 3 ×")

    clock = StoppedClock(START + timedelta(hours=4))
    reader = Growing(looks=21)
    async with open_rooms(
        night=nights.bundled_night(),
        database_url=f"sqlite:///{folder}/reading.db",
        clock=clock,
        reader=reader,
    ) as rooms:
        await rooms.relay.look(BLOG, POLLING_DAY)
        seconds = []
        while reader.pages:
            began = process_time()
            await rooms.relay.look(BLOG, POLLING_DAY)
            seconds.append(process_time() - began)
    cpu = percentile(seconds, 0.5) * 1000
    line(f"CPU of one re-read with one new entry among {ENTRIES}", f"{cpu:.1f} ms", "≤ 25 ms")
