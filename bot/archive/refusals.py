"""Why something was not done with the archive, or not to its end."""


class Busy(Exception):
    """As many questions as may wait are waiting. There should be room in `again_in_s` seconds."""

    def __init__(self, again_in_s: int) -> None:
        super().__init__(f"again in {again_in_s} s")
        self.again_in_s = again_in_s


class TooLate(Exception):
    """The deadline passed before the index had answered."""


class Restarting(Exception):
    """The bot is stopping: nothing new is begun, and what takes too long is given up."""


class AlreadyReindexing(Exception):
    """One reindexing at a time."""


class Writing(Exception):
    """As many changes of the archive as may wait are waiting."""


class CalledOff(Exception):
    """Thrown out of the progress report of a change of the archive: somebody has ended it. What was stored stays."""


class Stopped(Exception):
    """Thrown out of the progress report of a reindexing, to end it where it stands: the bot is closing."""
