"""The bundled count night: its night file, and its live blog as it stood at any moment."""

import html
import json
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from bot.election.clock import read_time
from bot.night import Night, read_night

POLLING_DAY = date(2023, 10, 19)
BEGINS = "21:40"
ENDS_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedEntry:
    """One entry as it stood from `at` on; without heading it has been taken down."""

    id: str
    at: datetime
    published: datetime
    heading: str | None
    body: str = ""
    picture: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A live blog over a night: everything that happens to its entries, in order of time."""

    title: str
    steps: tuple[ScriptedEntry, ...]

    def page(self, at: datetime, url: str) -> str:
        """The blog's HTML page, with its JSON-LD, as it stood at an instant."""
        standing: dict[str, ScriptedEntry] = {}
        for step in self.steps:
            if step.at <= at:
                standing[step.id] = step
        entries = sorted(
            (e for e in standing.values() if e.heading is not None),
            key=lambda e: e.published,
            reverse=True,
        )
        posting = {
            "@context": "https://schema.org",
            "@type": "LiveBlogPosting",
            "@id": url,
            "headline": self.title,
            "url": url,
            "liveBlogUpdate": [_json_ld(entry, url) for entry in entries],
        }
        title = html.escape(self.title)
        # “<” in JSON could end the script element early.
        script = json.dumps(posting).replace("<", "\\u003c")
        return (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
            f'<script type="application/ld+json">{script}</script><h1>{title}</h1>'
        )


def bundled_night() -> Night:
    """The night file of 19-20 October 2023."""
    return read_night(_text("2023-10-19.toml"), "of the bundled night")


def bundled_script() -> Script:
    """The live blog of 19-20 October 2023."""
    document = tomllib.loads(_text("2023-10-19-blog.toml"))
    steps: list[ScriptedEntry] = []
    for entry in document["entry"]:
        published = _instant(entry["at"])
        for version in (entry, *entry.get("edit", ())):
            merged = {**entry, **version}
            steps.append(
                ScriptedEntry(
                    id=entry["id"],
                    at=_instant(version["at"]),
                    published=published,
                    heading=merged["heading"],
                    body=merged["body"],
                    picture=merged.get("picture"),
                )
            )
        if "withdrawn" in entry:
            taken_down = _instant(entry["withdrawn"])
            steps.append(
                ScriptedEntry(id=entry["id"], at=taken_down, published=published, heading=None)
            )
    return Script(title=document["title"], steps=tuple(sorted(steps, key=lambda s: s.at)))


def begins() -> datetime:
    """When a replay of the night starts: twenty minutes before polls close."""
    return _instant(BEGINS)


def ends(script: Script) -> datetime:
    """When a replay of the night is over: a little after its last entry."""
    return script.steps[-1].at + ENDS_AFTER


def _json_ld(entry: ScriptedEntry, url: str) -> dict[str, Any]:
    posting: dict[str, Any] = {
        "@type": "BlogPosting",
        # Not an address: a demo that goes on after a cut is served from another port.
        "@id": f"urn:count-night:{entry.id}",
        "url": f"{url}#{entry.id}",
        "headline": entry.heading,
        "datePublished": entry.published.isoformat(),
        "dateModified": entry.at.isoformat(),
        "articleBody": entry.body,
    }
    if entry.picture is not None:
        posting["image"] = {
            "@type": "ImageObject",
            "caption": entry.picture["caption"],
            "creditText": entry.picture["credit"],
        }
    return posting


def _instant(clock: str) -> datetime:
    return read_time(clock, polling_day=POLLING_DAY).at


def _text(name: str) -> str:
    return files("bot.nights").joinpath(name).read_text(encoding="utf-8")
