"""One tree of errors. The text of a `TellerError` is a sentence for a person."""

from enum import StrEnum


class TellerError(Exception):
    """Something a person can do something about; its text says what is wrong and what to do."""


class TimeUnclearError(TellerError):
    """The words do not name a time, or name one that does not exist on that night."""


class SettingsError(TellerError):
    """The settings or the night file are wrong; the text lists every fault."""


class StoreError(TellerError):
    """The database cannot be used."""


class SourceError(TellerError):
    """A source could not be fetched or read this time; what is known of it stays as it is."""


class SourceMissingError(SourceError):
    """There is nothing at an address; the server is there, and other addresses may be."""


class SourceEndedError(SourceError):
    """A live blog is gone for good: its server says so, and it need not be asked again."""


class RecordError(TellerError):
    """The record of past results cannot be read or made; the text lists every fault."""


class RecordingError(TellerError):
    """A recording of a live blog cannot be read or written."""


class ExportError(TellerError):
    """The night cannot be written as files."""


class AskError(TellerError):
    """A question that cannot be answered as it was put; the text helps to put it better."""


class Fault(StrEnum):
    """What a failed delivery is the fault of, and so what becomes of it."""

    # A moment's trouble: the message is tried again, in its lane alone.
    PASSING = "passing"
    # The platform takes nothing of anybody now (a limit on all, a token refused): all its lanes
    # wait.
    PLATFORM = "platform"
    # The channel takes nothing until a person changes something: its lane is suspended.
    CHANNEL = "channel"
    # This message will never be taken, in no form: it is set aside, and its lane goes on.
    MESSAGE = "message"
    # The message that was to be changed was taken away by somebody: away it stays.
    TAKEN_AWAY = "taken away"


class DeliveryError(TellerError):
    """A platform did not take a message; `fault` says what becomes of it.

    `wait` is the number of seconds that the platform asks for; None where it did not say.
    `refused` is true where it answered that it did not take it: then it stands nowhere, and need
    not be looked for.
    """

    def __init__(
        self,
        sentence: str,
        *,
        wait: float | None = None,
        refused: bool = False,
        fault: Fault = Fault.PASSING,
    ) -> None:
        super().__init__(sentence)
        self.wait = wait
        self.refused = refused
        self.fault = fault


class LeaseLostError(Exception):
    """Somebody else drains the lane by now: whoever gets this was asleep, and must not post."""
