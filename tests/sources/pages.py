"""Small live blogs to change one thing in."""

import json
from typing import Any

ENTRY: dict[str, Any] = {
    "@type": "BlogPosting",
    "@id": "post-1",
    "headline": "Low voter turnout in Tamworth",
    "datePublished": "2023-10-20T00:41:00+01:00",
    "articleBody": "<p>Just a third of voters came out.</p>",
}


def entry(**changes: Any) -> dict[str, Any]:
    """An entry with changes; None takes a key away."""
    return {key: value for key, value in {**ENTRY, **changes}.items() if value is not None}


def blog(*entries: Any, **changes: Any) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": "By-elections live",
        "url": "https://news.example/live",
        "liveBlogUpdate": list(entries),
        **changes,
    }


def html(*scripts: Any) -> str:
    """A page with JSON-LD scripts, each a value or the text itself."""
    texts = (script if isinstance(script, str) else json.dumps(script) for script in scripts)
    tags = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return f"<!doctype html><html><head><title>Live</title>{tags}</head><body></body></html>"
