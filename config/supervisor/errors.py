"""Why the supervisor gives up. The text is one line for the person at the terminal."""


class StartFailed(Exception):
    """A child or the machine prevents the start; the message says which and what to do."""


class AlreadyRunning(Exception):
    """Another supervisor has the data folder."""
