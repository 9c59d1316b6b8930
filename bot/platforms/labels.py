"""What every post of a kind is called and marked with, and how lateness is said."""

from datetime import timedelta

from bot.chat.post import PostKind

NAMES = {
    PostKind.ENTRY: "Live blog entry",
    PostKind.REMINDER: "Reminder",
    PostKind.TIMETABLE: "Timetable",
    PostKind.DECLARATION: "Declaration",
    PostKind.ROUND_UP: "Missed",
    PostKind.NOTICE: "Notice",
    PostKind.CHECK: "Check",
    PostKind.BOARD: "Board",
    PostKind.STATE: "State of the night",
}
# They stand before a heading.
SIGNS = {
    PostKind.ENTRY: "",
    PostKind.REMINDER: "⏰ ",
    PostKind.TIMETABLE: "↻ ",
    PostKind.DECLARATION: "🗳️ ",
    PostKind.ROUND_UP: "⇊ ",
    PostKind.NOTICE: "⚠ ",
    PostKind.CHECK: "🔎 ",
    PostKind.BOARD: "📋 ",
    PostKind.STATE: "🧭 ",
}


def lateness(late: timedelta) -> str:
    """How much too late: “12 minutes late”, “1 hour 5 minutes late”."""
    hours, minutes = divmod(round(late.total_seconds() / 60), 60)
    parts = [
        f"{number} {unit}{'' if number == 1 else 's'}"
        for number, unit in ((hours, "hour"), (minutes, "minute"))
        if number > 0
    ]
    return f"{' '.join(parts) or 'less than a minute'} late"
