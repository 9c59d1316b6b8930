"""How long to wait until the next look at a blog. Pure; seconds."""

from datetime import datetime, timedelta

LONGEST_BACK_OFF = 300.0
# Many blogs that were begun together are not asked in step: each by up to this share too early,
# for a pace is the longest that an entry may have to wait.
MOST_EARLY = 0.1
_SHORTEST = 5.0
# While entries come, faster; once a blog is quiet, slower: so many times the blog's own pace.
_LIVELY, _QUIET, _OVER = timedelta(minutes=5), timedelta(minutes=45), timedelta(hours=4)
_FAST, _SLOW, _SLOWEST = 0.5, 2.0, 6.0
# A hub that pushes may fail without a word: its blog is looked at still.
_PUSHED = 3.0


def pause(
    poll: float,
    newest: datetime | None,
    now: datetime,
    failures: int,
    asked: float,
    *,
    pushed: bool = False,
    early: float = 0.0,
) -> float:
    """Seconds until the next look.

    `poll` is the blog's own pace, `newest` when its newest entry was published; `failures` are
    looks in a row that failed, each of which doubles the wait; `asked` is what the server wants at
    least, by `Cache-Control` or `Retry-After`, and never undercut; `pushed` that a hub brings what
    is new by itself. `early` is the share by which the look comes before its time; behind what a
    server asks for it comes as much later.
    """
    if failures:
        pace = max(poll, min(poll * 2.0 ** min(failures, 10), LONGEST_BACK_OFF))
    else:
        pace = max(_paced(poll, newest, now), poll * _PUSHED if pushed else 0.0)
    return max(asked * (1.0 + early), pace * (1.0 - early))


def _paced(poll: float, newest: datetime | None, now: datetime) -> float:
    if newest is None:
        return poll
    age = now - newest
    if age <= _LIVELY:
        # A pace that was set faster than that is somebody's word.
        return max(poll * _FAST, min(poll, _SHORTEST))
    if age <= _QUIET:
        return poll
    return poll * (_SLOW if age <= _OVER else _SLOWEST)
