"""One tree of errors. The text of a `TellerError` is a sentence for a person."""


class TellerError(Exception):
    """Something a person can do something about; its text says what is wrong and what to do."""


class TimeUnclearError(TellerError):
    """The words do not name a time, or name one that does not exist on that night."""


class SettingsError(TellerError):
    """The settings or the night file are wrong; the text lists every fault."""


class StoreError(TellerError):
    """The database cannot be used."""


class SourceError(TellerError):
    """A live blog could not be fetched or read this time; what is known of it stays as it is."""


class AskError(TellerError):
    """A question that cannot be answered as it was put; the text helps to put it better."""


class DeliveryError(TellerError):
    """A platform did not take a message now; it is tried again.

    `wait` is the number of seconds that the platform asks for; None where it did not say.
    `refused` is true where it answered that it did not take it: then it stands nowhere, and need
    not be looked for.
    """

    def __init__(self, sentence: str, *, wait: float | None = None, refused: bool = False) -> None:
        super().__init__(sentence)
        self.wait = wait
        self.refused = refused
