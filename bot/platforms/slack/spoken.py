"""Messages in a line that reads well aloud: what a notification and a screen reader say.

Slack reads `text` out where it cannot show blocks:
https://docs.slack.dev/reference/methods/chat.postMessage.
"""

from collections.abc import Iterable
from itertools import islice

from bot.chat.post import Post
from bot.chat.reply import Reply
from bot.election.clock import uk_clock
from bot.platforms.labels import NAMES, lateness
from bot.platforms.slack.mrkdwn import escape
from bot.platforms.words import aloud, safe

MAX_SPOKEN, MAX_PART, MAX_PARTS = 300, 1_000, 10


def post_aloud(post: Post) -> str:
    """A post's time, marks, heading and first words: escaped, in 300 characters at most."""
    notes = [uk_clock(post.at)]
    if post.withdrawn is not None:
        notes.append("withdrawn")
    elif post.edited is not None:
        notes.append(f"edited {uk_clock(post.edited)}")
    if post.late is not None:
        notes.append(lateness(post.late))
    told = [post.heading]
    told += [block.text for block in post.body] if post.withdrawn is None else [post.withdrawn]
    return escape(f"{', '.join(notes)}, {_sentences(told) or NAMES[post.kind]}", MAX_SPOKEN)


def reply_aloud(reply: Reply) -> str:
    """An answer's title and lines, and what there is to choose: escaped, at most as long."""
    told = [reply.title, *reply.lines]
    if reply.choices:
        told.append(f"To choose from: {', '.join(choice.label for choice in reply.choices)}")
    return escape(_sentences(told) or "No words for an answer", MAX_SPOKEN)


def _sentences(parts: Iterable[str]) -> str:
    """Parts as sentences in one line, without addresses and pictures."""
    said: list[str] = []
    for part in islice(parts, MAX_PARTS):
        if words := aloud(safe(part[:MAX_PART])):
            said.append(words)
        if sum(map(len, said)) > MAX_SPOKEN:
            # No more of them is read out.
            break
    ended = [words if words[-1] in ".!?…:”" else f"{words}." for words in said[:-1]]
    return " ".join([*ended, *said[-1:]])
