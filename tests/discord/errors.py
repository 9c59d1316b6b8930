"""Discord's refusals, and the limits of a message that it refuses for."""

from typing import Any

from tests.discord.world import Json

SAID = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10062: (404, "Unknown interaction"),
    30046: (
        400,
        "Maximum number of edits to messages older than 1 hour reached. Try again later.",
    ),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    40033: (400, "This message has already been crossposted."),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50035: (400, "Invalid Form Body"),
}


class DiscordError(Exception):
    """An answer that is no success: Discord's own number, and what is wrong where."""

    def __init__(self, code: int, errors: Json | None = None) -> None:
        self.code = code
        self.status, self.said = SAID[code]
        self.errors = errors
        super().__init__(self.said)

    @property
    def body(self) -> Json:
        body: Json = {"message": self.said, "code": self.code}
        return body | ({"errors": self.errors} if self.errors else {})


LIMITS = {"title": 256, "description": 4096, "url": 2048}
MOST_CHARACTERS, MOST_EMBEDS, MOST_CONTENT = 6000, 10, 2000


def check(body: Json) -> None:
    """Raise what Discord answers to a message that is empty or too long."""
    wrong: Json = {}
    if len(body.get("content") or "") > MOST_CONTENT:
        wrong["content"] = _wrong("BASE_TYPE_MAX_LENGTH")
    embeds = body.get("embeds") or []
    if len(embeds) > MOST_EMBEDS:
        wrong["embeds"] = _wrong("BASE_TYPE_MAX_LENGTH")
    found = {str(number): each for number, embed in enumerate(embeds) if (each := _embed(embed))}
    if sum(_length(embed) for embed in embeds) > MOST_CHARACTERS:
        found["0"] = _wrong("MAX_EMBED_SIZE_EXCEEDED")
    if found:
        wrong["embeds"] = found
    if wrong:
        raise DiscordError(50035, wrong)
    if not body.get("content") and not embeds:
        raise DiscordError(50006)


def _wrong(code: str) -> Json:
    return {"_errors": [{"code": code, "message": "Not as Discord wants it."}]}


def _embed(embed: Json) -> Json:
    wrong: Json = {}
    for name, most in LIMITS.items():
        if len(embed.get(name) or "") > most:
            wrong[name] = _wrong("BASE_TYPE_MAX_LENGTH")
    footer, author = embed.get("footer") or {}, embed.get("author") or {}
    if len(footer.get("text") or "") > 2048:
        wrong["footer"] = {"text": _wrong("BASE_TYPE_MAX_LENGTH")}
    if len(author.get("name") or "") > 256:
        wrong["author"] = {"name": _wrong("BASE_TYPE_MAX_LENGTH")}
    image = (embed.get("image") or {}).get("url")
    web = ("http://", "https://")
    for name, address, schemes in (
        ("url", embed.get("url"), web),
        ("image", image, (*web, "attachment://")),
    ):
        if address is not None and not str(address).startswith(schemes):
            wrong[name] = _wrong("URL_TYPE_INVALID_SCHEME")
    fields = embed.get("fields") or []
    if len(fields) > 25:
        wrong["fields"] = _wrong("BASE_TYPE_MAX_LENGTH")
    for number, field in enumerate(fields):
        for name, most in (("name", 256), ("value", 1024)):
            if not 1 <= len(str(field.get(name) or "").strip()) <= most:
                wrong.setdefault("fields", {})[str(number)] = {name: _wrong("BASE_TYPE_BAD_LENGTH")}
    return wrong


def _length(embed: Json) -> int:
    """The characters of an embed that count."""
    texts: list[Any] = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        texts += [field.get("name"), field.get("value")]
    return sum(len(text or "") for text in texts)
