"""How a source is named in a sentence for people."""

from yarl import URL

from bot.errors import SourceError

# What happens next, after any trouble that may pass.
NEXT = "What I know of it stays, and I try again."


def place(url: URL | str) -> str:
    """An address without its query and user, which is where keys and passwords are."""
    try:
        address = URL(url)
    except ValueError:
        return "The address"
    return f"{address.host or ''}{address.path.rstrip('/')}" or "The address"


def unreadable(url: str, reason: str) -> SourceError:
    """The error for a page that was fetched and cannot be read; `reason` says what it is."""
    return SourceError(f"{place(url)} is not a live blog that I can read: {reason}. {NEXT}")
