"""Words from outside, on their way to a chat platform: made safe, measured, cut, read out.

Each platform escapes its own markup after this. Lengths are counted in UTF-16 units, the longest
way to count: whatever a platform itself counts comes out shorter.
"""

import re
import unicodedata
from urllib.parse import quote

MAX_ADDRESS = 3_000
# Nobody sees it, and what stands on both sides of it is not read as one.
WORD_JOINER = "\u2060"

# Cc can end a line or start a sequence, Cf turns reading direction round and hides characters, Cs
# cannot be written as UTF-8. A joiner and the tags of a flag hold one emoji together.
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
_JOINERS = "\u200c\u200d"
_ODD = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{1,6}\U000e007f)|[^ -~]")
_SPACE = re.compile(r"[\s\u2028\u2029]+")
_JOINED = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
# Written out, these call everybody in a channel or become a picture. Longer words, too: they may
# be cut right behind the call.
_LIVE = re.compile(r"(?<!\w)@(?=here|channel|everyone|group)|:(?=[\w+'-]{1,100}:)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::\d{1,5})?(?:[/?#][!-~]*)?",
    re.IGNORECASE,
)
_IN_TEXT = re.compile(r"(?:https?://|www\.)\S*", re.IGNORECASE)
_PICTURE = re.compile(
    "[\u2300-\u2bff\ufe00-\ufe0f\u200d\u20e3\U0001f000-\U0001faff\U000e0020-\U000e007f]+"
)
_SENTENCE = re.compile(r"[.!?…][”’\"')\]]*(?=\s|$)")


def safe(text: str) -> str:
    """Text in one line, its spaces folded, without control, direction and hidden characters.

    Words and shortcodes that a platform acts upon are broken by a word joiner, which nobody sees.
    """
    line = text
    if not text.isprintable() or "  " in text:
        # What can be printed as it is holds nothing to drop, and no space but the plain one.
        # Spaces are folded before, for some are dropped as odd, and after, where others met.
        line = _SPACE.sub(" ", _ODD.sub(_visible, _SPACE.sub(" ", text)))
    if not any(unicodedata.category(char)[0] in "LNPS" for char in line):
        return " " if " " in line else ""
    return _LIVE.sub(rf"\g<0>{WORD_JOINER}", line) if "@" in line or ":" in line else line


def typed(text: str) -> str:
    """Text as somebody types it: safe but unbroken, for a value that is never shown."""
    return safe(text).strip().replace(WORD_JOINER, "")


def size(text: str) -> int:
    """The length of a text in UTF-16 units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """Text of at most so many units, cut between words, with a “…” that says so."""
    if size(text) <= limit:
        return text
    head = _head(text, limit - 1)
    word = head.rfind(" ")
    return (head[:word] if word > len(head) // 2 else head).rstrip() + "…"


def sentence_end(text: str, limit: int) -> int:
    """Where the last whole sentence within so many units ends; 0 if none does."""
    inside = len(_head(text, limit))
    ends = [found.end() for found in _SENTENCE.finditer(text, 0, inside + 1)]
    return max((end for end in ends if end <= inside), default=0)


def address(url: str | None, limit: int = MAX_ADDRESS) -> str | None:
    """The address if it is plain http or https; else None.

    An address with a name before the host, or with characters beyond ASCII, is no address here:
    both can look like somebody else's.
    """
    if url is None or not _ADDRESS.fullmatch(url):
        return None
    # `<` and `>` would end what it stands in, and so would `|` in Slack.
    scheme, rest = url.split("://", 1)
    written = f"{scheme.lower()}://" + quote(rest, safe="!#$%&'()*+,/:;=?@[]~")
    return written if len(written) <= limit else None


def aloud(text: str) -> str:
    """Text as it is read out: without addresses and pictures."""
    if "://" in text or "www." in text.lower():
        text = _IN_TEXT.sub("", text)
    if not text.isascii():
        text = _PICTURE.sub("", text)
    return " ".join(text.split())


def _visible(found: re.Match[str]) -> str:
    char = found[0]
    if found[1] or char in _JOINERS or unicodedata.category(char) not in _DROPPED:
        return char
    return ""


def _head(text: str, limit: int) -> str:
    """The first units of a text, without half of a character that was put together."""
    head = text.encode("utf-16-le")[: 2 * max(limit, 0)].decode("utf-16-le", "ignore")
    end = len(head)
    for _ in range(30):
        if not 0 < end < len(text) or not (
            text[end - 1] in _JOINERS
            or text[end] in _JOINERS
            or _JOINED.match(text[end])
            or unicodedata.combining(text[end])
        ):
            return text[:end]
        end -= 1
    return head
