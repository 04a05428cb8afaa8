"""The one family of errors that people see: each carries a sentence that says what happened, where, and what to do."""

HOW_TO_GO_ON = "Stopped. What was loaded stays; run the same command again to go on."


class NightdeskError(Exception):
    """Something a person can act on. `exit_status` is that of the contract: 1 the work failed."""

    exit_status = 1


class AskedWrongly(NightdeskError):
    """The command, a setting or a file given by the user cannot be used as it is."""

    exit_status = 2


class WriterBusy(NightdeskError):
    """Another run holds the writer lock of this data folder."""

    exit_status = 75


class Interrupted(NightdeskError):
    """A person or the scheduler stopped the run; what was loaded stays loaded."""


class CaptureDamaged(NightdeskError):
    """A kept record that cannot be read as it was written: cut, altered, or not there."""
