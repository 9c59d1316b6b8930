"""What somebody at the desk may press instead of typing it."""

from bot.chat.reply import Choice

UNDO = Choice(label="Undo", ask="undo")


def confirm_or_reject(number: int) -> tuple[Choice, ...]:
    """What a second person says of the figures of this number."""
    return (Choice(label="Confirm", ask=f"confirm {number}"), _reject(number))


def insist_or_reject(number: int) -> tuple[Choice, ...]:
    """What somebody says of the figures of this number, which were questioned."""
    return (Choice(label="It is right", ask=f"insist {number}"), _reject(number))


def _reject(number: int) -> Choice:
    return Choice(label="Reject", ask=f"reject {number}")
