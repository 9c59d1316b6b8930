"""Outbox in, messages out: `drain(lane)`, and who calls it."""

from bot.courier.dispatcher import Dispatcher
from bot.courier.drain import Courier, Drained, drain

__all__ = ["Courier", "Dispatcher", "Drained", "drain"]
