"""Words for Slack: escaped first, so that nothing from a blog or a person pings or turns to markup.

What Slack reads in a text: https://docs.slack.dev/messaging/formatting-message-text. Lengths are
counted in UTF-16 units, the longest way to count: whatever Slack itself counts comes out shorter.
"""

import re
from datetime import datetime

from bot.election.clock import uk_day, uk_stamp
from bot.platforms.words import WORD_JOINER, address, cut, safe, size

# An address inside mrkdwn shares the 3,000 characters of its text with everything around it.
MAX_LINK, MAX_LABEL = 1_000, 150

# Nothing escapes the marks of mrkdwn, and an invisible character beside one need not stop it.
_LIKE = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_UNDERSCORE = re.compile(r"(?<!\w)_+|_+(?!\w)")
_LINE_MARK = re.compile(r">|[-•‣◦+–] |\d{1,9}[.)] ")


def escape(text: str, limit: int = 3_000) -> str:
    """Text for a mrkdwn field, cut so that it is no longer than the limit once escaped."""
    line = safe(text).strip()
    room = limit
    while size(escaped := _escaped(cut(line, room))) > limit:
        # One character becomes five at most: a fifth of what is over is never too much.
        room -= max((size(escaped) - limit) // 5, 1)
    return escaped


def link(name: str, url: str | None) -> str:
    """A name in mrkdwn that opens an address; the name alone where the address is not sound."""
    label = escape(name, MAX_LABEL) or "source"
    target = address(url, MAX_LINK)
    target = target and target.replace("&", "&amp;")
    return f"<{target}|{label}>" if target and len(target) <= MAX_LINK else label


def instant(at: datetime, *, day: bool = False) -> str:
    """An aware instant in mrkdwn, on each reader's clock: “<!date^1697758860^{time}|00:41 BST>”.

    UK time is what is read where Slack cannot tell the reader's; `day` adds the date.
    """
    if day:
        shown = f"{{time}}, {{date_long}}|{uk_stamp(at)}, {uk_day(at)}"
    else:
        shown = f"{{time}}|{uk_stamp(at)}"
    return f"<!date^{int(at.timestamp())}^{shown}>"


def _escaped(line: str) -> str:
    line = line.translate(_LIKE)
    if _LINE_MARK.match(line):
        line = WORD_JOINER + line
    if "_" in line:
        line = _UNDERSCORE.sub(lambda found: "ˍ" * len(found[0]), line)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
