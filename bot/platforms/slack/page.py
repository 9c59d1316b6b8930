"""The night at a glance as a page of blocks. Pure: nothing is sent here."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.reply import Reply
from bot.platforms.slack.blocks import Block, context, literal, part
from bot.platforms.slack.mrkdwn import instant

# https://docs.slack.dev/reference/block-kit/blocks: 100 in a Home tab. Two are kept for the ends.
MAX_BLOCKS = 98
MAX_LINE = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page's blocks, and a digest of all of them but the time."""

    blocks: list[Block]
    digest: str

    def view(self) -> Block:
        """What `views.publish` takes."""
        return {"type": "home", "blocks": self.blocks}


def at_a_glance(sections: Sequence[Reply]) -> Page:
    """Sections one under another, as many as fit, and the time that they are true of."""
    blocks: list[Block] = []
    left = len(sections)
    for section in sections:
        more = part(section)
        if len(blocks) + len(more) > MAX_BLOCKS:
            break
        blocks += more
        left -= 1
    if left:
        blocks.append(_line(f"… and {left} more"))
    if not blocks:
        blocks.append(_line("There is nothing to show yet."))
    digest = hashlib.sha256(json.dumps(blocks).encode()).hexdigest()
    times = [section.as_of for section in sections if section.as_of is not None]
    if times:
        blocks.append(context(f"As of {instant(max(times))}"))
    return Page(blocks=blocks, digest=digest)


def _line(words: str) -> Block:
    return {"type": "section", "text": literal(words, MAX_LINE)}
