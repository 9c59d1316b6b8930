"""Outbox in, messages out: `drain(lane)`, and who calls it."""

from bot.courier.dispatcher import Dispatcher
from bot.courier.drain import drain

__all__ = ["Dispatcher", "drain"]
